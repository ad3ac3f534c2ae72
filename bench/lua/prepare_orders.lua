-- Turns each of the thread's holds into an order once, and keeps the ids of both.
dofile(os.getenv('BENCH_LUA') .. '/common.lua')

local ids, next_id, answers

function init()
  ids, next_id, answers = lines('holds_for_orders'), 0, 0
  kept = io.open(os.getenv('BENCH_FILES') .. '/placed_orders.' .. number, 'a')
end

function request()
  next_id = math.min(next_id + 1, #ids)
  return post('/api/orders', authorised, '{"hold_id":"' .. ids[next_id] .. '"}')
end

function response(status, _, body)
  answers = answers + 1
  if status == 201 then
    kept:write(body:match('"order_id":"([^"]+)"'), ' ', body:match('"hold_id":"([^"]+)"'), '\n')
  end
  if answers >= #ids then
    wrk.thread:stop()
  end
end
