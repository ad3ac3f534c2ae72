-- Repeats one hold request. wrk formats it once, so generating the load costs little.
dofile(os.getenv('BENCH_LUA') .. '/common.lua')

wrk.method = 'POST'
wrk.path = '/api/holds'
wrk.body = os.getenv('BENCH_BODY')
wrk.headers['Content-Type'] = 'application/json'
wrk.headers['Authorization'] = 'Bearer ' .. os.getenv('BENCH_TOKEN')
