// A wire between a client and the shop that breaks its streams: each connection in its own way, and after the last break
// never again. It carries bytes, and knows just enough of HTTP to break in the right place. Whatever is no stream passes.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Where in the answer a connection breaks, and how. */
export const ways = [
  'after an event, by a reset',
  'in an event',
  'before the first byte',
  'after an event, by half a close',
  'in the head',
  'after an event, with an end',
];

/** How long a client waits before it comes back, instead of what the shop says. */
const RETRY_MS = 5;
const STREAM = /^GET \/api\/\S*\/events HTTP/;

export class Wire {
  /** Of each stream's connection: how it was to break, and the `Last-Event-ID` that came with it. */
  connections = [];
  broken = 0;
  #breaks;
  #whole;
  #asked;
  #shop;
  #open = new Set();
  #listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#carry(client));

  /**
   * Breaks the first `breaks` streams, each after at most `whole` events. `asked` is awaited with each stream's connection,
   * before the shop hears of it.
   */
  static async to(url, { breaks, whole = 2, asked = () => {} }) {
    const wire = new Wire();
    [wire.#breaks, wire.#whole, wire.#asked, wire.#shop] = [breaks, whole, asked, new URL(url)];
    wire.#listener.listen(0, '127.0.0.1');
    await once(wire.#listener, 'listening');
    return wire;
  }

  get url() {
    return `http://127.0.0.1:${this.#listener.address().port}`;
  }

  async close() {
    for (const socket of this.#open) socket.destroy();
    this.#listener.close();
    await once(this.#listener, 'close');
  }

  #carry(client) {
    const shop = connect({ host: this.#shop.hostname, port: Number(this.#shop.port), allowHalfOpen: true, noDelay: true });
    let stream;
    for (const [socket, other] of [[client, shop], [shop, client]]) {
      this.#open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('end', () => other.end());
      socket.on('close', () => this.#open.delete(socket) && other.destroySoon());
    }
    client.on('data', async (said) => {
      if (!STREAM.test(said.toString('latin1', 0, 200))) return shop.write(said);
      stream = { connection: this.#ask(said.toString('latin1')), said: '', passed: 0 };
      await this.#asked(stream.connection);
      shop.write(said);
    });
    shop.on('data', (said) => (stream ? this.#pass(stream, said, client, shop) : client.write(said)));
  }

  #ask(head) {
    const nth = this.connections.length;
    const way = nth < this.#breaks ? ways[nth % ways.length] : undefined;
    const round = Math.floor(nth / ways.length);
    const whole = way === 'in an event' ? round % this.#whole : 1 + (round % this.#whole);
    const lastEventId = /^last-event-id: *(.*?)\r$/im.exec(head)?.[1];
    this.connections.push({ way, round, whole, lastEventId });
    return this.connections.at(-1);
  }

  /** Hands on what the shop says, up to the break. */
  #pass(stream, said, client, shop) {
    if (stream.isBroken) return;
    stream.said += said.toString('latin1');
    if (!/retry: \d+\n/.test(stream.said)) return;
    // As many digits as before, so that the chunk's length holds.
    stream.said = stream.said.replace(/retry: (\d+)/, (_, digits) => `retry: ${String(RETRY_MS).padStart(digits.length, '0')}`);
    const at = place(stream.connection, stream.said);
    const rest = stream.said.slice(stream.passed, at ?? stream.said.length);
    stream.passed += rest.length;
    if (at === undefined) return client.write(rest, 'latin1');
    stream.isBroken = true;
    client.write(rest, 'latin1', () => {
      this.broken += 1;
      breakOff(stream.connection.way, client, shop);
    });
  }
}

/** Where in what the shop has said the break comes, if it comes there. */
function place({ way, round, whole }, said) {
  if (way === undefined) return undefined;
  if (way === 'before the first byte') return 0;
  if (way === 'in the head') return 1 + ((round * 37) % said.indexOf('\r\n\r\n'));
  const inside = way === 'in an event';
  const start = nthIndex(said, 'data: ', inside ? whole + 1 : whole);
  if (start < 0) return undefined;
  const end = said.indexOf('\n\n', start);
  if (end < 0) return undefined;
  // With the event's last line whole, and the empty line missing that would end it, it has still not been told.
  if (inside) return round % 2 === 0 ? end + 1 : start + ((round * 37) % (end - start));
  // A chunk ends with a line's end of its own.
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

function breakOff(way, client, shop) {
  if (way === 'after an event, with an end') {
    client.end('0\r\n\r\n');
    shop.destroy();
  } else if (way === 'after an event, by half a close') {
    client.end();
    shop.end();
  } else if (way === 'after an event, by a reset') {
    client.resetAndDestroy();
    shop.resetAndDestroy();
  } else {
    client.destroy();
    shop.destroy();
  }
}
