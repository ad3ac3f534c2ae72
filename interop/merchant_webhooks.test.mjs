// The shop's own webhooks, verified by the official libraries.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { Receiver } from './receiver.mjs';
import { useShop } from './shop.mjs';
import { interopPython } from './signers.mjs';

let receiver;
const currentShop = useShop(async () => {
  receiver = await Receiver.open();
  return { HOLDFAST_WEBHOOKS_ALLOW_PRIVATE: 'on' };
});
after(() => receiver?.close());

/** Verifies with a library. Returns the parsed event, or undefined if the library rejects it. */
const verifiers = {
  'npm standardwebhooks': (secret, { headers, body }) => {
    try {
      return new Webhook(secret).verify(body, headers);
    } catch (error) {
      assert.ok(error instanceof WebhookVerificationError, String(error));
      return undefined;
    }
  },
  'PyPI standardwebhooks': (secret, { headers, body }) => {
    const input = JSON.stringify({ secret, headers, body });
    const output = execFileSync(interopPython(), [join(import.meta.dirname, 'verify_webhook.py')], { input, encoding: 'utf8' }).trim();
    return output === 'rejected' ? undefined : JSON.parse(output);
  },
};

const json = async (...args) => JSON.parse(await currentShop().command(...args));

/** Adds an endpoint that is removed after the test. */
async function addEndpoint(context, events) {
  const endpoint = await json('webhook', 'add', '--url', receiver.url, '--events', events);
  context.after(() => currentShop().command('webhook', 'remove', '--id', endpoint.id));
  assert.match(endpoint.secret, /^whsec_/);
  return endpoint;
}

/** Places an order and pays it. */
async function paidOrder() {
  const order = await currentShop().order();
  await currentShop().pay(order);
  return order;
}

for (const [name, verify] of Object.entries(verifiers)) {
  describe(name, () => {
    test('verifies a paid order, and no other content, time, id or secret', async (context) => {
      const { secret } = await addEndpoint(context, 'order.paid,refund.succeeded');
      const order = await paidOrder();
      const [request] = await receiver.waitFor('order.paid', order);
      assert.match(request.headers['content-type'], /^application\/json/);
      const event = verify(secret, request);
      assert.deepEqual(Object.keys(event).sort(), ['data', 'id', 'timestamp', 'type']);
      assert.equal(event.id, request.headers['webhook-id']);
      assert.ok(Math.abs(Date.parse(event.timestamp) - Date.now()) < 60_000, event.timestamp);
      const { id, status, amount, currency, version } = event.data.order;
      assert.deepEqual({ id, status, amount, currency }, { id: order, status: 'paid', amount: 500000, currency: 'USD' });
      assert.ok(Number.isInteger(version) && version > 0);

      const changed = (header, value) => ({ ...request, headers: { ...request.headers, [header]: value } });
      for (const wrong of [
        { ...request, body: request.body.replace('500000', '500001') },
        { ...request, body: `${request.body} ` },
        changed('webhook-id', 'msg_other'),
        changed('webhook-timestamp', String(Number(request.headers['webhook-timestamp']) + 1)),
      ]) {
        assert.equal(verify(secret, wrong), undefined);
      }
      assert.equal(verify(`whsec_${Buffer.alloc(32, 7).toString('base64')}`, request), undefined);
    });

    test('verifies a refund', async (context) => {
      const { secret } = await addEndpoint(context, 'refund.succeeded');
      const order = await paidOrder();
      const refund = await json('refund', 'issue', '--order', order, '--amount', '10', '--restock', 'none', '--reason', 'a scratch');
      await currentShop().command('refund', 'done', '--id', refund.id, '--note', 'transfer 17');
      const [request] = await receiver.waitFor('refund.succeeded', refund.id);
      const { data } = verify(secret, request);
      const { id, order_id, status, amount, currency } = data.refund;
      assert.deepEqual({ id, order_id, status, amount, currency }, { id: refund.id, order_id: order, status: 'succeeded', amount: 1000, currency: 'USD' });
      assert.deepEqual(receiver.requests.filter(({ body }) => body.includes(order)).map(({ body }) => JSON.parse(body).type), ['refund.succeeded']);
    });

    test('verifies with the old and the new secret after a rotation', async (context) => {
      const { id, secret } = await addEndpoint(context, 'order.paid');
      const rotated = await json('webhook', 'rotate', '--id', id);
      assert.notEqual(rotated.secret, secret);
      const order = await paidOrder();
      const [request] = await receiver.waitFor('order.paid', order);
      assert.equal(request.headers['webhook-signature'].split(' ').length, 2);
      for (const valid of [secret, rotated.secret]) assert.equal(verify(valid, request).data.order.id, order);
    });
  });
}

test('a webhook that is refused comes again with the same id and bytes', async (context) => {
  const { secret } = await addEndpoint(context, 'order.paid');
  receiver.statuses.push(500);
  const order = await paidOrder();
  const [first, second] = await receiver.waitFor('order.paid', order, 2);
  assert.equal(second.headers['webhook-id'], first.headers['webhook-id']);
  assert.equal(second.body, first.body);
  assert.equal(verifiers['npm standardwebhooks'](secret, second).data.order.id, order);
});

test('a test event, and no contact data and no secret in the log', async (context) => {
  const { id, secret } = await addEndpoint(context, 'order.paid');
  await currentShop().command('webhook', 'test', '--id', id);
  const [request] = await receiver.waitFor('test', id);
  assert.equal(verifiers['npm standardwebhooks'](secret, request).data.endpoint.id, id);
  assert.ok(!currentShop().log.includes(secret));
});
