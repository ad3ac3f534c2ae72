// A shop of one's own: `holdfast serve` on a free port, with a database that nobody else has. Products are added and the
// books are audited the way an operator does it, by the commands of the same program.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

export const repository = resolve(import.meta.dirname, '../..');
const program = process.env.HOLDFAST_BIN ?? join(repository, 'target/release/holdfast');
const run = promisify(execFile);

const START_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 5_000;

/** What `holdfast product add` is told; everything else is as the shop has it by default. */
export type Draft = {
  slug?: string;
  name?: string;
  price?: string;
  stock: number;
  limit?: number;
  holdSeconds?: number;
  paySeconds?: number;
  startsAt?: Date;
  endsAt?: Date;
};

/** What the tests ask of a product; the API says more. */
export type Product = { id: string; slug: string; total: number; available: number; held: number; pending: number; sold: number };

export class Shop {
  readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-shop-'));
  url = '';
  #process: ChildProcess | undefined;

  /** Starts the server and waits until it is ready for shoppers. */
  async open(): Promise<void> {
    // As in a clone of the repository: the program under target/, the data under ./data, and no .env of the developer's.
    symlinkSync(join(repository, 'target'), join(this.folder, 'target'));
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    const child = spawn(program, ['serve'], {
      cwd: this.folder,
      env: { ...this.env(), HOLDFAST_ADDR: `127.0.0.1:${port}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(this.#logFile, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#process = child;
    await this.#ready(child);
  }

  /** The settings of this shop alone, for whatever runs beside its server. */
  env(): NodeJS.ProcessEnv {
    const ours = /^(HOLDFAST_|LEPTOS_|DATABASE_URL$|RUST_LOG$)/;
    const rest = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
    return { ...rest, HOLDFAST_RATE_LIMIT: 'off' };
  }

  get log(): string {
    try {
      return readFileSync(this.#logFile, 'utf8');
    } catch {
      return '';
    }
  }

  async addProduct(draft: Draft): Promise<Product> {
    const { slug = 'lamp', name = 'Desk Lamp', price = '49.90' } = draft;
    const options = Object.entries({
      '--limit': draft.limit,
      '--hold-seconds': draft.holdSeconds,
      '--pay-seconds': draft.paySeconds,
      '--starts-at': draft.startsAt?.toISOString(),
      '--ends-at': draft.endsAt?.toISOString(),
    }).flatMap(([option, value]) => (value === undefined ? [] : [option, String(value)]));
    const stock = String(draft.stock);
    const said = await this.command('product', 'add', '--slug', slug, '--name', name, '--price', price, '--currency', 'USD', '--stock', stock, ...options);
    // What a command changes, the server shows within a second.
    await this.#until(`${this.url}/api/products/${slug}`);
    return JSON.parse(said);
  }

  /** Puts the demo's products on sale. */
  async seed(): Promise<void> {
    await this.command('seed');
    await this.#until(`${this.url}/api/products/flash-phone`);
  }

  /** What the server says about a product now. */
  async product(slug: string): Promise<Product> {
    const answer = await fetch(`${this.url}/api/products/${slug}`);
    if (!answer.ok) throw new Error(`GET /api/products/${slug}: ${answer.status}`);
    return (await answer.json()) as Product;
  }

  /** Runs a command of `holdfast` on this shop's data, and fails if it does. */
  async command(...args: string[]): Promise<string> {
    const { stdout } = await run(program, args, { cwd: this.folder, env: this.env() });
    return stdout;
  }

  /** Ends the server as its operator would, and expects it to go quietly, open streams or not. */
  async close(): Promise<void> {
    const child = this.#process;
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const ended = once(child, 'exit').then(() => true);
      if (!(await Promise.race([ended, pause(STOP_WITHIN_MS, false)]))) {
        child.kill('SIGKILL');
        await ended;
        throw new Error(`the server was still running ${STOP_WITHIN_MS} ms after SIGTERM`);
      }
    }
    if (child && child.exitCode !== 0) throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #logFile(): string {
    return join(this.folder, 'server.log');
  }

  async #ready(child: ChildProcess): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready:\n${this.log}`)));
    });
    failed.catch(() => {});
    await Promise.race([failed, this.#until(`${this.url}/readyz`)]);
  }

  async #until(url: string): Promise<void> {
    const deadline = Date.now() + START_WITHIN_MS;
    for (;;) {
      const answer = await fetch(url).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok) return;
      if (Date.now() > deadline) throw new Error(`${url} did not answer well within ${START_WITHIN_MS} ms:\n${this.log}`);
      await pause(25);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
