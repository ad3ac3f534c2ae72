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

/**
 * Calls `load` with how many are missing and how long that should take, until `done` says that there are enough. What was
 * on its way when a load ended is lost to us, so it may take several.
 */
async function until(count, done, load) {
  for (let [spent, rate] = [0, 20_000]; done() < count && spent < LONGEST_S;) {
    const missing = count - done();
    const seconds = Math.max(1, Math.min(10, Math.round(missing / rate)));
    const run = await load(missing, seconds);
    rate = Math.max(run.rate, 1);
    spent += seconds;
  }
}

/** Places `count` holds over the API, a few more perhaps, and answers the ids of those it saw placed. */
export async function placeHolds(contender, product, count) {
  discard(contender, 'placed_holds');
  const seen = () => kept(contender, 'placed_holds').length;
  await until(count, seen, (missing, seconds) => {
    const each = Math.ceil(missing / threads(contender));
    return contender.load('prepare_holds', product, { connections: CONNECTIONS, seconds, count: each });
  });
  return kept(contender, 'placed_holds');
}

/** Turns `count` of `holds` into orders, and answers the orders' ids. */
async function placeOrders(contender, product, holds, count) {
  discard(contender, 'placed_orders');
  const seen = () => kept(contender, 'placed_orders').map((line) => line.split(' '));
  await until(
    count,
    () => seen().length,
    (_, seconds) => {
      const ordered = new Set(seen().map(([, hold]) => hold));
      deal(
        contender,
        'holds_for_orders',
        holds.filter((hold) => !ordered.has(hold)),
      );
      return contender.load('prepare_orders', product, { connections: CONNECTIONS, seconds });
    },
  );
  return seen().map(([order]) => order);
}

/** One line of a webhook to be sent: its key, its time, its signature, its body. */
function signed(order) {
  const sentAt = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({ order_id: order, transaction_id: `tx-${order}`, status: 'success', ...PRICE });
  const signature = createHmac('sha256', webhookSecret).update(`${sentAt}.${body}`).digest('hex');
  return `${randomUUID()} ${sentAt} ${signature} ${body}`;
}

/** Lays out `count` holds to be ordered and as many webhooks to be sent, each good for one use. */
export async function layOut(contender, product, count) {
  // A load that ends leaves some holds of which nobody knows whether they became orders.
  const spare = Math.ceil(count / 20) + 4 * CONNECTIONS;
  const ids = await placeHolds(contender, product, 2 * count + spare);
  const orders = await placeOrders(contender, product, ids.slice(count), count);
  deal(contender, 'holds', ids.slice(0, count));
  deal(contender, 'webhooks', orders.map(signed));
}
