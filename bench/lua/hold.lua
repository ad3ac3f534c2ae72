-- The same hold, asked for again and again: the request is written once, so the load costs as little as may be.
dofile(os.getenv('BENCH_LUA') .. '/common.lua')

wrk.method = 'POST'
wrk.path = '/api/holds'
wrk.body = os.getenv('BENCH_BODY')
wrk.headers['Content-Type'] = 'application/json'
wrk.headers['Authorization'] = 'Bearer ' .. os.getenv('BENCH_TOKEN')
