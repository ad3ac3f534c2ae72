// Standard Webhooks, signed by its own libraries.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { now, secrets, shopOfThisFile } from './shop.mjs';
import { standardSigners } from './signers.mjs';

const shopNow = shopOfThisFile();

/** An event for an order, in the body that this shop reads. */
const success = (order) => JSON.stringify({ order_id: order, transaction_id: `tx-${order}`, status: 'success', amount: 500000, currency: 'USD' });

for (const [name, sign] of Object.entries(standardSigners)) {
  describe(name, () => {
    for (const [form, secret] of [['a prefixed secret', secrets.standard], ['a raw secret', secrets.older]]) {
      test(`pays an order, once, under ${form}`, async () => {
        const [shop, at] = [shopNow(), now()];
        const order = await shop.order();
        const delivery = { secret, id: `msg_${order}`, at, body: success(order) };
        const paid = { http: 200, status: 'processed', order_id: order, order_status: 'paid' };
        assert.deepEqual(await shop.deliver(sign(delivery), delivery.body), paid);
        // Tried again a second later: another time, another signature, the same id.
        assert.deepEqual(await shop.deliver(sign({ ...delivery, at: at + 1 }), delivery.body), { ...paid, status: 'duplicate' });
        assert.equal(await shop.statusOf(order), 'paid');
      });
    }

    test('pays an order under either of two signatures', async () => {
      const [shop, at] = [shopNow(), now()];
      const order = await shop.order();
      const delivery = { id: `msg_${order}`, at, body: success(order) };
      const [ours, another] = [sign({ ...delivery, secret: secrets.standard }), sign({ ...delivery, secret: 'whsec_YW5vdGhlcg==' })];
      const both = `${another['webhook-signature']} ${ours['webhook-signature']}`;
      const answer = await shop.deliver({ ...ours, 'webhook-signature': both }, delivery.body);
      assert.equal(answer.status, 'processed');
    });

    test('pays nothing when what it signed is not what arrives', async () => {
      const [shop, at] = [shopNow(), now()];
      const order = await shop.order();
      const delivery = { secret: secrets.standard, id: `msg_${order}`, at, body: success(order) };
      const headers = sign(delivery);
      for (const [wrong, body] of [
        [{ ...headers, 'webhook-id': 'msg_other' }, delivery.body],
        [{ ...headers, 'webhook-timestamp': String(at + 1) }, delivery.body],
        [headers, delivery.body.replace('500000', '500001')],
        [headers, `${delivery.body}\n`],
        [sign({ ...delivery, secret: 'whsec_YW5vdGhlcg==' }), delivery.body],
        [sign({ ...delivery, at: at - 400 }), delivery.body],
        [sign({ ...delivery, at: at + 400 }), delivery.body],
      ]) {
        const answer = await shop.deliver(wrong, body);
        assert.equal(answer.http, 403, JSON.stringify(answer));
        assert.equal(answer.type, '/problems/bad-signature');
      }
      assert.equal(await shop.statusOf(order), 'pending');
    });
  });
}

test('each delivery has a line in the log, without its body and signature', async () => {
  const [shop, sign] = [shopNow(), standardSigners['npm standardwebhooks']];
  const order = await shop.order();
  const delivery = { secret: secrets.standard, id: `msg_${order}`, at: now(), body: success(order) };
  const headers = sign(delivery);
  await shop.deliver(headers, delivery.body);
  await shop.deliver(headers, delivery.body.replace('500000', '7'));
  const lines = shop.webhookLines.filter((line) => line.event === delivery.id);
  assert.equal(lines.length, 1);
  const { scheme, transaction, status, verdict, order_status } = lines[0];
  assert.deepEqual({ scheme, transaction, status, verdict, order: lines[0].order, order_status }, {
    scheme: 'standard', transaction: `tx-${order}`, status: 'success', verdict: 'Processed', order, order_status: 'paid',
  });
  assert.ok(shop.webhookLines.some((line) => line.scheme === 'standard' && /signature/.test(line.why)));
  assert.ok(!shop.log.includes(headers['webhook-signature'].slice(3)));
  assert.ok(!shop.log.includes('"amount"') && !shop.log.includes('500000'));
});
