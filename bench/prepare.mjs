// What has to be there before something can be measured: holds in the table, orders to be paid, signed webhooks.
import { createHmac, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { webhookSecret } from './server.mjs';
import { threadsFor } from './wrk.mjs';

const CONNECTIONS = 512;
/** A machine that cannot prepare in this time gets a smaller measurement, which says so. */
const LONGEST_S = 120;
const PRICE = { amount: 1999, currency: 'USD' };

const threads = (contender) => threadsFor(CONNECTIONS, contender.nodes.length);
const shards = (contender) => [...Array(threads(contender)).keys()];
const path = (contender, name, shard) => join(contender.files, `${name}.${shard}`);

/** What the threads have kept in their files, all together. */
function kept(contender, name) {
  const files = shards(contender).map((shard) => path(contender, name, shard));
  return files.filter(existsSync).flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean));
}

function discard(contender, name) {
  for (const shard of shards(contender)) rmSync(path(contender, name, shard), { force: true });
}

/** Deals lines out to the threads, one file each. */
function deal(contender, name, lines) {
  const count = threads(contender);
  for (const shard of shards(contender)) {
    const share = lines.filter((_, i) => i % count === shard);
    writeFileSync(path(contender, name, shard), share.map((line) => `${line}\n`).join(''));
  }
}

/** Places `count` holds over the API, a few more perhaps, and answers the ids of those it saw placed. */
export async function placeHolds(contender, product, count) {
  discard(contender, 'placed_holds');
  let ids = [];
  for (let [spent, rate] = [0, 20_000]; ids.length < count && spent < LONGEST_S;) {
    const missing = count - ids.length;
    const seconds = Math.max(1, Math.min(10, Math.round(missing / rate)));
    const each = Math.ceil(missing / threads(contender));
    const run = await contender.load('prepare_holds', product, { connections: CONNECTIONS, seconds, count: each });
    rate = Math.max(run.rate, 1);
    spent += seconds;
    ids = kept(contender, 'placed_holds');
  }
  return ids;
}

async function placeOrders(contender, product, holds) {
  discard(contender, 'placed_orders');
  deal(contender, 'holds_for_orders', holds);
  const seconds = Math.max(1, Math.ceil(holds.length / 10_000));
  await contender.load('prepare_orders', product, { connections: CONNECTIONS, seconds });
  return kept(contender, 'placed_orders');
}

/** One line of a webhook to be sent: its key, its time, its signature, its body. */
function signed(order) {
  const sentAt = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({ order_id: order, transaction_id: `tx-${order}`, status: 'success', ...PRICE });
  const signature = createHmac('sha256', webhookSecret).update(`${sentAt}.${body}`).digest('hex');
  return `${randomUUID()} ${sentAt} ${signature} ${body}`;
}

/** Lays out `count` holds to be ordered and `count` webhooks to be sent, each good for one use. */
export async function layOut(contender, product, count) {
  const ids = await placeHolds(contender, product, 2 * count);
  const half = Math.floor(ids.length / 2);
  const orders = await placeOrders(contender, product, ids.slice(0, half));
  deal(contender, 'holds', ids.slice(half));
  deal(contender, 'webhooks', orders.map(signed));
}
