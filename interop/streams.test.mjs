// Live streams, watched by the npm client `eventsource` over a wire that breaks a hundred times.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { now, secrets, shopOfThisFile } from './shop.mjs';
import { standardSigners } from './signers.mjs';
import { Crowd, watch } from './watcher.mjs';
import { ways } from './wire.mjs';

const BREAKS = 100;
const shopNow = shopOfThisFile();

/** What a stock event and the API say alike. */
const numbers = ({ version, total, available, held, pending, sold }) => ({ version, total, available, held, pending, sold });

/** Every way of breaking was had, and the client came back after each. */
function wasBrokenInEveryWay(connections) {
  assert.equal(connections.length, BREAKS + 1);
  assert.deepEqual(new Set(connections.slice(0, BREAKS).map(({ way }) => way)), new Set(ways));
}

describe('stock, while it changes', () => {
  for (const [which, slugs, path] of [
    ['one product', ['lamp'], ([{ id }]) => `/api/products/${id}/events`],
    ['all products', ['chair', 'table'], () => '/api/products/events'],
  ]) {
    test(`${which}: never backwards, at each return what is, and in the end the right number`, async () => {
      const shop = shopNow();
      const added = [];
      for (const slug of slugs) added.push(await shop.product((await shop.add(slug)).id));
      const crowd = new Crowd(shop, added);
      const working = crowd.work();
      const shown = new Map();
      // What the first event about each product has to say, now that the client comes back.
      let awaited = new Map();
      const asked = async ({ way }) => {
        await crowd.rest();
        awaited = new Map([...crowd.state].map(([id, state]) => [id, { ...state }]));
        if (way === undefined) crowd.leave();
      };
      const told = (stock, wire) => {
        const id = stock.product_id;
        if (!crowd.state.has(id)) return false;
        const [before, present] = [shown.get(id)?.version ?? 0, awaited.get(id)];
        if (present) {
          const { version, held } = stock;
          assert.deepEqual({ version, held }, present, 'the first event is what is');
          assert.ok(version >= before, `from ${before} back to ${version}`);
          awaited.delete(id);
        } else {
          assert.ok(stock.version > before, `from ${before} back to ${stock.version}`);
        }
        assert.equal(stock.available + stock.held + stock.pending + stock.sold, stock.total);
        shown.set(id, stock);
        if (awaited.size === 0) crowd.goOn();
        return wire.connections.length > BREAKS && awaited.size === 0;
      };
      const connections = await watch(shop, { path: path(added), event: 'stock', breaks: BREAKS, asked, told }).finally(() => crowd.leave());
      await working;
      wasBrokenInEveryWay(connections);
      assert.ok(connections.filter(({ lastEventId }) => lastEventId !== undefined).length > BREAKS / 2);
      for (const { id } of added) assert.deepEqual(numbers(shown.get(id)), numbers(await shop.product(id)));
    });
  }
});

describe('an order', () => {
  for (const [when, meanwhile] of [['between two connections', false], ['while it is watched', true]]) {
    test(`paid ${when}: pending, then paid, and never pending again`, async () => {
      const shop = shopNow();
      const order = await shop.order();
      let present = 'pending';
      const pay = async () => {
        present = 'paid';
        const body = JSON.stringify({ order_id: order, transaction_id: `tx-${order}`, status: 'success' });
        const headers = standardSigners['npm standardwebhooks']({ secret: secrets.standard, id: `msg_${order}`, at: now(), body });
        assert.equal((await shop.deliver(headers, body)).status, 'processed');
      };
      const [turn, statuses] = [BREAKS / 2, []];
      let returns = 0;
      const asked = async (connection) => {
        returns += 1;
        if (returns !== turn) return;
        // That connection lives to tell both.
        if (meanwhile) Object.assign(connection, { way: ways[0], whole: 2 });
        else await pay();
      };
      const told = async ({ order_id, status }, wire) => {
        assert.deepEqual([order_id, status], [order, present], `after ${returns} connections`);
        statuses.push(status);
        if (meanwhile && returns === turn && present === 'pending') await pay();
        return wire.connections.length > BREAKS;
      };
      const path = `/api/orders/${order}/events`;
      const connections = await watch(shop, { path, event: 'order', breaks: BREAKS, whole: 1, asked, told, headers: shop.authorization });
      wasBrokenInEveryWay(connections);
      assert.ok(['pending', 'paid'].every((status) => statuses.filter((told) => told === status).length > BREAKS / 8), statuses.join());
    });
  }
});
