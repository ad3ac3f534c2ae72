// One `holdfast serve` on a free port: it is ready before anybody asks it for something, and ends as its operator would
// end it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export const repository = resolve(import.meta.dirname, '../..');
export const program = process.env.HOLDFAST_BIN ?? join(repository, 'target/release/holdfast');

const START_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 5_000;

export class Server {
  readonly #logFile: string;
  #url = '';
  #process: ChildProcess | undefined;

  constructor(logFile: string) {
    this.#logFile = logFile;
  }

  get url(): string {
    return this.#url;
  }

  get log(): string {
    try {
      return readFileSync(this.#logFile, 'utf8');
    } catch {
      return '';
    }
  }

  /** Starts it in that folder, with those settings, and waits until it is ready for shoppers. */
  async open(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
    const address = `127.0.0.1:${await freePort()}`;
    this.#url = `http://${address}`;
    const child = spawn(program, ['serve'], {
      cwd: folder,
      env: { ...env, HOLDFAST_ADDR: address },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(this.#logFile, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#process = child;
    // Where a test is cut off, teardown and all, its server goes with the worker.
    const cutOff = () => child.kill('SIGKILL');
    process.once('exit', cutOff);
    child.once('exit', () => process.off('exit', cutOff));
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready:\n${this.log}`)));
    });
    failed.catch(() => {});
    await Promise.race([failed, this.until('/readyz')]);
  }

  /** Waits until it answers well there. */
  async until(path: string): Promise<void> {
    const deadline = Date.now() + START_WITHIN_MS;
    for (;;) {
      const answer = await fetch(this.#url + path).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok) return;
      if (Date.now() > deadline) {
        throw new Error(`${this.#url}${path} did not answer well within ${START_WITHIN_MS} ms:\n${this.log}`);
      }
      await pause(25);
    }
  }

  /** Ends it as its operator would, and expects it to go quietly, open streams or not. */
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
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
