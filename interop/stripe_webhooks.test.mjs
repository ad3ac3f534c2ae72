// Stripe webhooks, signed by the official libraries.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { now, secrets, useShop } from './shop.mjs';
import { stripeSigners } from './signers.mjs';

const currentShop = useShop();

function event(order, type, object, livemode = true) {
  const id = `evt_${order.replaceAll('-', '')}_${type.replaceAll('.', '')}`;
  const envelope = { id, object: 'event', api_version: '2025-09-30.clover', created: now(), livemode, pending_webhooks: 1, request: { id: null } };
  return JSON.stringify({ ...envelope, type, data: { object } }, null, 2);
}

const session = (order, payment_status) => ({
  id: `cs_live_${order}`,
  object: 'checkout.session',
  amount_total: 500000,
  client_reference_id: order,
  currency: 'usd',
  customer_details: { email: 'zoë@example.com', name: 'Zoë 🎧' },
  livemode: true,
  metadata: {},
  mode: 'payment',
  payment_intent: `pi_${order}`,
  payment_status,
  status: payment_status === 'paid' ? 'complete' : 'open',
});

const intent = (order, status) => ({
  id: `pi_${order}`,
  object: 'payment_intent',
  amount: 500000,
  amount_received: status === 'succeeded' ? 500000 : 0,
  currency: 'usd',
  metadata: { order_id: order },
  status,
});

for (const [name, sign] of Object.entries(stripeSigners)) {
  describe(name, () => {
    const send = (body, secret = secrets.stripe) => currentShop().deliver(sign({ secret, timestamp: now(), body }), body);

    test('pays an order once, for a checkout session or a payment intent', async () => {
      const shop = currentShop();
      const order = await shop.order();
      const paid = { http: 200, status: 'processed', order_id: order, order_status: 'paid' };
      const completed = event(order, 'checkout.session.completed', session(order, 'paid'));
      assert.deepEqual(await send(completed), paid);
      assert.deepEqual(await send(completed.replace('"pending_webhooks": 1', '"pending_webhooks": 2')), { ...paid, status: 'duplicate' });
      const succeeded = event(order, 'payment_intent.succeeded', intent(order, 'succeeded'));
      assert.deepEqual(await send(succeeded, secrets.previousStripe), { ...paid, status: 'duplicate' });
      assert.equal(await shop.statusOf(order), 'paid');
    });

    test('keeps an order pending when a card is declined, and cancels it when the session expires', async () => {
      const shop = currentShop();
      const order = await shop.order();
      const declined = event(order, 'payment_intent.payment_failed', intent(order, 'requires_payment_method'));
      assert.deepEqual(await send(declined), { http: 200, status: 'ignored', order_id: order, order_status: 'pending' });
      const expired = event(order, 'checkout.session.expired', session(order, 'unpaid'));
      assert.deepEqual(await send(expired), { http: 200, status: 'processed', order_id: order, order_status: 'cancelled' });
    });

    test('accepts and ignores other events, and events in test mode', async () => {
      const shop = currentShop();
      const order = await shop.order();
      const ignored = { http: 200, status: 'ignored' };
      assert.deepEqual(await send(event(order, 'charge.refunded', { id: 'ch_1' })), ignored);
      const foreign = { ...session(order, 'paid'), client_reference_id: 'subscription-7' };
      assert.deepEqual(await send(event(order, 'checkout.session.completed', foreign)), ignored);
      assert.deepEqual(await send(event(order, 'checkout.session.completed', session(order, 'paid'), false)), ignored);
      assert.equal(await shop.statusOf(order), 'pending');
    });

    test('rejects a webhook that differs from what was signed', async () => {
      const shop = currentShop();
      const order = await shop.order();
      const [body, timestamp] = [event(order, 'checkout.session.completed', session(order, 'paid')), now()];
      const headers = sign({ secret: secrets.stripe, timestamp, body });
      const header = headers['stripe-signature'];
      for (const [wrong, sent] of [
        [headers, body.replace('500000', '500001')],
        [headers, JSON.stringify(JSON.parse(body))],
        [{ 'stripe-signature': header.replace(`t=${timestamp}`, `t=${timestamp + 1}`) }, body],
        [{ 'stripe-signature': header.replace('v1=', 'v0=') }, body],
        [sign({ secret: 'whsec_another', timestamp, body }), body],
        [sign({ secret: secrets.stripe.replace('whsec_', ''), timestamp, body }), body],
        [sign({ secret: secrets.stripe, timestamp: timestamp - 400, body }), body],
        [sign({ secret: secrets.stripe, timestamp: timestamp + 400, body }), body],
      ]) {
        const response = await shop.deliver(wrong, sent);
        assert.equal(response.http, 403, JSON.stringify(response));
        assert.equal(response.type, '/problems/bad-signature');
      }
      assert.equal(await shop.statusOf(order), 'pending');
    });
  });
}

test('each delivery has one log line, without body and signature', async () => {
  const [shop, sign] = [currentShop(), stripeSigners['npm stripe']];
  const order = await shop.order();
  const body = event(order, 'checkout.session.completed', session(order, 'paid'));
  const headers = sign({ secret: secrets.stripe, timestamp: now(), body });
  await shop.deliver(headers, body);
  const lines = shop.webhookLines.filter((line) => line.event === JSON.parse(body).id);
  assert.equal(lines.length, 1);
  const { scheme, transaction, status, verdict, order_status } = lines[0];
  assert.deepEqual({ scheme, transaction, status, verdict, order: lines[0].order, order_status }, {
    scheme: 'stripe', transaction: `pi_${order}`, status: 'success', verdict: 'processed', order, order_status: 'paid',
  });
  assert.ok(!shop.log.includes(headers['stripe-signature'].split('v1=')[1]));
  assert.ok(!shop.log.includes('zoë@example.com') && !shop.log.includes('500000'));
});
