// Signed webhooks: delivery, repetition, and holding back.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Stripe from 'stripe';
import { lamp, paid, press, useDouble } from './client.js';

const secret = 'whsec_test';
const received: Stripe.Event[] = [];
/** Status of the next answers; then 200. */
const statuses: number[] = [];

// The receiver verifies with the official library, as a shop in Node would.
const receiver = createServer(async (request, response) => {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const status = statuses.shift() ?? 200;
  if (status === 200) received.push(Stripe.webhooks.constructEvent(Buffer.concat(parts), request.headers['stripe-signature']!, secret));
  response.writeHead(status).end();
});

const until = async (condition: () => boolean) => {
  for (let waited = 0; !condition(); waited += 10) {
    if (waited > 10_000) throw new Error('the condition did not come true');
    await sleep(10);
  }
};

const bench = useDouble(async ({ double }) => {
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks`;
  double.control.configureEndpoint({ url, secret, events: ['checkout.session.completed', 'refund.created', 'refund.failed', 'refund.updated'] });
});
after(() => receiver.close());
beforeEach(() => received.splice(0));

test('a payment arrives signed, and only the events that were selected', async () => {
  const session = await paid(bench.stripe);
  await until(() => received.length === 1);
  const [event] = received;
  assert.deepEqual([event?.type, event?.livemode], ['checkout.session.completed', false]);
  assert.equal((event?.data.object as Stripe.Checkout.Session).id, session.id);
});

test('an event that is refused comes again', async () => {
  statuses.push(500, 503);
  await paid(bench.stripe);
  await until(() => received.length === 1);
  const { deliveries } = bench.double.control.state() as { deliveries: { event: string; status: number }[] };
  const attempts = () => deliveries.filter(({ event }) => event === received[0]!.id).map(({ status }) => status);
  await until(() => attempts().length === 3);
  assert.deepEqual(attempts(), [500, 503, 200]);
  bench.double.control.redeliver(received[0]!.id);
  await until(() => received.length === 2);
  assert.equal(received[1]!.id, received[0]!.id);
});

test('events that are held back come later, in another order, or never', async () => {
  const { control } = bench.double;
  control.nextRefunds('failed');
  control.holdWebhooks();
  const { payment_intent } = await paid(bench.stripe);
  await bench.stripe.refunds.create({ payment_intent });
  await sleep(50);
  assert.deepEqual(received, []);
  control.releaseWebhooks('reversed');
  await until(() => received.length === 4);
  assert.deepEqual(new Set(received.map(({ type }) => type)), new Set(['checkout.session.completed', 'refund.created', 'refund.updated', 'refund.failed']));
  control.holdWebhooks();
  const lost = await bench.stripe.checkout.sessions.create(lamp());
  await press(lost, 'card');
  control.dropWebhooks();
  control.releaseWebhooks();
  await sleep(50);
  assert.equal(received.length, 4);
  assert.ok((await bench.stripe.events.list({ type: 'checkout.session.completed' })).data.some(({ data }) => (data.object as { id: string }).id === lost.id));
});
