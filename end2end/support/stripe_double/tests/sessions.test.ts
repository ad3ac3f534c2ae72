// Checkout sessions, made by the official client.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type Stripe from 'stripe';
import { lamp, paid, press, useDouble } from './client.js';

const bench = useDouble();

test('the official client makes, retrieves and expires a session', async () => {
  const { stripe } = bench;
  const session = await stripe.checkout.sessions.create(lamp());
  assert.equal(session.object, 'checkout.session');
  assert.deepEqual([session.status, session.payment_status, session.amount_total, session.currency], ['open', 'unpaid', 9980, 'usd']);
  assert.deepEqual([session.client_reference_id, session.metadata], ['order-1', { order_id: 'order-1' }]);
  assert.ok(session.url?.startsWith(bench.double.url));
  assert.deepEqual(without(await stripe.checkout.sessions.retrieve(session.id)), without(session));
  const expired = await stripe.checkout.sessions.expire(session.id);
  assert.deepEqual([expired.status, expired.url], ['expired', null]);
  await assert.rejects(stripe.checkout.sessions.expire(session.id), { statusCode: 400, message: /has a status of `expired`/ });
});

test('a session that is paid by card is complete, and cannot be expired', async () => {
  const { stripe } = bench;
  const session = await stripe.checkout.sessions.create(lamp());
  assert.equal(await press(session, 'card'), `http://127.0.0.1:1/orders/1?session=${session.id}`);
  const after = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent.latest_charge', 'line_items'] });
  assert.deepEqual([after.status, after.payment_status, after.url], ['complete', 'paid', null]);
  const intent = after.payment_intent as Stripe.PaymentIntent;
  assert.deepEqual([intent.status, intent.amount_received, intent.metadata], ['succeeded', 9980, { order_id: 'order-1' }]);
  assert.equal((intent.latest_charge as Stripe.Charge).status, 'succeeded');
  assert.equal(after.line_items?.data[0]?.description, 'Desk <Lamp>');
  assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded');
  await assert.rejects(stripe.checkout.sessions.expire(session.id), { statusCode: 400, message: /has a status of `complete`/ });
});

test('a declined card leaves the session open', async () => {
  const { stripe } = bench;
  const session = await stripe.checkout.sessions.create(lamp());
  const back = await press(session, 'declined_card');
  assert.equal(back, `/pay/${session.id}?declined`);
  const page = await (await fetch(bench.double.url + back)).text();
  assert.match(page, /Your card was declined/);
  assert.match(page, /Desk &#60;Lamp&#62;/);
  const after = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] });
  assert.equal(after.status, 'open');
  assert.equal((after.payment_intent as Stripe.PaymentIntent).last_payment_error?.code, 'card_declined');
  await press(session, 'card');
  assert.equal((await stripe.checkout.sessions.retrieve(session.id)).payment_status, 'paid');
});

for (const succeeds of [true, false]) {
  test(`a bank debit is complete before it ${succeeds ? 'succeeds' : 'fails'}`, async () => {
    const { stripe, double } = bench;
    const session = await stripe.checkout.sessions.create(lamp());
    await press(session, 'bank_debit');
    const under = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] });
    assert.deepEqual([under.status, under.payment_status], ['complete', 'unpaid']);
    assert.equal((under.payment_intent as Stripe.PaymentIntent).status, 'processing');
    double.control.settlePayment(session.id, succeeds);
    const after = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] });
    assert.equal(after.payment_status, succeeds ? 'paid' : 'unpaid');
    assert.equal((after.payment_intent as Stripe.PaymentIntent).status, succeeds ? 'succeeded' : 'requires_payment_method');
  });
}

test('a page that is paid or expired has no form', async () => {
  const { stripe } = bench;
  const open = await stripe.checkout.sessions.create(lamp());
  assert.match(await (await fetch(open.url!)).text(), /<form/);
  await stripe.checkout.sessions.expire(open.id);
  const { id } = await paid(stripe);
  for (const session of [open.id, id]) {
    const page = `${bench.double.url}/pay/${session}`;
    assert.doesNotMatch(await (await fetch(page)).text(), /<form/);
    assert.equal((await fetch(page, { method: 'POST', body: new URLSearchParams({ payment: 'card' }), redirect: 'manual' })).status, 200);
  }
});

