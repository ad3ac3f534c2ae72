// Keys, idempotency keys, and the trouble that tests order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Stripe from 'stripe';
import { clientOf, lamp, paid, useDouble } from './client.js';

const bench = useDouble();
const create = (idempotencyKey: string, changes = {}) => bench.stripe.checkout.sessions.create(lamp(changes), { idempotencyKey });

test('a call needs the key', async () => {
  await assert.rejects(clientOf(bench.double, 'sk_test_other').checkout.sessions.create(lamp()), { statusCode: 401, type: 'StripeAuthenticationError' });
  assert.equal((await fetch(`${bench.double.url}/v1/events`)).status, 401);
  const basic = { authorization: `Basic ${Buffer.from(`${bench.double.key}:`).toString('base64')}` };
  assert.equal((await fetch(`${bench.double.url}/v1/events`, { headers: basic })).status, 200);
});

test('an unknown call and an unknown session are 404', async () => {
  await assert.rejects(bench.stripe.customers.list(), { statusCode: 404 });
  await assert.rejects(bench.stripe.checkout.sessions.retrieve('cs_none'), { statusCode: 404, code: 'resource_missing' });
});

test('the same key and parameters make one session', async () => {
  const first = await create('a');
  const second = await create('a');
  assert.equal(second.id, first.id);
  assert.equal(second.lastResponse.headers['idempotent-replayed'], 'true');
  assert.equal(first.lastResponse.headers['idempotent-replayed'], undefined);
  await assert.rejects(create('a', { client_reference_id: 'order-2' }), { statusCode: 400, type: 'StripeIdempotencyError' });
  const calls = bench.double.control.calls('checkout.sessions.create').filter((call) => call.idempotency_key === 'a');
  assert.deepEqual(calls.map(({ status, replayed }) => [status, replayed]), [[200, false], [200, true], [400, false]]);
});

test('a key is in use while its first call runs', async () => {
  const { control } = bench.double;
  control.failNext({ kind: 'slow', ms: 500 }, 'checkout.sessions.create');
  const first = create('b');
  while (!control.calls().some((call) => call.idempotency_key === 'b')) await sleep(5);
  await assert.rejects(create('b'), { statusCode: 409, code: 'idempotency_key_in_use' });
  assert.equal((await create('b-other')).status, 'open');
  const { id } = await first;
  assert.equal((await create('b')).id, id);
});

test('wrong parameters leave the key free, and refusals of the call are repeated', async () => {
  await assert.rejects(create('c', { expires_at: 1 }), { param: 'expires_at' });
  assert.equal((await create('c')).status, 'open');
  const { payment_intent } = await paid(bench.stripe);
  const refund = () => bench.stripe.refunds.create({ payment_intent }, { idempotencyKey: 'd' });
  bench.double.control.nextRefunds('balance_insufficient');
  await assert.rejects(refund(), { code: 'balance_insufficient' });
  await assert.rejects(refund(), { code: 'balance_insufficient' });
  assert.equal((await bench.stripe.refunds.list({ payment_intent })).data.length, 0);
});

test('a 500 does nothing and is repeated for its key', async () => {
  const { control } = bench.double;
  control.failNext({ kind: 'server_error' }, 'checkout.sessions.create');
  await assert.rejects(create('e'), { statusCode: 500, type: 'StripeAPIError' });
  await assert.rejects(create('e'), { statusCode: 500 });
  assert.equal((await create('e-2')).status, 'open');
});

test('a 500 may come after the work', async () => {
  const { payment_intent } = await paid(bench.stripe);
  bench.double.control.failNext({ kind: 'server_error_after' }, 'refunds.create');
  await assert.rejects(bench.stripe.refunds.create({ payment_intent, amount: 100 }), { statusCode: 500 });
  assert.equal((await bench.stripe.refunds.list({ payment_intent })).data.length, 1);
});

test('a 429 says how long to wait, and does nothing', async () => {
  bench.double.control.failNext({ kind: 'rate_limit', retry_after: 2 });
  await assert.rejects(create('f'), (error: Stripe.errors.StripeError) => error.statusCode === 429 && error.headers?.['retry-after'] === '2');
  assert.equal((await create('f')).status, 'open');
});

test('a call that hangs was done: its repetition gets the answer', async () => {
  const { payment_intent } = await paid(bench.stripe);
  const refund = (timeout: number) => bench.stripe.refunds.create({ payment_intent }, { idempotencyKey: 'g', timeout });
  bench.double.control.failNext({ kind: 'hang' }, 'refunds.create');
  await assert.rejects(refund(300), { type: 'StripeConnectionError' });
  const answer = await refund(5_000);
  assert.equal(answer.lastResponse.headers['idempotent-replayed'], 'true');
  assert.deepEqual((await bench.stripe.refunds.list({ payment_intent })).data.map(({ id }) => id), [answer.id]);
});

test('tests in other languages order the same over HTTP', async () => {
  const post = async (name: string, body: object = {}) => {
    const response = await fetch(`${bench.double.url}/_control/${name}`, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  assert.deepEqual(await post('fail_next', { call: 'checkout.sessions.create', kind: 'server_error' }), { status: 200, body: {} });
  await assert.rejects(create('h'), { statusCode: 500 });
  const { payment_intent } = await paid(bench.stripe);
  await post('next_refunds', { outcomes: ['pending'] });
  const { body } = await post('refund_in_dashboard', { payment_intent, amount: 100 });
  assert.equal((await bench.stripe.refunds.retrieve(String(body.refund))).status, 'pending');
  assert.equal((await post('settle_refund', { refund: body.refund, status: 'succeeded' })).status, 200);
  assert.equal((await post('settle_refund', { refund: body.refund, status: 'succeeded' })).status, 400);
  assert.equal((await post('nothing')).status, 404);
  const state = (await post('state')).body as { refunds: Stripe.Refund[] };
  assert.ok(state.refunds.some(({ id, status }) => id === body.refund && status === 'succeeded'));
});
