// Refunds, disputes and events, by the official client.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type Stripe from 'stripe';
import { lamp, paid, press, useDouble } from './client.js';

const bench = useDouble();

/** The types of the events about a payment intent and its charge, oldest first. */
async function eventTypes(intent: string): Promise<string[]> {
  const all: Stripe.Event[] = [];
  for await (const event of bench.stripe.events.list({ limit: 3 })) all.push(event);
  return all.filter((event) => JSON.stringify(event.data.object).includes(intent)).map(({ type }) => type).reverse();
}

test('the official client refunds a part and the rest, and no more', async () => {
  const { stripe } = bench;
  const { payment_intent } = await paid(stripe);
  const part = await stripe.refunds.create({ payment_intent, amount: 4_990, metadata: { refund_id: 'r-1', attempt: '1' } });
  assert.deepEqual([part.status, part.amount, part.payment_intent, part.metadata], ['succeeded', 4_990, payment_intent, { refund_id: 'r-1', attempt: '1' }]);
  await assert.rejects(stripe.refunds.create({ payment_intent, amount: 4_991 }), { statusCode: 400, param: 'amount' });
  const rest = await stripe.refunds.create({ payment_intent });
  assert.equal(rest.amount, 4_990);
  await assert.rejects(stripe.refunds.create({ payment_intent }), { statusCode: 400, code: 'charge_already_refunded' });
  assert.deepEqual((await stripe.refunds.list({ payment_intent })).data.map(({ id }) => id), [rest.id, part.id]);
  assert.equal((await stripe.refunds.retrieve(part.id)).amount, 4_990);
  const intent = await stripe.paymentIntents.retrieve(payment_intent, { expand: ['latest_charge'] });
  assert.deepEqual([(intent.latest_charge as Stripe.Charge).amount_refunded, (intent.latest_charge as Stripe.Charge).refunded], [9_980, true]);
});

test('refunds that Stripe refuses', async () => {
  const { stripe } = bench;
  const unpaid = await stripe.checkout.sessions.create(lamp());
  await press(unpaid, 'declined_card');
  const { payment_intent } = (await stripe.checkout.sessions.retrieve(unpaid.id)) as { payment_intent: string };
  await assert.rejects(stripe.refunds.create({ payment_intent }), { code: 'payment_intent_unexpected_state' });
  await assert.rejects(stripe.refunds.create({}), { code: 'parameter_missing' });
  await assert.rejects(stripe.refunds.create({ payment_intent: 'pi_none' }), { statusCode: 400, code: 'resource_missing', param: 'payment_intent' });
  await assert.rejects(stripe.refunds.create({ payment_intent, note: 'x' } as Stripe.RefundCreateParams), { code: 'parameter_unknown', param: 'note' });
  await assert.rejects(stripe.refunds.retrieve('re_none'), { statusCode: 404, code: 'resource_missing' });
});

test('refunds end as ordered: pending, failed, no funds', async () => {
  const { stripe, double } = bench;
  const { payment_intent } = await paid(stripe);
  double.control.nextRefunds('pending', 'failed', 'insufficient_funds', 'balance_insufficient');
  const pending = await stripe.refunds.create({ payment_intent, amount: 100 });
  assert.equal(pending.status, 'pending');
  const failed = await stripe.refunds.create({ payment_intent, amount: 100 });
  assert.deepEqual([failed.status, failed.failure_reason], ['failed', 'expired_or_canceled_card']);
  const broke = await stripe.refunds.create({ payment_intent, amount: 100 });
  assert.deepEqual([broke.status, broke.failure_reason], ['failed', 'insufficient_funds']);
  await assert.rejects(stripe.refunds.create({ payment_intent, amount: 100 }), { code: 'balance_insufficient' });
  double.control.settleRefund(pending.id, 'failed', 'insufficient_funds');
  assert.equal((await stripe.refunds.retrieve(pending.id)).status, 'failed');
  // A failed amount can be refunded again.
  assert.equal((await stripe.refunds.create({ payment_intent })).amount, 9_980);
});

test('a refund in the dashboard, and a dispute that blocks refunds', async () => {
  const { stripe, double } = bench;
  const { payment_intent } = await paid(stripe);
  const elsewhere = double.control.refundInDashboard(payment_intent, 1_000);
  assert.deepEqual((await stripe.refunds.retrieve(elsewhere)).metadata, {});
  const dispute = double.control.openDispute(payment_intent);
  await assert.rejects(stripe.refunds.create({ payment_intent }), { code: 'charge_disputed' });
  double.control.closeDispute(dispute, 'won');
  assert.equal((await stripe.refunds.create({ payment_intent })).amount, 8_980);
  assert.deepEqual(await eventTypes(payment_intent), [
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'checkout.session.completed',
    'refund.created',
    'charge.refunded',
    'charge.dispute.created',
    'charge.dispute.closed',
    'refund.created',
    'charge.refunded',
  ]);
});

test('events are listed newest first, by type, time and cursor', async () => {
  const { stripe } = bench;
  const before = Math.floor(Date.now() / 1_000) - 1;
  const { payment_intent } = await paid(stripe);
  await stripe.refunds.create({ payment_intent });
  const types = ['checkout.session.completed', 'refund.created'];
  const page = await stripe.events.list({ created: { gte: before }, types, limit: 1 });
  assert.deepEqual([page.data[0]?.type, page.has_more], ['refund.created', true]);
  const next = await stripe.events.list({ created: { gte: before }, types, limit: 1, starting_after: page.data[0]!.id });
  assert.equal(next.data[0]?.type, 'checkout.session.completed');
  assert.equal((await stripe.events.retrieve(next.data[0]!.id)).type, 'checkout.session.completed');
  const newer = await stripe.events.list({ types, limit: 1, ending_before: next.data[0]!.id });
  assert.equal(newer.data[0]?.id, page.data[0]!.id);
  assert.deepEqual((await stripe.events.list({ created: { gte: before + 3_600 } })).data, []);
  await assert.rejects(stripe.events.list({ limit: 101 }), { param: 'limit' });
  await assert.rejects(stripe.events.list({ types: Array.from({ length: 21 }, () => 'refund.created') }), { param: 'types' });
  await assert.rejects(stripe.events.list({ starting_after: 'evt_none' }), { code: 'resource_missing' });
});
