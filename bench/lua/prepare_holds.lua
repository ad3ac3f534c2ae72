-- Places as many holds as are asked for and keeps their ids, for what is measured later. Not measured itself: reading
-- answers costs time.
dofile(os.getenv('BENCH_LUA') .. '/hold.lua')

local missing

function init()
  missing = tonumber(os.getenv('BENCH_COUNT'))
  kept = io.open(os.getenv('BENCH_FILES') .. '/placed_holds.' .. number, 'a')
end

function response(status, _, body)
  if status == 201 then
    kept:write(body:match('"hold_id":"([^"]+)"'), '\n')
    missing = missing - 1
  end
  if missing <= 0 then
    wrk.thread:stop()
  end
end
