-- Shared by all load scripts: nodes, request format and the result file.
-- wrk runs a script once for itself and once per thread; bench/wrk.mjs passes settings in the environment.

local threads = {}

-- Assigns threads to nodes in turn, so that two nodes get half of the connections each.
function setup(thread)
  local nodes = {}
  for host, port in os.getenv('BENCH_NODES'):gmatch('(%S+):(%d+)') do
    nodes[#nodes + 1] = { host, port }
  end
  local node = nodes[#threads % #nodes + 1]
  thread.addr = wrk.lookup(node[1], node[2])[1]
  thread:set('number', #threads)
  threads[#threads + 1] = thread
end

-- Formats a POST request. wrk.format does the same but is too slow to call for every request.
function post(path, headers, body)
  return 'POST ' .. path .. ' HTTP/1.1\r\nHost: ' .. wrk.host .. ':' .. wrk.port
    .. '\r\nContent-Type: application/json\r\nContent-Length: ' .. #body .. '\r\n' .. headers .. '\r\n' .. body
end

authorised = 'Authorization: Bearer ' .. os.getenv('BENCH_TOKEN') .. '\r\n'

-- Returns the fixture lines of this thread. Each thread has its own file.
function lines(name)
  local all = {}
  for line in io.lines(os.getenv('BENCH_FILES') .. '/' .. name .. '.' .. number) do
    all[#all + 1] = line
  end
  return all
end

-- Returns the sums of the threads' own counters as JSON.
local function counter_sums()
  local sums = {}
  for name in (os.getenv('BENCH_COUNTERS') or ''):gmatch('%S+') do
    local sum = 0
    for _, thread in ipairs(threads) do
      sum = sum + (thread:get(name) or 0)
    end
    sums[#sums + 1] = ('"%s": %d'):format(name, sum)
  end
  return '{' .. table.concat(sums, ', ') .. '}'
end

function done(summary, latency)
  local errors = summary.errors
  local result = io.open(os.getenv('BENCH_RESULT'), 'w')
  result:write(
    ('{"requests": %d, "duration_us": %d, "refused": %d, "broken": %d, "timeouts": %d, "counted": %s,'):format(
      summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write, errors.timeout,
      counter_sums()
    ),
    (' "latency_us": {"mean": %.1f, "p50": %d, "p90": %d, "p99": %d, "max": %d}}\n'):format(
      latency.mean, latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max
    )
  )
  result:close()
end
