// Watches event streams with the npm client `eventsource` through a flaky proxy, and changes stock meanwhile.
import assert from 'node:assert/strict';
import { EventSource } from 'eventsource';
import { FlakyProxy } from './flaky_proxy.mjs';

const TIMEOUT_MS = 60_000;

/**
 * Watches `path` through a proxy that breaks `breaks` connections, until `onEvent` returns true. Fails as soon as a callback
 * throws. `onConnect` is called for each connection, `onEvent` with each event's data and the proxy.
 */
export async function watchStream(shop, { path, event, breaks, maxEvents, onConnect, onEvent, headers = {} }) {
  let fail;
  let finish;
  const outcome = new Promise((resolve, reject) => [finish, fail] = [resolve, reject]);
  const reporting = (callback) => async (...args) => {
    try {
      if (await callback(...args)) finish();
    } catch (error) {
      fail(error);
    }
  };
  let lastId;
  const proxy = await FlakyProxy.start(shop.url, {
    breaks,
    maxEvents,
    onConnect: reporting(async (connection) => {
      assert.equal(connection.lastEventId, lastId, 'the client sends the id of the last event');
      await onConnect(connection);
    }),
  });
  const source = new EventSource(proxy.url + path, {
    fetch: (url, options) => fetch(url, { ...options, headers: { ...options.headers, ...headers } }),
  });
  source.addEventListener('error', () => source.readyState === source.CLOSED && fail(new Error('the client has given up')));
  source.addEventListener(event, ({ data, lastEventId }) => {
    lastId = lastEventId || undefined;
    reporting(onEvent)(JSON.parse(data), proxy);
  });
  const timeout = setTimeout(() => fail(new Error(`timed out after ${proxy.breakCount} breaks`)), TIMEOUT_MS);
  try {
    await outcome;
  } finally {
    clearTimeout(timeout);
    source.close();
    await proxy.close();
  }
  assert.equal(proxy.breakCount, breaks);
  return proxy.connections;
}

/** Places and releases holds one after another, except while paused. */
export class StockTraffic {
  /** The expected version and held units of each product. */
  expected;
  #shop;
  #holds = [];
  #steps = 0;
  #paused = Promise.resolve();
  #resume = () => {};
  #lastChange = Promise.resolve();
  #isStopped = false;

  constructor(shop, products) {
    this.#shop = shop;
    this.expected = new Map(products.map(({ id, version, held }) => [id, { version, held }]));
  }

  async run() {
    while (!this.#isStopped) {
      await this.#paused;
      if (!this.#isStopped) await this.#change();
    }
  }

  /** Makes one more change, and then none until `resume`. */
  async pause() {
    this.#resume();
    this.#paused = new Promise((resume) => (this.#resume = resume));
    await this.#lastChange;
    await this.#change();
  }

  resume() {
    this.#resume();
  }

  stop() {
    this.#isStopped = true;
    this.#resume();
  }

  #change() {
    this.#lastChange = this.#lastChange.then(() => this.#changeNow());
    return this.#lastChange;
  }

  /** Each commit that changes a product raises its version by one. */
  async #changeNow() {
    const products = [...this.expected.keys()];
    const [product, qty] = [products[this.#steps % products.length], 1 + (this.#steps % 3)];
    if (this.#steps++ % 8 < 4) {
      this.#holds.push({ product, qty, id: await this.#shop.hold(product, qty) });
      this.#expectChange(product, qty);
    } else if (this.#holds.length > 0) {
      const hold = this.#holds.shift();
      await this.#shop.release(hold.id);
      this.#expectChange(hold.product, -hold.qty);
    }
  }

  #expectChange(product, qty) {
    const state = this.expected.get(product);
    state.version += 1;
    state.held += qty;
  }
}
