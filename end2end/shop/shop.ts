// A shop of one's own: one server with a database file that nobody else has, or several on one PostgreSQL database.
// Products are added and the books are audited the way an operator does it, by the commands of the same program.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { program, repository, Server } from './server.js';

const run = promisify(execFile);

/** What `holdfast product add` is told; everything else is as the shop has it by default. */
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
};

/** What the tests ask of a product; the API says more. */
export type Product = { id: string; slug: string; total: number; available: number; held: number; pending: number; sold: number };

export class Shop {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-shop-'));
  readonly #servers: Server[];
  readonly #settings: NodeJS.ProcessEnv;
  #errorsAreMeant = false;

  /** Several nodes need a database that they can share. */
  constructor(nodes = 1, database?: string) {
    this.#servers = Array.from({ length: nodes }, (_, n) => new Server(join(this.folder, `server-${n + 1}.log`)));
    this.#settings = database === undefined ? {} : shared(database);
  }

  /** Starts the servers, all at once, and waits until they are ready for shoppers. */
  async open(): Promise<void> {
    // As in a clone of the repository: the program under target/, the data under ./data, and no .env of the developer's.
    symlinkSync(join(repository, 'target'), join(this.folder, 'target'));
    await Promise.all(this.#servers.map((server, n) => server.open(this.folder, this.#envOf(n))));
  }

  /** Where the shop is; with several nodes, where the first is. */
  get url(): string {
    return this.urls[0]!;
  }

  /** Where each node is. */
  get urls(): string[] {
    return this.#servers.map((server) => server.url);
  }

  /** The settings of this shop alone, for whatever runs beside its servers. */
  env(): NodeJS.ProcessEnv {
    const ours = /^(HOLDFAST_|LEPTOS_|DATABASE_URL$|RUST_LOG$)/;
    const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
    return { ...rest, HOLDFAST_RATE_LIMIT: 'off', ...this.#settings };
  }

  get log(): string {
    return this.#servers.map((server) => server.log).join('\n');
  }

  /** This test means to break the shop: errors in its log are no surprise. */
  breaksOnPurpose(): void {
    this.#errorsAreMeant = true;
  }

  /** The errors in its log that no test meant to cause. */
  get surprises(): string[] {
    if (this.#errorsAreMeant) return [];
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
    const stock = String(draft.stock);
    const said = await this.command('product', 'add', '--slug', slug, '--name', name, '--price', price, '--currency', 'USD', '--stock', stock, ...options);
    await this.#untilOnSale(slug);
    return JSON.parse(said);
  }

  /** Puts the demo's products on sale. */
  async seed(): Promise<void> {
    const said = await this.command('seed');
    const slugs = said.match(/\b[a-z]+-[a-z]+\b/g) ?? [];
    await Promise.all(slugs.map((slug) => this.#untilOnSale(slug)));
  }

  /** What the server says about a product now; with several nodes, what the one at that address says. */
  async product(slug: string, node = this.url): Promise<Product> {
    const answer = await fetch(`${node}/api/products/${slug}`);
    if (!answer.ok) throw new Error(`GET /api/products/${slug}: ${answer.status}`);
    return (await answer.json()) as Product;
  }

  /** Runs a command of `holdfast` on this shop's data, and fails if it does. */
  async command(...args: string[]): Promise<string> {
    const { stdout } = await run(program, args, { cwd: this.folder, env: this.env() });
    return stdout;
  }

  /** Ends every server, also where one of them does not go quietly; then says so. */
  async close(): Promise<void> {
    const ends = await Promise.allSettled(this.#servers.map((server) => server.close()));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  // Nodes share the database and the secrets they are given, and no folder: they could be on different machines.
  #envOf(node: number): NodeJS.ProcessEnv {
    return node === 0 ? this.env() : { ...this.env(), HOLDFAST_DATA_DIR: `data-${node + 1}` };
  }

  // What a command changes, a server shows within a second.
  async #untilOnSale(slug: string): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.until(`/api/products/${slug}`)));
  }
}

function shared(database: string): NodeJS.ProcessEnv {
  const secret = () => randomBytes(32).toString('hex');
  return { DATABASE_URL: database, HOLDFAST_WEBHOOK_SECRETS: secret(), HOLDFAST_JWT_KEYS: `test:${secret()}` };
}
