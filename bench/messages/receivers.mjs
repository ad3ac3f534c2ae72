// Receivers of the shop's messages: a mail server that accepts everything, and an endpoint for webhooks.
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';

const ORDER = /orders\/([0-9a-f]{8}-[0-9a-f-]{27})/;

/** Listens on a free port of the loopback interface and returns it. */
function listen(server) {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

/** Accepts mail by SMTP (RFC 5321) and remembers when it accepted each mail about an order. */
export class MailServer {
  /** Times of acceptance, by order. */
  accepted = new Map();
  count = 0;

  static async start() {
    const receiver = new MailServer();
    const server = createServer((socket) => receiver.converse(socket));
    receiver.port = await listen(server);
    receiver.stop = () => server.close();
    return receiver;
  }

  converse(socket) {
    let [buffer, isData] = ['', false];
    const reply = (line) => socket.write(`${line}\r\n`);
    socket.on('error', () => {});
    socket.setNoDelay(true);
    reply('220 receiver');
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1');
      for (;;) {
        const end = buffer.indexOf(isData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const text = buffer.slice(0, end);
        buffer = buffer.slice(end + (isData ? 5 : 2));
        if (isData) {
          this.accept(text);
          isData = false;
          reply('250 accepted');
        } else {
          isData = /^DATA/i.test(text);
          reply(isData ? '354 go on' : /^QUIT/i.test(text) ? '221 bye' : '250 receiver');
        }
      }
    });
  }

  accept(mail) {
    this.count += 1;
    // Quoted-printable text breaks long lines after an equals sign.
    const order = mail.replaceAll('=\r\n', '').match(ORDER)?.[1];
    if (!order) return;
    const times = this.accepted.get(order) ?? [];
    times.push(performance.now());
    this.accepted.set(order, times);
  }
}

/** Receives webhooks. While its gate is closed, it leaves requests without a response. */
export class Endpoint {
  /** When the first delivery for each order came. */
  received = new Map();
  deliveries = 0;
  #waiting = [];
  #isOpen = true;

  static async start() {
    const endpoint = new Endpoint();
    const server = createHttpServer({ keepAlive: true }, (request, response) => endpoint.receive(request, response));
    endpoint.port = await listen(server);
    endpoint.url = `http://127.0.0.1:${endpoint.port}/`;
    endpoint.stop = () => {
      server.close();
      server.closeAllConnections();
    };
    return endpoint;
  }

  receive(request, response) {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      if (this.#isOpen) this.accept(body, response);
      else this.#waiting.push(response);
    });
  }

  accept(body, response) {
    this.deliveries += 1;
    const order = JSON.parse(body).data.order?.id;
    if (order && !this.received.has(order)) this.received.set(order, performance.now());
    response.writeHead(204).end();
  }

  close() {
    this.#isOpen = false;
  }

  /** Opens the gate. The requests that waited are answered with 503, so that they come again. */
  open() {
    this.#isOpen = true;
    for (const response of this.#waiting.splice(0)) response.writeHead(503).end();
  }
}
