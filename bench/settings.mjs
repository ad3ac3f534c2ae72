// Options of `make bench`, and paths.
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const results = join(root, 'target/bench');
/** Another build for the scenario `compare`: a folder with holdfast, hash.txt and site. */
const base = process.env.BASE ? resolve(process.env.BASE) : null;
export const programs = {
  server: join(root, 'target/release/holdfast'),
  base: base && join(base, 'holdfast'),
  ceiling: join(root, 'target/release/examples/ceiling'),
  watchers: join(root, 'target/release/examples/watchers'),
  runSql: join(root, 'target/release/examples/run_sql'),
};

/** The scenarios of a run without ONLY, in the order in which they run. */
const usual = ['holds', 'single', 'rejections', 'mixed', 'flood', 'growth', 'watchers'];
/** All scenarios. Some take minutes each, or need another build, so that they run on request. */
export const scenarios = [...usual, 'console', 'messages', 'compare'];
/** The files of the storefront that belong to a program. */
export const siteOf = (program) => (program === programs.base ? join(base, 'site') : join(root, 'target/site'));

export const quick = !['', '0', undefined].includes(process.env.QUICK);
export const only = (process.env.ONLY ?? '').split(/[\s,]+/).filter(Boolean);
const unknown = only.filter((name) => !scenarios.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown scenarios in ONLY: ${unknown.join(', ')}. Scenarios: ${scenarios.join(', ')}.`);
  process.exit(2);
}
if (only.includes('compare') && !(programs.base && existsSync(programs.base))) {
  console.error('The scenario compare needs BASE, a folder with another build: holdfast, hash.txt and site.');
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
