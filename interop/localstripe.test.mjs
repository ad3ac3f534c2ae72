// Refunds and events at localstripe, a double of Stripe's API that others wrote. It has no Checkout Sessions, so payment intents
// are made there by the official Python client, and the shop is told to accept intents that it did not open.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { now, secrets, useShop } from './shop.mjs';
import { interopPython, stripeSigners } from './signers.mjs';

const TIMEOUT_MS = 30_000;
let localstripe;
let api;

const currentShop = useShop(async () => {
  localstripe = spawn(interopPython(), [join(import.meta.dirname, 'localstripe_server.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(localstripe, 'exit').then(([code]) => assert.fail(`localstripe ended with ${code}`));
  // It ends at the end of the tests, too.
  ended.catch(() => {});
  const [port] = await Promise.race([once(localstripe.stdout, 'data'), ended]);
  api = `http://127.0.0.1:${Number(port)}`;
  return {
    // localstripe's objects are in test mode, which production ignores.
    HOLDFAST_ENV: 'development',
    HOLDFAST_PAYMENT_PROVIDER: 'stripe',
    HOLDFAST_STRIPE_KEY: 'sk_test_interop',
    HOLDFAST_STRIPE_API: api,
    HOLDFAST_STRIPE_OTHER_INTENTS: 'on',
  };
});
after(async () => {
  if (!localstripe) return;
  localstripe.stdin.end();
  if (localstripe.exitCode === null) await once(localstripe, 'exit');
});

/** Calls localstripe by the official Python client. */
function ask(call, args = {}) {
  const input = JSON.stringify({ api, call, arguments: args });
  return JSON.parse(execFileSync(interopPython(), [join(import.meta.dirname, 'localstripe_client.py')], { input, encoding: 'utf8' }));
}

async function until(what, condition) {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `${what} did not happen:\n${currentShop().log}`);
    await sleep(100);
  }
}

/** Sends the event about an intent as Stripe does, signed by the official library. */
async function deliverEvent(intent) {
  const event = ask('events').data.find(({ type, data }) => type === 'payment_intent.succeeded' && data.object.id === intent.id);
  const body = JSON.stringify(event);
  const headers = stripeSigners['npm stripe']({ secret: secrets.stripe, timestamp: now(), body });
  return currentShop().deliver(headers, body);
}

test('a refund of the command line is made once, with the shop’s metadata', async () => {
  const shop = currentShop();
  const order = await shop.order();
  const intent = ask('pay', { order, amount: 500000, currency: 'usd' });
  assert.equal((await deliverEvent(intent)).status, 'processed');
  assert.equal(await shop.statusOf(order), 'paid');
  const refund = JSON.parse(await shop.command('refund', 'issue', '--order', order, '--amount', '10', '--restock', 'none', '--reason', 'a scratch'));
  const listed = async () => JSON.parse(await shop.command('refund', 'list', '--order', order, '--json'));
  await until('the refund', async () => JSON.stringify(await listed()).includes('"succeeded"'));
  const { data } = ask('refunds', { payment_intent: intent.id });
  assert.deepEqual(data.map(({ amount, status, metadata }) => [amount, status, metadata.refund_id, metadata.order_id]), [[1000, 'succeeded', refund.id, order]]);
});

test('holdfast reconcile finds a payment that no webhook told', async () => {
  const shop = currentShop();
  const order = await shop.order();
  const intent = ask('pay', { order, amount: 500000, currency: 'usd' });
  await until('the reconciliation', async () => {
    // The server reconciles by itself as well, and only one of them at a time.
    await shop.command('reconcile').catch(() => {});
    return (await shop.statusOf(order)) === 'paid';
  });
  // The webhook comes later, and changes nothing.
  assert.equal((await deliverEvent(intent)).status, 'duplicate');
});
