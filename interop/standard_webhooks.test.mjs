// Standard Webhooks, signed by the official libraries.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { now, secrets, useShop } from './shop.mjs';
import { standardSigners } from './signers.mjs';

const currentShop = useShop();

/** The body of a payment event in the shop's own format. */
const success = (order) => JSON.stringify({ order_id: order, transaction_id: `tx-${order}`, status: 'success', amount: 500000, currency: 'USD' });

for (const [name, sign] of Object.entries(standardSigners)) {
  describe(name, () => {
    for (const [form, secret] of [['a prefixed secret', secrets.standard], ['a raw secret', secrets.previous]]) {
      test(`pays an order once with ${form}`, async () => {
        const [shop, timestamp] = [currentShop(), now()];
        const order = await shop.order();
        const delivery = { secret, id: `msg_${order}`, timestamp, body: success(order) };
        const paid = { http: 200, status: 'processed', order_id: order, order_status: 'paid' };
        assert.deepEqual(await shop.deliver(sign(delivery), delivery.body), paid);
        // A retry a second later has another timestamp and signature, and the same id.
        assert.deepEqual(await shop.deliver(sign({ ...delivery, timestamp: timestamp + 1 }), delivery.body), { ...paid, status: 'duplicate' });
        assert.equal(await shop.statusOf(order), 'paid');
      });
    }

    test('pays an order if one of two signatures is valid', async () => {
      const [shop, timestamp] = [currentShop(), now()];
      const order = await shop.order();
      const delivery = { id: `msg_${order}`, timestamp, body: success(order) };
      const [ours, another] = [sign({ ...delivery, secret: secrets.standard }), sign({ ...delivery, secret: 'whsec_YW5vdGhlcg==' })];
      const both = `${another['webhook-signature']} ${ours['webhook-signature']}`;
      const response = await shop.deliver({ ...ours, 'webhook-signature': both }, delivery.body);
      assert.equal(response.status, 'processed');
    });

    test('rejects a webhook that differs from what was signed', async () => {
      const [shop, timestamp] = [currentShop(), now()];
      const order = await shop.order();
      const delivery = { secret: secrets.standard, id: `msg_${order}`, timestamp, body: success(order) };
      const headers = sign(delivery);
      for (const [wrong, body] of [
        [{ ...headers, 'webhook-id': 'msg_other' }, delivery.body],
        [{ ...headers, 'webhook-timestamp': String(timestamp + 1) }, delivery.body],
        [headers, delivery.body.replace('500000', '500001')],
        [headers, `${delivery.body}\n`],
        [sign({ ...delivery, secret: 'whsec_YW5vdGhlcg==' }), delivery.body],
        [sign({ ...delivery, timestamp: timestamp - 400 }), delivery.body],
        [sign({ ...delivery, timestamp: timestamp + 400 }), delivery.body],
      ]) {
        const response = await shop.deliver(wrong, body);
        assert.equal(response.http, 403, JSON.stringify(response));
        assert.equal(response.type, '/problems/bad-signature');
      }
      assert.equal(await shop.statusOf(order), 'pending');
    });
  });
}

test('each delivery has one log line, without body and signature', async () => {
  const [shop, sign] = [currentShop(), standardSigners['npm standardwebhooks']];
  const order = await shop.order();
  const delivery = { secret: secrets.standard, id: `msg_${order}`, timestamp: now(), body: success(order) };
  const headers = sign(delivery);
  await shop.deliver(headers, delivery.body);
  await shop.deliver(headers, delivery.body.replace('500000', '7'));
  const lines = shop.webhookLines.filter((line) => line.event === delivery.id);
  assert.equal(lines.length, 1);
  const { scheme, transaction, status, verdict, order_status } = lines[0];
  assert.deepEqual({ scheme, transaction, status, verdict, order: lines[0].order, order_status }, {
    scheme: 'standard', transaction: `tx-${order}`, status: 'success', verdict: 'processed', order, order_status: 'paid',
  });
  assert.ok(shop.webhookLines.some((line) => line.scheme === 'standard' && /signature/.test(line.reason)));
  assert.ok(!shop.log.includes(headers['webhook-signature'].slice(3)));
  assert.ok(!shop.log.includes('"amount"') && !shop.log.includes('500000'));
});
