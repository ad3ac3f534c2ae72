// The shop of one test: one server with its own SQLite database, or several servers on one PostgreSQL database. Products are
// added and stock is audited with the `holdfast` command, as an operator does.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { program, repository, Server } from './server.js';

const run = promisify(execFile);

/** Options of `holdfast product add`. Others keep their defaults, but a hold can be extended only if a test asks for it. */
export type Draft = {
  slug?: string;
  name?: string;
  price?: string;
  stock: number;
  limit?: number;
  holdSeconds?: number;
  extendSeconds?: number;
  paySeconds?: number;
  startsAt?: Date;
  endsAt?: Date;
  ships?: boolean;
};

/** The fields of a product that the tests use; the API returns more. */
export type Product = { id: string; slug: string; total: number; available: number; held: number; pending: number; sold: number; per_shopper_limit: number | null };

export class Shop {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-shop-'));
  readonly #servers: Server[];
  readonly #settings: NodeJS.ProcessEnv;
  #errorsAllowed = false;

  /** Several nodes need a shared PostgreSQL database. */
  constructor(nodes = 1, database?: string, settings: NodeJS.ProcessEnv = {}) {
    this.#servers = Array.from({ length: nodes }, (_, n) => new Server(join(this.folder, `server-${n + 1}.log`)));
    this.#settings = { ...(database !== undefined && sharedSettings(database)), ...settings };
  }

  /** Starts all servers at once and waits until they are ready. */
  async open(): Promise<void> {
    // The folder looks like a clone of the repository, without the developer's .env: the program is under target/ and the
    // data under ./data.
    symlinkSync(join(repository, 'target'), join(this.folder, 'target'));
    await Promise.all(this.#servers.map((server, n) => server.open(this.folder, this.#envOf(n))));
  }

  /** URL of the shop, or of its first node. */
  get url(): string {
    return this.urls[0]!;
  }

  /** URLs of all nodes. */
  get urls(): string[] {
    return this.#servers.map((server) => server.url);
  }

  /** Environment of this shop, for commands that run beside its servers. The developer's own settings are removed. */
  env(): NodeJS.ProcessEnv {
    const settings = /^(HOLDFAST_|LEPTOS_|DATABASE_URL$|RUST_LOG$)/;
    const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !settings.test(name)));
    return { ...rest, HOLDFAST_RATE_LIMIT: 'off', ...this.#settings };
  }

  get log(): string {
    return this.#servers.map((server) => server.log).join('\n');
  }

  /** Allows errors in the server log, for tests that break the shop on purpose. */
  allowErrors(): void {
    this.#errorsAllowed = true;
  }

  /** Errors in the server log, unless the test allows them. */
  get unexpectedErrors(): string[] {
    if (this.#errorsAllowed) return [];
    return this.log.split('\n').filter((line) => /\bERROR\b|"level":"ERROR"|panicked at/.test(line));
  }

  async addProduct(draft: Draft): Promise<Product> {
    const { slug = 'lamp', name = 'Desk Lamp', price = '49.90' } = draft;
    const options = Object.entries({
      '--limit': draft.limit,
      '--hold-seconds': draft.holdSeconds,
      '--extend-seconds': draft.extendSeconds,
      '--pay-seconds': draft.paySeconds,
      '--starts-at': draft.startsAt?.toISOString(),
      '--ends-at': draft.endsAt?.toISOString(),
    }).flatMap(([option, value]) => (value === undefined ? [] : [option, String(value)]));
    if (draft.extendSeconds === undefined) options.push('--no-extend');
    if (draft.ships) options.push('--ships');
    const stock = String(draft.stock);
    const output = await this.command('product', 'add', '--slug', slug, '--name', name, '--price', price, '--currency', 'USD', '--stock', stock, ...options);
    await this.#waitForProduct(slug);
    return JSON.parse(output);
  }

  /** Adds the demo products. */
  async seed(): Promise<void> {
    const output = await this.command('seed');
    const slugs = output.match(/\b[a-z]+-[a-z]+\b/g) ?? [];
    await Promise.all(slugs.map((slug) => this.#waitForProduct(slug)));
  }

  /** Returns a product as the API shows it, on the first node or on a given one. */
  async product(slug: string, node = this.url): Promise<Product> {
    const response = await fetch(`${node}/api/products/${slug}`);
    if (!response.ok) throw new Error(`GET /api/products/${slug}: ${response.status}`);
    return (await response.json()) as Product;
  }

  /** Runs a `holdfast` command on this shop's data. Throws if it fails. */
  async command(...args: string[]): Promise<string> {
    const { stdout } = await run(program, args, { cwd: this.folder, env: this.env() });
    return stdout;
  }

  /** Stops every server, even if one of them fails to stop; then reports the failure. */
  async close(): Promise<void> {
    const results = await Promise.allSettled(this.#servers.map((server) => server.close()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  // Nodes share the database and secrets but no data folder, as on different machines.
  #envOf(node: number): NodeJS.ProcessEnv {
    return node === 0 ? this.env() : { ...this.env(), HOLDFAST_DATA_DIR: `data-${node + 1}` };
  }

  // A server shows a command's changes within a second.
  async #waitForProduct(slug: string): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.waitFor(`/api/products/${slug}`)));
  }
}

function sharedSettings(database: string): NodeJS.ProcessEnv {
  const secret = () => randomBytes(32).toString('hex');
  return { DATABASE_URL: database, HOLDFAST_WEBHOOK_SECRETS: secret(), HOLDFAST_JWT_KEYS: `test:${secret()}`, HOLDFAST_LINK_SECRETS: secret() };
}
