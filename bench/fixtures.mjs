// Prepares data for scenarios: existing holds, orders to pay and signed webhooks.
import { createHmac, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { webhookSecret } from './server.mjs';
import { threadsFor } from './wrk.mjs';

const CONNECTIONS = 512;
/** Time limit for preparation. A slow machine gets fewer fixtures, and the report says so. */
const PREPARE_LIMIT_S = 120;
const PRICE = { amount: 1999, currency: 'USD' };

const threads = (target) => threadsFor(CONNECTIONS, target.nodes.length);
const shards = (target) => [...Array(threads(target)).keys()];
const path = (target, name, shard) => join(target.files, `${name}.${shard}`);

/** Returns the lines that all threads have saved under a name. */
function savedLines(target, name) {
  const files = shards(target).map((shard) => path(target, name, shard));
  return files.filter(existsSync).flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean));
}

function discard(target, name) {
  for (const shard of shards(target)) rmSync(path(target, name, shard), { force: true });
}

/** Distributes lines over the threads' files. */
function distribute(target, name, lines) {
  const count = threads(target);
  for (const shard of shards(target)) {
    const share = lines.filter((_, i) => i % count === shard);
    writeFileSync(path(target, name, shard), share.map((line) => `${line}\n`).join(''));
  }
}

/**
 * Calls `load` with the missing number and an estimated duration until `done` reaches `count`. It may take several loads,
 * because the responses of requests in flight at a load's end are lost.
 */
async function repeatUntil(count, done, load) {
  for (let [spent, rate] = [0, 20_000]; done() < count && spent < PREPARE_LIMIT_S;) {
    const missing = count - done();
    const seconds = Math.max(1, Math.min(10, Math.round(missing / rate)));
    const run = await load(missing, seconds);
    rate = Math.max(run.rate, 1);
    spent += seconds;
  }
}

/** Places at least `count` holds over the API and returns the ids of those with a response. */
export async function placeHolds(target, product, count) {
  discard(target, 'placed_holds');
  const seen = () => savedLines(target, 'placed_holds').length;
  await repeatUntil(count, seen, (missing, seconds) => {
    const each = Math.ceil(missing / threads(target));
    return target.load('prepare_holds', product, { connections: CONNECTIONS, seconds, count: each });
  });
  return savedLines(target, 'placed_holds');
}

/** Orders `count` of `holds` and returns the orders' ids. */
async function placeOrders(target, product, holds, count) {
  discard(target, 'placed_orders');
  const seen = () => savedLines(target, 'placed_orders').map((line) => line.split(' '));
  await repeatUntil(
    count,
    () => seen().length,
    (_, seconds) => {
      const ordered = new Set(seen().map(([, hold]) => hold));
      distribute(
        target,
        'holds_for_orders',
        holds.filter((hold) => !ordered.has(hold)),
      );
      return target.load('prepare_orders', product, { connections: CONNECTIONS, seconds });
    },
  );
  return seen().map(([order]) => order);
}

/** Returns a line that describes one webhook: key, timestamp, signature and body. */
function signedWebhook(order) {
  const sentAt = Math.floor(Date.now() / 1000);
  const body = JSON.stringify({ order_id: order, transaction_id: `tx-${order}`, status: 'success', ...PRICE });
  const signature = createHmac('sha256', webhookSecret).update(`${sentAt}.${body}`).digest('hex');
  return `${randomUUID()} ${sentAt} ${signature} ${body}`;
}

/** Prepares `count` holds to order and `count` webhooks to send. Each is used once. */
export async function prepareMixed(target, product, count) {
  // After a load, it is unknown whether the holds of requests in flight were ordered. The spare holds make up for them.
  const spare = Math.ceil(count / 20) + 4 * CONNECTIONS;
  const ids = await placeHolds(target, product, 2 * count + spare);
  const orders = await placeOrders(target, product, ids.slice(count), count);
  distribute(target, 'holds', ids.slice(0, count));
  distribute(target, 'webhooks', orders.map(signedWebhook));
}
