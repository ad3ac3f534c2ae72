// A shop under test: the release build in production mode with its own secrets and a temporary folder.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '..');
const program = process.env.HOLDFAST_BIN ?? join(repository, 'target/release/holdfast');
const START_TIMEOUT_MS = 60_000;
const ON_SALE_TIMEOUT_MS = 20_000;

export const secrets = {
  /** The format of the Standard Webhooks specification: base64 with a prefix. */
  standard: `whsec_${randomBytes(24).toString('base64')}`,
  /** Raw text, listed second: the previous secret during a rotation. */
  previous: randomBytes(24).toString('hex'),
  stripe: `whsec_${randomBytes(24).toString('hex')}`,
  previousStripe: `whsec_${randomBytes(24).toString('hex')}`,
};

export const now = () => Math.floor(Date.now() / 1000);

export class Shop {
  #folder = mkdtempSync(join(tmpdir(), 'holdfast-interop-'));
  #env;
  #server;
  #url;
  #token;
  #product;

  /** `settings` are environment variables beside those that each shop needs. */
  static async open(settings = {}) {
    const shop = new Shop();
    try {
      await shop.#open(settings);
    } catch (error) {
      await shop.close().catch(() => {});
      throw error;
    }
    return shop;
  }

  async #open(settings) {
    const developers = /^(HOLDFAST_|LEPTOS_|DATABASE_URL$|RUST_LOG$)/;
    this.#env = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !developers.test(name))),
      HOLDFAST_ENV: 'production',
      HOLDFAST_ADDR: '127.0.0.1:0',
      HOLDFAST_DATA_DIR: this.#folder,
      HOLDFAST_SITE_ROOT: join(repository, 'target/site'),
      HOLDFAST_JWT_KEYS: `interop:${randomBytes(32).toString('hex')}`,
      HOLDFAST_WEBHOOK_SECRETS: `${secrets.standard},${secrets.previous}`,
      HOLDFAST_STRIPE_SECRETS: `${secrets.stripe},${secrets.previousStripe}`,
      ...settings,
    };
    const log = openSync(this.#logFile, 'a');
    this.#server = spawn(program, ['serve'], { cwd: this.#folder, env: this.#env, stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    this.#url = await this.#address();
    const client = JSON.parse(await this.command('client', 'add', '--name', 'interop'));
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'checkout', ...client });
    this.#token = (await this.#request('/api/token', { method: 'POST', body })).access_token;
    this.#product = (await this.add('phone')).id;
  }

  /** Adds a product with a stock of 1000 and waits until the server shows it. */
  async add(slug) {
    const price = ['--price', '5000.00', '--currency', 'USD', '--stock', '1000'];
    const product = JSON.parse(await this.command('product', 'add', '--slug', slug, '--name', slug, ...price));
    const deadline = Date.now() + ON_SALE_TIMEOUT_MS;
    while (!(await fetch(`${this.#url}/api/products/${slug}`)).ok) {
      if (Date.now() > deadline) throw new Error(`the server does not show ${slug}`);
      await sleep(50);
    }
    return product;
  }

  /** Waits for the line in which the server prints its address. */
  async #address() {
    const child = this.#server;
    let stdout = '';
    return new Promise((resolve, reject) => {
      const fail = (problem) => reject(new Error(`${program} ${problem}:\n${stdout}${this.log}`));
      const timeout = setTimeout(() => fail('did not start in time'), START_TIMEOUT_MS);
      child.stdout.on('data', (data) => {
        stdout += data;
        const open = stdout.match(/open at (http:\S+)/);
        if (open) resolve(open[1]);
        if (open) clearTimeout(timeout);
      });
      child.once('error', fail);
      child.once('exit', (code) => fail(`ended with ${code}`));
    });
  }

  get url() {
    return this.#url;
  }

  /** The header that an API client sends with each request. */
  get authorization() {
    return { authorization: `Bearer ${this.#token}` };
  }

  get #logFile() {
    return join(this.#folder, 'server.log');
  }

  get log() {
    return readFileSync(this.#logFile, 'utf8');
  }

  /** The log lines about webhooks, parsed from JSON. */
  get webhookLines() {
    const lines = this.log.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    return lines.filter((line) => line.target.startsWith('server::webhooks'));
  }

  async command(...args) {
    return (await run(program, args, { cwd: this.#folder, env: this.#env })).stdout;
  }

  async #request(path, options) {
    const response = await fetch(this.#url + path, options);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async #post(path, body) {
    const headers = { ...this.authorization, 'content-type': 'application/json' };
    return this.#request(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** Returns a product's API representation. */
  async product(id) {
    return this.#request(`/api/products/${id}`);
  }

  async hold(product, qty = 1) {
    return (await this.#post('/api/holds', { product_id: product, qty })).hold_id;
  }

  /** Releases a hold. */
  async release(hold) {
    const response = await fetch(`${this.#url}/api/holds/${hold}`, { method: 'DELETE', headers: this.authorization });
    assert.equal(response.status, 204);
  }

  /** Places an order of one phone, which is pending. */
  async order() {
    return (await this.#post('/api/orders', { hold_id: await this.hold(this.#product) })).order_id;
  }

  async statusOf(order) {
    return (await this.#request(`/api/orders/${order}`, { headers: this.authorization })).status;
  }

  /** Pays an order with an event in the shop's own format, signed by an official library. */
  async pay(order) {
    const body = JSON.stringify({ order_id: order, transaction_id: `tx-${order}`, status: 'success', amount: 500000, currency: 'USD' });
    const [id, timestamp] = [`msg_${order}`, now()];
    const signature = new Webhook(secrets.standard).sign(id, new Date(timestamp * 1000), body);
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature };
    assert.equal((await this.deliver(headers, body)).status, 'processed');
  }

  /** Delivers a webhook and returns the HTTP status and the body's fields. */
  async deliver(headers, body) {
    const response = await fetch(`${this.#url}/api/webhooks/payment`, { method: 'POST', headers, body });
    return { http: response.status, ...(await response.json()) };
  }

  /** Stops the server with SIGTERM, as an operator would. Fails if its exit code is not 0. */
  async close() {
    const child = this.#server;
    try {
      if (child && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      if (child && child.exitCode !== 0) throw new Error(`the server ended with ${child.exitCode}:\n${this.log}`);
    } finally {
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }
}

/**
 * Opens one shop for a test file. After all tests, the audit must be clean and the log free of errors and secrets. `prepare`
 * runs first and returns further settings.
 */
export function useShop(prepare = () => ({})) {
  let shop;
  before(async () => {
    shop = await Shop.open(await prepare());
  });
  after(async () => {
    if (!shop) return;
    try {
      await shop.command('audit');
      for (const secret of Object.values(secrets)) assert.ok(!shop.log.includes(secret), 'a secret is in the log');
      assert.deepEqual(shop.log.split('\n').filter((line) => /\bERROR\b|panicked at/.test(line)), []);
    } finally {
      await shop.close();
    }
  });
  return () => shop;
}
