-- Places the requested number of holds and saves their ids as fixtures. This load is not measured, because reading
-- responses costs time.
dofile(os.getenv('BENCH_LUA') .. '/hold.lua')

local missing

function init()
  missing = tonumber(os.getenv('BENCH_COUNT'))
  saved = io.open(os.getenv('BENCH_FILES') .. '/placed_holds.' .. number, 'a')
end

function response(status, _, body)
  if status == 201 then
    saved:write(body:match('"hold_id":"([^"]+)"'), '\n')
    missing = missing - 1
  end
  if missing <= 0 then
    wrk.thread:stop()
  end
end
