// A shop to send webhooks to: the release build in production, with secrets of its own and a folder that goes away.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, '..');
const program = process.env.HOLDFAST_BIN ?? join(repository, 'target/release/holdfast');
const START_WITHIN_MS = 20_000;

export const secrets = {
  /** As the Standard Webhooks specification writes secrets: base64 with a prefix. */
  standard: `whsec_${randomBytes(24).toString('base64')}`,
  /** Raw text; still verifies. */
  older: randomBytes(24).toString('hex'),
  stripe: `whsec_${randomBytes(24).toString('hex')}`,
  olderStripe: `whsec_${randomBytes(24).toString('hex')}`,
};

export const now = () => Math.floor(Date.now() / 1000);

export class Shop {
  #folder = mkdtempSync(join(tmpdir(), 'holdfast-interop-'));
  #env;
  #server;
  #url;
  #token;
  #product;

  static async open() {
    const shop = new Shop();
    try {
      await shop.#open();
    } catch (error) {
      await shop.close().catch(() => {});
      throw error;
    }
    return shop;
  }

  async #open() {
    const ours = /^(HOLDFAST_|LEPTOS_|DATABASE_URL$|RUST_LOG$)/;
    this.#env = {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name))),
      HOLDFAST_ENV: 'production',
      HOLDFAST_ADDR: '127.0.0.1:0',
      HOLDFAST_DATA_DIR: this.#folder,
      HOLDFAST_SITE_ROOT: join(repository, 'target/site'),
      HOLDFAST_JWT_KEYS: `interop:${randomBytes(32).toString('hex')}`,
      HOLDFAST_WEBHOOK_SECRETS: `${secrets.standard},${secrets.older}`,
      HOLDFAST_STRIPE_SECRETS: `${secrets.stripe},${secrets.olderStripe}`,
    };
    const log = openSync(this.#logFile, 'a');
    this.#server = spawn(program, ['serve'], { cwd: this.#folder, env: this.#env, stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    this.#url = await this.#address();
    const client = JSON.parse(await this.command('client', 'add', '--name', 'interop'));
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'checkout', ...client });
    this.#token = (await this.#ask('/api/token', { method: 'POST', body })).access_token;
    this.#product = (await this.add('phone')).id;
  }

  /** Puts a thousand of something on sale. */
  async add(slug) {
    const price = ['--price', '5000.00', '--currency', 'USD', '--stock', '1000'];
    const product = JSON.parse(await this.command('product', 'add', '--slug', slug, '--name', slug, ...price));
    // What a command adds, a server sells within a second.
    for (let tries = 0; tries < 100 && !(await fetch(`${this.#url}/api/products/${slug}`)).ok; tries += 1) {
      await new Promise((wake) => setTimeout(wake, 50));
    }
    return product;
  }

  /** The server says where it is open, once it is. */
  async #address() {
    const child = this.#server;
    let said = '';
    return new Promise((found, failed) => {
      const fail = (what) => failed(new Error(`${program} ${what}:\n${said}${this.log}`));
      const late = setTimeout(() => fail('did not start in time'), START_WITHIN_MS);
      child.stdout.on('data', (data) => {
        said += data;
        const open = said.match(/open at (http:\S+)/);
        if (open) found(open[1]);
        if (open) clearTimeout(late);
      });
      child.once('error', fail);
      child.once('exit', (code) => fail(`ended with ${code}`));
    });
  }

  get url() {
    return this.#url;
  }

  /** What a client of the API sends with each request. */
  get authorization() {
    return { authorization: `Bearer ${this.#token}` };
  }

  get #logFile() {
    return join(this.#folder, 'server.log');
  }

  get log() {
    return readFileSync(this.#logFile, 'utf8');
  }

  /** The log's lines about webhooks, in which each field has its name. */
  get webhookLines() {
    const lines = this.log.split('\n').filter(Boolean).map((line) => JSON.parse(line));
    return lines.filter((line) => line.target === 'server::webhooks::payment');
  }

  async command(...args) {
    return (await run(program, args, { cwd: this.#folder, env: this.#env })).stdout;
  }

  async #ask(path, options) {
    const answer = await fetch(this.#url + path, options);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async #post(path, body) {
    const headers = { ...this.authorization, 'content-type': 'application/json' };
    return this.#ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** What the shop says of a product. */
  async product(id) {
    return this.#ask(`/api/products/${id}`);
  }

  async hold(product, qty = 1) {
    return (await this.#post('/api/holds', { product_id: product, qty })).hold_id;
  }

  /** Gives a hold's units back. */
  async release(hold) {
    const answer = await fetch(`${this.#url}/api/holds/${hold}`, { method: 'DELETE', headers: this.authorization });
    assert.equal(answer.status, 204);
  }

  /** A new order of one phone, which waits for its money. */
  async order() {
    return (await this.#post('/api/orders', { hold_id: await this.hold(this.#product) })).order_id;
  }

  async statusOf(order) {
    return (await this.#ask(`/api/orders/${order}`, { headers: this.authorization })).status;
  }

  /** Delivers a webhook; answers the HTTP status and the body. */
  async deliver(headers, body) {
    const answer = await fetch(`${this.#url}/api/webhooks/payment`, { method: 'POST', headers, body });
    return { http: answer.status, ...(await answer.json()) };
  }

  /** Ends the server as its operator would; fails if it does not end well. */
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

/** One test file's shop. Whatever the tests do, the books balance in the end, and the log has kept its secrets. */
export function shopOfThisFile() {
  let shop;
  before(async () => {
    shop = await Shop.open();
  });
  after(async () => {
    if (!shop) return;
    try {
      await shop.command('audit');
      for (const secret of Object.values(secrets)) assert.ok(!shop.log.includes(secret), 'a secret is in the log');
      assert.deepEqual(shop.log.split('\n').filter((line) => /"level":"ERROR"|panicked at/.test(line)), []);
    } finally {
      await shop.close();
    }
  });
  return () => shop;
}
