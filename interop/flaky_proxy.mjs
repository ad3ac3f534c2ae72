// A TCP proxy between a client and the shop that breaks event streams. Each connection breaks in another way, until a given
// number of breaks is reached. It knows just enough HTTP to break in the right place, and passes other requests through.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** How and where in the response a connection breaks. */
export const breakModes = [
  'reset after an event',
  'within an event',
  'before the first byte',
  'half-close after an event',
  'within the head',
  'regular end after an event',
];

/** Reconnection delay that replaces the one in the shop's `retry:` field. */
const RETRY_MS = 5;
const STREAM_REQUEST = /^GET \/(api\/\S*\/events|live\/products\/\S+) HTTP/;

export class FlakyProxy {
  /** One entry per stream connection: its break mode and the `Last-Event-ID` that the client sent. */
  connections = [];
  breakCount = 0;
  #breaks;
  #maxEvents;
  #onConnect;
  #shop;
  #open = new Set();
  #listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#proxy(client));

  /**
   * Breaks the first `breaks` streams, each after at most `maxEvents` events. `onConnect` is awaited for each stream before
   * its request is sent to the shop.
   */
  static async start(url, { breaks, maxEvents = 2, onConnect = () => {} }) {
    const proxy = new FlakyProxy();
    [proxy.#breaks, proxy.#maxEvents, proxy.#onConnect, proxy.#shop] = [breaks, maxEvents, onConnect, new URL(url)];
    proxy.#listener.listen(0, '127.0.0.1');
    await once(proxy.#listener, 'listening');
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${this.#listener.address().port}`;
  }

  async close() {
    for (const socket of this.#open) socket.destroy();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #proxy(client) {
    const shop = connect({ host: this.#shop.hostname, port: Number(this.#shop.port), allowHalfOpen: true, noDelay: true });
    let stream;
    for (const [socket, other] of [[client, shop], [shop, client]]) {
      this.#open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('end', () => other.end());
      socket.on('close', () => this.#open.delete(socket) && other.destroySoon());
    }
    client.on('data', async (data) => {
      if (!STREAM_REQUEST.test(data.toString('latin1', 0, 200))) return shop.write(data);
      stream = { connection: this.#recordConnection(data.toString('latin1')), received: '', forwarded: 0 };
      await this.#onConnect(stream.connection);
      shop.write(data);
    });
    shop.on('data', (data) => (stream ? this.#forward(stream, data, client, shop) : client.write(data)));
  }

  #recordConnection(head) {
    const nth = this.connections.length;
    const mode = nth < this.#breaks ? breakModes[nth % breakModes.length] : undefined;
    const round = Math.floor(nth / breakModes.length);
    const events = mode === 'within an event' ? round % this.#maxEvents : 1 + (round % this.#maxEvents);
    const lastEventId = /^last-event-id: *(.*?)\r$/im.exec(head)?.[1];
    this.connections.push({ mode, round, events, lastEventId });
    return this.connections.at(-1);
  }

  /** Forwards the shop's response up to the break. */
  #forward(stream, data, client, shop) {
    if (stream.isBroken) return;
    stream.received += data.toString('latin1');
    if (!/retry: \d+\n/.test(stream.received)) return;
    // Keeps the number of digits, so that the chunk's length stays valid.
    stream.received = stream.received.replace(/retry: (\d+)/, (_, digits) => `retry: ${String(RETRY_MS).padStart(digits.length, '0')}`);
    const at = breakPosition(stream.connection, stream.received);
    const rest = stream.received.slice(stream.forwarded, at ?? stream.received.length);
    stream.forwarded += rest.length;
    if (at === undefined) return client.write(rest, 'latin1');
    stream.isBroken = true;
    client.write(rest, 'latin1', () => {
      this.breakCount += 1;
      breakConnection(stream.connection.mode, client, shop);
    });
  }
}

/** Returns the position of the break in the received bytes, or undefined if the break comes later. */
function breakPosition({ mode, round, events }, received) {
  if (mode === undefined) return undefined;
  if (mode === 'before the first byte') return 0;
  if (mode === 'within the head') return 1 + ((round * 37) % received.indexOf('\r\n\r\n'));
  const within = mode === 'within an event';
  const start = nthIndex(received, 'data: ', within ? events + 1 : events);
  if (start < 0) return undefined;
  const end = received.indexOf('\n\n', start);
  if (end < 0) return undefined;
  // Half of these breaks come after the last line and before the empty line that would dispatch the event.
  if (within) return round % 2 === 0 ? end + 1 : start + ((round * 37) % (end - start));
  // A chunk ends with its own line break.
  return end + '\n\n\r\n'.length;
}

function nthIndex(text, part, nth) {
  let at = -1;
  for (let n = 0; n < nth; n += 1) {
    at = text.indexOf(part, at + 1);
    if (at < 0) return at;
  }
  return at;
}

function breakConnection(mode, client, shop) {
  if (mode === 'regular end after an event') {
    client.end('0\r\n\r\n');
    shop.destroy();
  } else if (mode === 'half-close after an event') {
    client.end();
    shop.end();
  } else if (mode === 'reset after an event') {
    client.resetAndDestroy();
    shop.resetAndDestroy();
  } else {
    client.destroy();
    shop.destroy();
  }
}
