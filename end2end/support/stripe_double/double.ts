// A double of Stripe's API on a port of this machine. It has its own payment page, signs webhooks, and does what tests order.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { routeOf } from './calls.js';
import { Control, controls, type ReceivedCall } from './control.js';
import { invalid, StripeError } from './errors.js';
import { Faults, type Fault } from './faults.js';
import { decodeForm } from './form.js';
import { Idempotency, type Answer } from './idempotency.js';
import { Ledger, type Payment } from './ledger.js';
import { newId } from './objects.js';
import { BUTTONS, paymentPage, successUrl } from './payment_page.js';
import { Webhooks } from './webhooks.js';

const MAX_BODY_BYTES = 100_000;
const MISSING_KEY =
  "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";

export class StripeDouble {
  /** The secret key that calls must bear. */
  readonly key: string;
  readonly control: Control;
  readonly #ledger: Ledger;
  readonly #webhooks = new Webhooks();
  readonly #faults = new Faults();
  readonly #idempotency = new Idempotency();
  readonly #calls: ReceivedCall[] = [];
  readonly #server: Server;
  /** Calls that were done and are never answered. */
  readonly #hanging = new Set<ServerResponse>();

  private constructor(key: string) {
    this.key = key;
    this.#ledger = new Ledger((event) => this.#webhooks.onEvent(event));
    this.control = new Control({ ledger: this.#ledger, webhooks: this.#webhooks, faults: this.#faults, calls: this.#calls });
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        console.error(error);
        response.destroy();
      });
    });
  }

  /** Starts a double. Without a port it takes a free one. */
  static async start(key = newId('sk_test'), port = 0): Promise<StripeDouble> {
    const double = new StripeDouble(key);
    double.#server.listen(port, '127.0.0.1');
    await once(double.#server, 'listening');
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#webhooks.close();
    for (const response of this.#hanging) response.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', this.url);
    const body = await read(request);
    if (pathname.startsWith('/v1/')) await this.#api(request, response, pathname, request.method === 'GET' ? search.slice(1) : body);
    else if (pathname.startsWith('/pay/')) this.#paymentPage(request, response, pathname.slice('/pay/'.length), search, body);
    else if (pathname.startsWith('/_control/')) this.#controlRequest(response, pathname.slice('/_control/'.length), body);
    else sendJson(response, { status: 404, body: { error: invalid(`Unrecognized request URL (${request.method}: ${pathname}).`).body }, headers: {} });
  }

  async #api(request: IncomingMessage, response: ServerResponse, path: string, encoded: string): Promise<void> {
    const key = header(request, 'idempotency-key');
    const received: ReceivedCall = {
      method: request.method ?? '',
      path,
      call: undefined,
      params: {},
      idempotency_key: key,
      stripe_version: header(request, 'stripe-version'),
      status: undefined,
      replayed: false,
    };
    this.#calls.push(received);
    const answer = await this.#answer(request, path, encoded, received).catch(errorAnswer);
    if (answer === 'hang') {
      this.#hanging.add(response);
      response.once('close', () => this.#hanging.delete(response));
      return;
    }
    received.status = answer.status;
    received.replayed = answer.headers['idempotent-replayed'] === 'true';
    sendJson(response, answer);
  }

  async #answer(request: IncomingMessage, path: string, encoded: string, received: ReceivedCall): Promise<Answer | 'hang'> {
    this.#authenticate(request);
    const route = routeOf(received.method, path);
    if (!route) throw new StripeError(404, invalid(`Unrecognized request URL (${received.method}: ${path}).`).body);
    received.call = route.call;
    received.params = decodeForm(encoded);
    const fault = this.#faults.take(route.call);
    if (fault?.kind === 'rate_limit') throw rateLimited(fault.retry_after);
    const prepare = () => route.prepare({ ledger: this.#ledger, baseUrl: this.url, id: route.id }, received.params);
    const key = received.method === 'POST' ? received.idempotency_key : undefined;
    if (key === undefined) return perform(fault, prepare());
    const stored = this.#idempotency.begin(key, path, received.params);
    if (stored) return stored;
    let run;
    try {
      run = prepare();
    } catch (error) {
      this.#idempotency.release(key);
      throw error;
    }
    return perform(fault, run, (answer) => this.#idempotency.store(key, answer));
  }

  #authenticate(request: IncomingMessage): void {
    const [scheme, credentials] = (request.headers.authorization ?? '').split(' ');
    const key = scheme === 'Basic' ? Buffer.from(credentials ?? '', 'base64').toString().split(':')[0] : scheme === 'Bearer' ? credentials : undefined;
    if (!key) throw new StripeError(401, invalid(MISSING_KEY).body, { 'www-authenticate': 'Bearer realm="Stripe"' });
    if (key !== this.key) throw new StripeError(401, invalid(`Invalid API Key provided: ${key.slice(0, 8)}***`).body);
  }

  #paymentPage(request: IncomingMessage, response: ServerResponse, id: string, search: string, body: string): void {
    const record = this.#ledger.sessions.get(id);
    if (!record) return sendHtml(response, 404, '<h1>No such page</h1>');
    const session = this.#ledger.session(id);
    if (request.method === 'POST' && session.status === 'open') {
      const payment = new URLSearchParams(body).get('payment') ?? '';
      if (!Object.hasOwn(BUTTONS, payment)) return sendHtml(response, 400, '<h1>Choose how to pay</h1>');
      this.#ledger.pay(id, payment as Payment);
      return redirect(response, payment === 'declined_card' ? `/pay/${id}?declined` : successUrl(session));
    }
    sendHtml(response, 200, paymentPage(session, record.request, search === '?declined' && session.status === 'open'));
  }

  #controlRequest(response: ServerResponse, name: string, body: string): void {
    const control = Object.hasOwn(controls, name) ? controls[name] : undefined;
    if (!control) return sendJson(response, { status: 404, body: { error: `no control ${name}` }, headers: {} });
    try {
      sendJson(response, { status: 200, body: control(this.control, JSON.parse(body || '{}')) ?? {}, headers: {} });
    } catch (error) {
      sendJson(response, errorAnswer(error));
    }
  }
}

/** Does a call, with the trouble that is ordered for it. `store` gets what a repetition of the call is answered. */
async function perform(fault: Fault | undefined, run: () => object, store: (answer: Answer) => void = () => {}): Promise<Answer | 'hang'> {
  if (fault?.kind === 'slow') await sleep(fault.ms);
  const done = fault?.kind === 'server_error' ? SERVER_ERROR : result(run);
  const answer = fault?.kind === 'server_error_after' ? SERVER_ERROR : done;
  store(answer);
  return fault?.kind === 'hang' ? 'hang' : answer;
}

const SERVER_ERROR: Answer = { status: 500, body: { error: { type: 'api_error', message: 'An error occurred on our end.' } }, headers: {} };

/** Answers what a call returns, or the error that it throws. */
function result(run: () => object): Answer {
  try {
    return { status: 200, body: structuredClone(run()), headers: {} };
  } catch (error) {
    return errorAnswer(error);
  }
}

function rateLimited(retryAfter: number | undefined): StripeError {
  const body = { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' } as const;
  return new StripeError(429, body, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
}

function errorAnswer(error: unknown): Answer {
  if (!(error instanceof StripeError)) throw error;
  return { status: error.status, body: { error: error.body }, headers: error.headers };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAX_BODY_BYTES) throw new Error('the request is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function sendJson(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': newId('req'), ...headers });
  response.end(JSON.stringify(body, null, 2));
}

function sendHtml(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(html);
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(303, { location, 'cache-control': 'no-store' });
  response.end();
}
