// Runs one `holdfast serve` on a free port.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const repository = resolve(import.meta.dirname, '../..');
export const program = process.env.HOLDFAST_BIN ?? join(repository, 'target/release/holdfast');

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;

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

  /** Starts the server in a folder with the given settings and waits until it is ready. Without an address it takes a free port. */
  async open(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
    const child = spawn(program, ['serve'], {
      cwd: folder,
      env: { HOLDFAST_ADDR: '127.0.0.1:0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(this.#logFile, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#process = child;
    // If the test worker exits before teardown, the server must not outlive it.
    const killServer = () => child.kill('SIGKILL');
    process.once('exit', killServer);
    child.once('exit', () => process.off('exit', killServer));
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`the server exited with ${code} before it was ready:\n${this.log}`)));
    });
    failed.catch(() => {});
    this.#url = await Promise.race([failed, printedUrl(child)]);
    await Promise.race([failed, this.waitFor('/readyz')]);
  }

  /** Waits until a path responds with a 2xx status. */
  async waitFor(path: string): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const response = await fetch(this.#url + path).catch(() => undefined);
      await response?.body?.cancel();
      if (response?.ok) return;
      if (Date.now() > deadline) {
        throw new Error(`${this.#url}${path} did not succeed within ${START_TIMEOUT_MS} ms:\n${this.log}`);
      }
      await sleep(25);
    }
  }

  /** Stops the server with SIGTERM, and fails if it does not exit with 0 in time, even with open streams. */
  async close(): Promise<void> {
    const child = this.#process;
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const exited = once(child, 'exit').then(() => true);
      if (!(await Promise.race([exited, sleep(STOP_TIMEOUT_MS, false)]))) {
        child.kill('SIGKILL');
        await exited;
        throw new Error(`the server was still running ${STOP_TIMEOUT_MS} ms after SIGTERM`);
      }
    }
    if (child && child.exitCode !== 0) throw new Error(`the server exited with ${child.exitCode ?? child.signalCode}`);
  }
}

/** Waits for the server to print its URL. The server chooses a free port itself, so no other process can take it first. */
async function printedUrl(child: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    child.stdout!.on('data', (data) => {
      text += data;
      const [, url] = /open at (http:\/\/127\.0\.0\.1:\d+)(?=\s)/.exec(text) ?? [];
      if (url) resolve(url);
    });
  });
}
