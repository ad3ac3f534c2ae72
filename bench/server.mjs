// Server processes, and the `holdfast` commands on their store.
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programs, siteOf } from './settings.mjs';
import { run, sleep, start, stop, succeed } from './process.mjs';

export const webhookSecret = randomBytes(32).toString('hex');
/** Set explicitly, as in production, and equal for all servers, so that one token works everywhere. */
const secrets = {
  HOLDFAST_ENV: 'production',
  HOLDFAST_JWT_KEYS: `bench:${randomBytes(32).toString('hex')}`,
  HOLDFAST_WEBHOOK_SECRETS: webhookSecret,
};
const SAMPLE_MS = 100;

/** A database that several servers may share, and `holdfast` commands on it. */
export class Store {
  /** `program` is the build of `holdfast` that uses the database. */
  constructor(folder, url, program = programs.server) {
    mkdirSync(folder, { recursive: true });
    Object.assign(this, { folder, program });
    const own = { HOLDFAST_DATA_DIR: folder, HOLDFAST_SITE_ROOT: siteOf(program) };
    this.env = { ...secrets, ...own, ...(url ? { DATABASE_URL: url } : {}) };
    // The log level is production's default unless the user sets another one.
    if (process.env.RUST_LOG) this.env.RUST_LOG = process.env.RUST_LOG;
  }

  async command(...args) {
    return succeed(this.program, args, { env: this.env, cwd: this.folder });
  }

  async addProduct(slug, stock) {
    const lasting = ['--hold-seconds', '86400', '--pay-seconds', '86400'];
    const product = ['--slug', slug, '--name', slug, '--price', '19.99', '--currency', 'USD', '--stock', String(stock)];
    return JSON.parse(await this.command('product', 'add', ...product, ...lasting)).id;
  }

  async audit() {
    const { code, stdout, stderr } = await run(this.program, ['audit'], { env: this.env, cwd: this.folder });
    return code === 0 ? JSON.parse(stdout) : { clean: false, output: stdout || stderr };
  }
}

/** A server process on a store. */
export class Server {
  static async start(store, name, program = store.program) {
    const log = openSync(join(store.folder, `${name}.log`), 'a');
    const options = { env: { ...store.env, HOLDFAST_ADDR: '127.0.0.1:0' }, cwd: store.folder };
    const child = start(program, ['serve'], { ...options, stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    const address = await new Promise((resolve, reject) => {
      let output = '';
      child.stdout.on('data', (data) => {
        output += data;
        const open = output.match(/open at (http:\S+)/);
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

  /** Returns peak memory in bytes: the kernel's high-water mark if there is one, else the maximum of the samples. */
  peakMemory() {
    return Math.max(this.peak, memory(this.child.pid, 'VmHWM'));
  }

  /** Returns current memory in bytes. */
  memory() {
    return memory(this.child.pid, 'VmRSS');
  }

  async product(id) {
    const response = await fetch(`${this.address}/api/products/${id}`);
    return response.ok ? response.json() : null;
  }

  /** Waits until this server shows a product that a command has added. */
  async waitForProduct(id) {
    for (let tries = 0; tries < 100; tries += 1) {
      if (await this.product(id)) return;
      await sleep(50);
    }
    throw new Error(`${this.address} does not show product ${id}`);
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

/** Returns an access token of a new API client. All servers of this run accept it. */
export async function token(store, server) {
  const client = JSON.parse(await store.command('client', 'add', '--name', 'bench'));
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'checkout', ...client });
  const response = await fetch(`${server.address}/api/token`, { method: 'POST', body });
  if (!response.ok) throw new Error(`no token: ${response.status} ${await response.text()}`);
  return (await response.json()).access_token;
}