describe('parameters that Stripe refuses', () => {
  const refused = (changes: object, expected: { code?: string; param: string }) => async () => {
    const request = bench.stripe.checkout.sessions.create({ ...lamp(), ...changes } as Stripe.Checkout.SessionCreateParams);
    await assert.rejects(request, { statusCode: 400, type: 'StripeInvalidRequestError', ...expected });
  };
  const item = (price: object, quantity?: number) => ({
    line_items: [{ quantity: quantity ?? 1, price_data: { currency: 'usd', unit_amount: 4990, product_data: { name: 'Lamp' }, ...price } }],
  });
  const now = () => Math.floor(Date.now() / 1_000);
  const cases: [string, object, { code?: string; param: string }][] = [
    ['an unknown one', { discount: '10' }, { code: 'parameter_unknown', param: 'discount' }],
    ['an unknown one in a price', item({ amount: 1 }), { code: 'parameter_unknown', param: 'line_items[0][price_data][amount]' }],
    ['no mode', { mode: undefined }, { code: 'parameter_missing', param: 'mode' }],
    ['no line items', { line_items: undefined }, { code: 'parameter_missing', param: 'line_items' }],
    ['no success address', { success_url: undefined }, { code: 'parameter_missing', param: 'success_url' }],
    ['no currency', item({ currency: undefined }), { code: 'parameter_missing', param: 'line_items[0][price_data][currency]' }],
    ['no product', item({ product_data: undefined }), { code: 'parameter_missing', param: 'line_items[0][price_data][product_data]' }],
    ['an unknown currency', item({ currency: 'xyz' }), { param: 'line_items[0][price_data][currency]' }],
    ['a negative amount', item({ unit_amount: -1 }), { code: 'parameter_invalid_integer', param: 'line_items[0][price_data][unit_amount]' }],
    ['an amount with decimals', item({ unit_amount: 49.9 }), { code: 'parameter_invalid_integer', param: 'line_items[0][price_data][unit_amount]' }],
    ['an amount below the least', item({ unit_amount: 49 }), { code: 'amount_too_small', param: 'line_items' }],
    ['an amount above the most', item({ unit_amount: 99_999_999 }, 2), { code: 'amount_too_large', param: 'line_items' }],
    ['a Kuwaiti dinar with three decimals', item({ currency: 'kwd', unit_amount: 1_001 }), { code: 'parameter_invalid_integer', param: 'line_items[0][price_data][unit_amount]' }],
    ['an address without a scheme', { success_url: '/orders/1' }, { code: 'url_invalid', param: 'success_url' }],
    ['an e-mail address without a domain', { customer_email: 'ada@localhost' }, { code: 'email_invalid', param: 'customer_email' }],
    ['an expiry too early', { expires_at: now() + 29 * 60 }, { param: 'expires_at' }],
    ['an expiry too late', { expires_at: now() + 24 * 60 * 60 + 60 }, { param: 'expires_at' }],
    ['a long reference', { client_reference_id: 'x'.repeat(201) }, { param: 'client_reference_id' }],
    ['a long metadata key', { metadata: { ['x'.repeat(41)]: '1' } }, { param: 'metadata' }],
    ['a long metadata value', { metadata: { note: 'x'.repeat(501) } }, { param: 'metadata[note]' }],
    ['too many metadata', { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [n, n])) }, { param: 'metadata' }],
    ['one that the double does not implement', { automatic_tax: { enabled: true } }, { code: 'not_implemented_by_the_double', param: 'automatic_tax' }],
  ];
  for (const [name, changes, expected] of cases) test(name, refused(changes, expected));

  test('30 minutes and 24 hours are accepted', async () => {
    for (const expires_at of [now() + 31 * 60, now() + 24 * 60 * 60 - 60]) {
      assert.equal((await bench.stripe.checkout.sessions.create(lamp({ expires_at }))).expires_at, expires_at);
    }
  });
});

/** An object without the client's own field about the response. */
function without<T extends object>(object: T): Omit<T, 'lastResponse'> {
  const { lastResponse: _, ...rest } = object as T & { lastResponse: unknown };
  return rest as Omit<T, 'lastResponse'>;
}
