// One server process and its store's commands: start, products, tokens, audit, memory, stop.
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programs, root } from './settings.mjs';
import { run, sleep, start, stop, succeed } from './process.mjs';

export const webhookSecret = randomBytes(32).toString('hex');
/** Given, as in production, and the same everywhere: one token is good at every server. */
const secrets = {
  HOLDFAST_ENV: 'production',
  HOLDFAST_JWT_KEYS: `bench:${randomBytes(32).toString('hex')}`,
  HOLDFAST_WEBHOOK_SECRETS: webhookSecret,
  HOLDFAST_SITE_ROOT: join(root, 'target/site'),
};
const SAMPLE_MS = 100;

/** A database that servers share, and the commands of `holdfast` on it. */
export class Store {
  constructor(folder, url) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.env = { ...secrets, HOLDFAST_DATA_DIR: folder, ...(url ? { DATABASE_URL: url } : {}) };
    // What passes through the log of a server under test is as in production; the user may ask for another level.
    if (process.env.RUST_LOG) this.env.RUST_LOG = process.env.RUST_LOG;
  }

  async command(...args) {
    return succeed(programs.server, args, { env: this.env, cwd: this.folder });
  }

  async addProduct(slug, stock) {
    const lasting = ['--hold-seconds', '86400', '--pay-seconds', '86400'];
    const product = ['--slug', slug, '--name', slug, '--price', '19.99', '--currency', 'USD', '--stock', String(stock)];
    return JSON.parse(await this.command('product', 'add', ...product, ...lasting)).id;
  }

  async audit() {
    const { code, stdout, stderr } = await run(programs.server, ['audit'], { env: this.env, cwd: this.folder });
    return code === 0 ? JSON.parse(stdout) : { clean: false, said: stdout || stderr };
  }
}

/** A server process on a store. */
export class Server {
  static async start(store, name, program = programs.server) {
    const log = openSync(join(store.folder, `${name}.log`), 'a');
    const options = { env: { ...store.env, HOLDFAST_ADDR: '127.0.0.1:0' }, cwd: store.folder };
    const child = start(program, ['serve'], { ...options, stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    const address = await new Promise((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (data) => {
        said += data;
        const open = said.match(/open at (http:\S+)/);
        if (open) resolve(open[1]);
      });
      child.on('error', reject);
      child.on('exit', () =>
        reject(new Error(`${name} did not start:\n${readFileSync(join(store.folder, `${name}.log`))}`)),
      );
    });
    return new Server(child, address);
  }

  constructor(child, address) {
    this.child = child;
    this.address = address;
    this.peak = 0;
    this.sampling = setInterval(() => (this.peak = Math.max(this.peak, memory(child.pid, 'VmRSS'))), SAMPLE_MS);
  }

  /** The most memory it has had, in bytes: by the kernel's own mark where there is one, else by samples. */
  peakMemory() {
    return Math.max(this.peak, memory(this.child.pid, 'VmHWM'));
  }

  /** The memory it has now, in bytes. */
  memory() {
    return memory(this.child.pid, 'VmRSS');
  }

  async product(id) {
    const answer = await fetch(`${this.address}/api/products/${id}`);
    return answer.ok ? answer.json() : null;
  }

  /** Waits until this server knows of the product: a command beside it has added it. */
  async knows(id) {
    for (let tries = 0; tries < 100; tries += 1) {
      if (await this.product(id)) return;
      await sleep(50);
    }
    throw new Error(`${this.address} does not know of product ${id}`);
  }

  async stop() {
    clearInterval(this.sampling);
    return stop(this.child);
  }
}

function memory(pid, field) {
  try {
    const kilobytes = readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm'));
    return Number(kilobytes?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** A token of a new client of this store; every server of this run takes it. */
export async function token(store, server) {
  const client = JSON.parse(await store.command('client', 'add', '--name', 'bench'));
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'checkout', ...client });
  const answer = await fetch(`${server.address}/api/token`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).access_token;
}
