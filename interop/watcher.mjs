// Who watches streams: the npm client `eventsource`, and what is demanded of all that it is told.
import assert from 'node:assert/strict';
import { EventSource } from 'eventsource';
import { Wire } from './wire.mjs';

const WITHIN_MS = 35_000;

/**
 * Watches `path` over a wire that breaks `breaks` times, until `done` says so of an event; fails as soon as anything does.
 * `asked` is called each time the client comes back, `told` with each event: its data, and the wire.
 */
export async function watch(shop, { path, event, breaks, whole, asked, told, headers = {} }) {
  let fail;
  let finish;
  const outcome = new Promise((resolve, reject) => [finish, fail] = [resolve, reject]);
  const heed = (act) => async (...args) => {
    try {
      if (await act(...args)) finish();
    } catch (error) {
      fail(error);
    }
  };
  let lastId;
  const wire = await Wire.to(shop.url, {
    breaks,
    whole,
    asked: heed(async (connection) => {
      assert.equal(connection.lastEventId, lastId, 'the id of the last event, as the client comes back');
      await asked(connection);
    }),
  });
  const source = new EventSource(wire.url + path, {
    fetch: (url, options) => fetch(url, { ...options, headers: { ...options.headers, ...headers } }),
  });
  source.addEventListener('error', () => source.readyState === source.CLOSED && fail(new Error('the client has given up')));
  source.addEventListener(event, ({ data, lastEventId }) => {
    lastId = lastEventId || undefined;
    heed(told)(JSON.parse(data), wire);
  });
  const late = setTimeout(() => fail(new Error(`not at the end after ${wire.broken} breaks`)), WITHIN_MS);
  try {
    await outcome;
  } finally {
    clearTimeout(late);
    source.close();
    await wire.close();
  }
  assert.equal(wire.broken, breaks);
  return wire.connections;
}

/** People who take and give back what is on sale, one after another, but when they are asked to rest. */
export class Crowd {
  /** What they have made of each product: its version, and how many units are held. */
  state;
  #shop;
  #holds = [];
  #steps = 0;
  #resting = Promise.resolve();
  #goOn = () => {};
  #step = Promise.resolve();
  #isGone = false;

  constructor(shop, products) {
    this.#shop = shop;
    this.state = new Map(products.map(({ id, version, held }) => [id, { version, held }]));
  }

  async work() {
    while (!this.#isGone) {
      await this.#resting;
      if (!this.#isGone) await this.#change();
    }
  }

  /** Changes something once more, and then nothing until it is told to go on. */
  async rest() {
    this.#goOn();
    this.#resting = new Promise((goOn) => (this.#goOn = goOn));
    await this.#step;
    await this.#change();
  }

  goOn() {
    this.#goOn();
  }

  leave() {
    this.#isGone = true;
    this.#goOn();
  }

  #change() {
    this.#step = this.#step.then(() => this.#changeNow());
    return this.#step;
  }

  /** Every commit that touches a product makes its version grow by one. */
  async #changeNow() {
    const products = [...this.state.keys()];
    const [product, qty] = [products[this.#steps % products.length], 1 + (this.#steps % 3)];
    if (this.#steps++ % 8 < 4) {
      this.#holds.push({ product, qty, id: await this.#shop.hold(product, qty) });
      this.#moved(product, qty);
    } else if (this.#holds.length > 0) {
      const hold = this.#holds.shift();
      await this.#shop.release(hold.id);
      this.#moved(hold.product, -hold.qty);
    }
  }

  #moved(product, qty) {
    const state = this.state.get(product);
    state.version += 1;
    state.held += qty;
  }
}
