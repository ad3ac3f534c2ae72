// Options of `make bench`, and paths.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const results = join(root, 'target/bench');
export const programs = {
  server: join(root, 'target/release/holdfast'),
  ceiling: join(root, 'target/release/examples/ceiling'),
  watchers: join(root, 'target/release/examples/watchers'),
  runSql: join(root, 'target/release/examples/run_sql'),
};

/** The scenarios of a run without ONLY, in the order in which they run. */
const usual = ['holds', 'single', 'rejections', 'mixed', 'flood', 'growth', 'watchers'];
/** All scenarios. Those of the console and of messages take minutes each, so that they run on request. */
export const scenarios = [...usual, 'console', 'messages'];

export const quick = !['', '0', undefined].includes(process.env.QUICK);
export const only = (process.env.ONLY ?? '').split(/[\s,]+/).filter(Boolean);
const unknown = only.filter((name) => !scenarios.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown scenarios in ONLY: ${unknown.join(', ')}. Scenarios: ${scenarios.join(', ')}.`);
  process.exit(2);
}

/** The scenarios of this run. */
export const chosen = only.length === 0 ? usual : scenarios.filter((scenario) => only.includes(scenario));

/** Rounds per scenario, seconds per turn, and table sizes of the growth scenario. */
export const rounds = quick ? 1 : Number(process.env.ROUNDS || 3);
export const seconds = quick ? 1 : 5;
export const growth = { rounds: quick ? 1 : 5, seconds: 1, small: 10_000, large: quick ? 50_000 : 1_000_000 };

/** Orders in the database and requests of each screen in the scenario of the console. */
export const consoleSizes = { orders: quick ? 20_000 : 1_000_000, requests: quick ? 3 : 11 };

/** Creates a work folder on a real disk and not in memory, because commit latency depends on the disk. */
export function workFolder() {
  mkdirSync(results, { recursive: true });
  return mkdtempSync(join(results, 'work-'));
}
