// A system that receives the shop's webhooks. It keeps headers and bodies as they came.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const ARRIVAL_TIMEOUT_MS = 20_000;

export class Receiver {
  /** Requests so far, oldest first. */
  requests = [];
  /** Status of the next responses; then 204. */
  statuses = [];
  #server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    this.requests.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8'), url: request.url });
    response.writeHead(this.statuses.shift() ?? 204).end();
  });

  static async open() {
    const receiver = new Receiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/hooks`;
  }

  /** Waits for `count` requests of a type about an object, and returns them. */
  async waitFor(type, id, count = 1) {
    const matches = () => this.requests.filter(({ body }) => JSON.parse(body).type === type && body.includes(id));
    const deadline = Date.now() + ARRIVAL_TIMEOUT_MS;
    while (matches().length < count) {
      assert.ok(Date.now() < deadline, `${matches().length} of ${count} webhooks ${type} about ${id} arrived`);
      await sleep(20);
    }
    return matches();
  }

  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
