// Event streams, watched by the npm client `eventsource` through a proxy that breaks a hundred connections.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { breakModes } from './flaky_proxy.mjs';
import { now, secrets, useShop } from './shop.mjs';
import { standardSigners } from './signers.mjs';
import { StockTraffic, watchStream } from './sse_client.mjs';

const BREAKS = 100;
const currentShop = useShop();

/** The fields that a stock event and the API have in common. */
const stockOf = ({ version, total, available, held, pending, sold }) => ({ version, total, available, held, pending, sold });

/** Checks that every break mode occurred and that the client reconnected after each break. */
function assertAllModes(connections) {
  assert.equal(connections.length, BREAKS + 1);
  assert.deepEqual(new Set(connections.slice(0, BREAKS).map(({ mode }) => mode)), new Set(breakModes));
}

describe('stock that changes', () => {
  for (const [which, slugs, path] of [
    ['one product', ['lamp'], ([{ id }]) => `/api/products/${id}/events`],
    ['all products', ['chair', 'table'], () => '/api/products/events'],
  ]) {
    test(`${which}: versions never go back, each reconnect starts with the current state, and the last event is right`, async () => {
      const shop = currentShop();
      const added = [];
      for (const slug of slugs) added.push(await shop.product((await shop.add(slug)).id));
      const traffic = new StockTraffic(shop, added);
      const running = traffic.run();
      const shown = new Map();
      // The state that the first event about each product must show after a reconnect.
      let awaited = new Map();
      const onConnect = async ({ mode }) => {
        await traffic.pause();
        awaited = new Map([...traffic.expected].map(([id, state]) => [id, { ...state }]));
        if (mode === undefined) traffic.stop();
      };
      const onEvent = (stock, proxy) => {
        const id = stock.product_id;
        if (!traffic.expected.has(id)) return false;
        const [before, current] = [shown.get(id)?.version ?? 0, awaited.get(id)];
        if (current) {
          const { version, held } = stock;
          assert.deepEqual({ version, held }, current, 'the first event shows the current state');
          assert.ok(version >= before, `from ${before} back to ${version}`);
          awaited.delete(id);
        } else {
          assert.ok(stock.version > before, `from ${before} back to ${stock.version}`);
        }
        assert.equal(stock.available + stock.held + stock.pending + stock.sold, stock.total);
        shown.set(id, stock);
        if (awaited.size === 0) traffic.resume();
        return proxy.connections.length > BREAKS && awaited.size === 0;
      };
      const stream = { path: path(added), event: 'stock', breaks: BREAKS, onConnect, onEvent };
      const connections = await watchStream(shop, stream).finally(() => traffic.stop());
      await running;
      assertAllModes(connections);
      assert.ok(connections.filter(({ lastEventId }) => lastEventId !== undefined).length > BREAKS / 2);
      for (const { id } of added) assert.deepEqual(stockOf(shown.get(id)), stockOf(await shop.product(id)));
    });
  }
});

describe('an order', () => {
  for (const [when, whileWatched] of [['between two connections', false], ['while it is watched', true]]) {
    test(`paid ${when}: pending, then paid, and never pending again`, async () => {
      const shop = currentShop();
      const order = await shop.order();
      let expected = 'pending';
      const pay = async () => {
        expected = 'paid';
        const body = JSON.stringify({ order_id: order, transaction_id: `tx-${order}`, status: 'success' });
        const headers = standardSigners['npm standardwebhooks']({ secret: secrets.standard, id: `msg_${order}`, timestamp: now(), body });
        assert.equal((await shop.deliver(headers, body)).status, 'processed');
      };
      const [paidAt, statuses] = [BREAKS / 2, []];
      let connected = 0;
      const onConnect = async (connection) => {
        connected += 1;
        if (connected !== paidAt) return;
        // This connection lasts until it has carried both events.
        if (whileWatched) Object.assign(connection, { mode: breakModes[0], events: 2 });
        else await pay();
      };
      const onEvent = async ({ order_id, status }, proxy) => {
        assert.deepEqual([order_id, status], [order, expected], `after ${connected} connections`);
        statuses.push(status);
        if (whileWatched && connected === paidAt && expected === 'pending') await pay();
        return proxy.connections.length > BREAKS;
      };
      const stream = { path: `/api/orders/${order}/events`, event: 'order', breaks: BREAKS, maxEvents: 1, onConnect, onEvent };
      const connections = await watchStream(shop, { ...stream, headers: shop.authorization });
      assertAllModes(connections);
      assert.ok(['pending', 'paid'].every((status) => statuses.filter((seen) => seen === status).length > BREAKS / 8), statuses.join());
    });
  }
});
