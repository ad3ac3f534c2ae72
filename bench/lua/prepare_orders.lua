-- Orders each of the thread's holds once and saves the ids of order and hold.
dofile(os.getenv('BENCH_LUA') .. '/common.lua')

local ids, next_id, responses

function init()
  ids, next_id, responses = lines('holds_for_orders'), 0, 0
  saved = io.open(os.getenv('BENCH_FILES') .. '/placed_orders.' .. number, 'a')
end

function request()
  next_id = math.min(next_id + 1, #ids)
  return post('/api/orders', authorised, '{"hold_id":"' .. ids[next_id] .. '"}')
end

function response(status, _, body)
  responses = responses + 1
  if status == 201 then
    saved:write(body:match('"order_id":"([^"]+)"'), ' ', body:match('"hold_id":"([^"]+)"'), '\n')
  end
  if responses >= #ids then
    wrk.thread:stop()
  end
end
