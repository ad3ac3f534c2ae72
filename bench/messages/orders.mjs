// Orders with a contact, and their payments at a constant rate.
import { createHmac, randomUUID } from 'node:crypto';
import { webhookSecret } from '../server.mjs';
import { sleep } from '../process.mjs';

const PRICE = { amount: 1999, currency: 'USD' };

async function call(target, path, body) {
  const response = await fetch(target.nodes[0].address + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${target.token}` },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Runs `work` for each item, `limit` at once. */
export async function each(items, limit, work) {
  const queue = items[Symbol.iterator]();
  const lane = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, lane));
}

/** Places orders; `withContact` says whether they have one, and so get mail. Returns their ids. */
export async function placeOrders(target, product, count, { withContact }) {
  const orders = [];
  await each(Array(count).keys(), 32, async (nth) => {
    const hold = await call(target, '/api/holds', { product_id: product, qty: 1 });
    const contact = withContact ? { contact: { email: `shopper-${nth}@example.com`, name: 'A. Shopper' } } : {};
    orders.push((await call(target, '/api/orders', { hold_id: hold.hold_id, ...contact })).order_id);
  });
  return orders;
}

/** Delivers the webhook that pays an order. */
export async function pay(target, order) {
  const sentAt = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({ order_id: order, transaction_id: `tx-${order}`, status: 'success', ...PRICE });
  const signature = createHmac('sha256', webhookSecret).update(`${sentAt}.${body}`).digest('hex');
  const response = await fetch(`${target.nodes[0].address}/api/webhooks/payment`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      'x-webhook-timestamp': String(sentAt),
      'x-webhook-signature': signature,
    },
    body,
  });
  if (response.status !== 200) throw new Error(`payment: ${response.status} ${await response.text()}`);
}

/** Pays orders at a constant rate, whatever the responses do. Returns when each payment was sent. */
export async function payAtRate(target, orders, perSecond) {
  const sent = new Map();
  const began = performance.now();
  const payments = [];
  for (const [nth, order] of orders.entries()) {
    const due = began + (nth * 1000) / perSecond;
    if (due > performance.now()) await sleep(due - performance.now());
    sent.set(order, performance.now());
    payments.push(pay(target, order));
  }
  await Promise.all(payments);
  return sent;
}

/** Waits until `isDone`, at most for so many seconds. Returns whether it is. */
export async function waitUntil(isDone, seconds) {
  const end = performance.now() + seconds * 1000;
  while (!isDone() && performance.now() < end) await sleep(5);
  return isDone();
}
