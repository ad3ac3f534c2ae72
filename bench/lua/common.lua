-- What all the load scripts share: whom to talk to, how a request is written, and what is told at the end.
-- wrk runs a script once for itself and once for each of its threads; settings come by environment (bench/wrk.mjs).

local threads = {}

-- Threads take turns at the nodes, so that two nodes get half of the connections each.
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

-- A POST as it goes over the wire. wrk.format does the same and is too slow to be called for every request.
function post(path, headers, body)
  return 'POST ' .. path .. ' HTTP/1.1\r\nHost: ' .. wrk.host .. ':' .. wrk.port
    .. '\r\nContent-Type: application/json\r\nContent-Length: ' .. #body .. '\r\n' .. headers .. '\r\n' .. body
end

authorised = 'Authorization: Bearer ' .. os.getenv('BENCH_TOKEN') .. '\r\n'

-- The lines that this thread may use up: each thread has a file of its own.
function lines(name)
  local all = {}
  for line in io.lines(os.getenv('BENCH_FILES') .. '/' .. name .. '.' .. number) do
    all[#all + 1] = line
  end
  return all
end

-- What the threads counted by themselves, added up.
local function counted()
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
  local told = io.open(os.getenv('BENCH_RESULT'), 'w')
  told:write(
    ('{"requests": %d, "duration_us": %d, "refused": %d, "broken": %d, "timeouts": %d, "counted": %s,'):format(
      summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write, errors.timeout,
      counted()
    ),
    (' "latency_us": {"mean": %.1f, "p50": %d, "p90": %d, "p99": %d, "max": %d}}\n'):format(
      latency.mean, latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max
    )
  )
  told:close()
end
