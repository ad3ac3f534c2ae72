-- Holds, orders and payment webhooks in equal parts. Orders use prepared holds, and webhooks were signed in advance
-- (bench/fixtures.mjs); each is used once. When a list runs out, a hold is requested instead and counted as `missing`.
dofile(os.getenv('BENCH_LUA') .. '/common.lua')

local turn, hold, ids, events = 0, nil, nil, nil
holds, orders, webhooks, missing = 0, 0, 0, 0

function init()
  hold = post('/api/holds', authorised, os.getenv('BENCH_BODY'))
  ids, events = lines('holds'), lines('webhooks')
end

local function order()
  orders = orders + 1
  return post('/api/orders', authorised, '{"hold_id":"' .. ids[orders] .. '"}')
end

local function webhook()
  webhooks = webhooks + 1
  local key, sent_at, signature, body = events[webhooks]:match('(%S+) (%S+) (%S+) (.*)')
  local headers = 'Idempotency-Key: ' .. key .. '\r\nX-Webhook-Timestamp: ' .. sent_at
    .. '\r\nX-Webhook-Signature: ' .. signature .. '\r\n'
  return post('/api/webhooks/payment', headers, body)
end

function request()
  turn = turn + 1
  local kind = turn % 3
  if kind == 1 and orders < #ids then
    return order()
  elseif kind == 2 and webhooks < #events then
    return webhook()
  elseif kind ~= 0 then
    missing = missing + 1
  end
  holds = holds + 1
  return hold
end
