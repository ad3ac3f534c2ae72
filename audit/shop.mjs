// The audited shop: a release server with demo products, and one shopper's session.
import { join } from 'node:path';
import { start, stop, succeed } from '../bench/process.mjs';
import { programs, root } from '../bench/settings.mjs';

/** Two hours: longer than the audit takes. */
const LONG_TIMERS = ['--hold-seconds', '7200', '--pay-seconds', '7200'];
const FORM = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };

export class Shop {
  static async open(folder) {
    const env = {
      HOLDFAST_ADDR: '127.0.0.1:0',
      HOLDFAST_DATA_DIR: folder,
      HOLDFAST_RATE_LIMIT: 'off',
      HOLDFAST_SITE_ROOT: join(root, 'target/site'),
      RUST_LOG: 'warn',
    };
    const command = (...args) => succeed(programs.server, args, { env, cwd: folder });
    await command('seed');
    const picture = ['--image', '/img/flash-phone.svg'];
    const draft = ['--slug', 'lasting-phone', '--name', 'Lasting Phone', '--price', '5000.00', '--currency', 'USD'];
    await command('product', 'add', ...draft, '--stock', '10', '--no-extend', ...picture, ...LONG_TIMERS);
    const child = start(programs.server, ['serve'], { env, cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    const url = await new Promise((resolve, reject) => {
      child.stdout.on('data', (data) => {
        const open = String(data).match(/open at (http:\S+)/);
        if (open) resolve(open[1]);
      });
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`the server ended with ${code} before it was open`)));
    });
    return new Shop(url, child);
  }

  constructor(url, child) {
    Object.assign(this, { url, child, cookie: '' });
  }

  /** Another visitor of the same shop. */
  newShopper() {
    return new Shop(this.url, this.child);
  }

  close() {
    return stop(this.child);
  }

  async page(path) {
    const response = await fetch(this.url + path, { headers: { cookie: this.cookie } });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    return response.text();
  }

  /** Reserves units through the page's form and returns the checkout's path. */
  async reserve(slug, qty = 1) {
    const checkout = await this.tryReserve(slug, qty);
    if (!checkout) throw new Error(`${slug} could not be reserved`);
    return checkout;
  }

  /** Reserves units and returns the checkout's path; null if the shop refuses, or offers no form. */
  async tryReserve(slug, qty) {
    const page = await this.page(`/products/${slug}`);
    if (!page.includes('action="/actions/reserve"')) return null;
    const fields = { product: field(page, 'product'), key: field(page, 'key'), qty: String(qty) };
    const location = await this.#send('/actions/reserve', fields);
    return location.startsWith('/checkout/') ? location : null;
  }

  /** Gives a reservation back. */
  async release(checkout) {
    await this.#send('/actions/release', { hold: checkout.split('/').pop() });
  }

  /** Pays an order at the test provider. */
  async pay(order) {
    await this.#send('/actions/sandbox', { order: order.split('/').pop(), act: 'pay', key: crypto.randomUUID() });
  }

  /** Orders the reservation and returns the order's path. */
  async order(checkout) {
    const page = await this.page(checkout);
    const details = { hold: field(page, 'hold'), key: field(page, 'key'), email: 'ada@example.com' };
    const payment = await this.#send('/actions/order', details);
    if (!payment.startsWith('/sandbox/pay/')) throw new Error(`the order led to ${payment}`);
    return payment.replace('/sandbox/pay/', '/orders/');
  }

  async #send(action, fields) {
    const headers = { ...FORM, cookie: this.cookie };
    const body = new URLSearchParams(fields).toString();
    const response = await fetch(this.url + action, { method: 'POST', headers, body, redirect: 'manual' });
    const [newCookie] = response.headers.getSetCookie();
    if (newCookie) this.cookie = newCookie.split(';')[0];
    const location = response.headers.get('location');
    if (response.status !== 303 || !location) throw new Error(`${action} redirected to ${location}, ${response.status}`);
    return location;
  }
}

function field(page, name) {
  const input = page.match(new RegExp(`<input[^>]*\\bname="${name}"[^>]*>`))?.[0];
  const value = input?.match(/\bvalue="([^"]*)"/)?.[1];
  if (!value) throw new Error(`the page has no field ${name}`);
  return value;
}
