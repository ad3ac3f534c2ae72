// Runs and stops child processes. None outlives the benchmark.
import { spawn } from 'node:child_process';

const running = new Set();

/** Returns the environment without the user's own settings of Holdfast and PostgreSQL, plus `extra`. */
function environment(extra) {
  const isSetting = (name) => /^(HOLDFAST_|LEPTOS_|PG|DATABASE_URL$)/.test(name);
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting(name))), ...extra };
}

export function start(command, args, { env = {}, ...options } = {}) {
  const child = spawn(command, args, { stdio: 'pipe', ...options, env: environment(env) });
  running.add(child);
  child.on('exit', () => running.delete(child));
  return child;
}

/** Runs a program and returns its exit code and output. */
export function run(command, args, { input, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = start(command, args, options);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => (stdout += data));
    child.stderr.on('data', (data) => (stderr += data));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

/** Runs a program and returns its standard output. Throws if it fails. */
export async function succeed(command, args, options) {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stderr || stdout}`);
  return stdout;
}

/** Sends SIGTERM and waits until the process exits; sends SIGKILL after 15 s. */
export function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    const killTimer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    child.on('exit', (code) => {
      clearTimeout(killTimer);
      resolve(code);
    });
    child.kill('SIGTERM');
  });
}

export function killAll() {
  for (const child of running) child.kill('SIGKILL');
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
