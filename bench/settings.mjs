// What `make bench` was asked for, and where things are.
import { mkdirSync, mkdtempSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const results = join(root, 'target/bench');
export const programs = {
  server: join(root, 'target/release/holdfast'),
  ceiling: join(root, 'target/release/examples/ceiling'),
  watchers: join(root, 'target/release/examples/watchers'),
};

/** The parts there are, in the order they run in. */
export const parts = ['holds', 'single', 'rejections', 'mixed', 'flood', 'growth', 'watchers'];

export const quick = !['', '0', undefined].includes(process.env.QUICK);
export const only = (process.env.ONLY ?? '').split(/[\s,]+/).filter(Boolean);
const strangers = only.filter((name) => !parts.includes(name));
if (strangers.length > 0) {
  console.error(`ONLY names no part: ${strangers.join(', ')}. The parts: ${parts.join(', ')}.`);
  process.exit(2);
}

/** How often each contender has its turn, how long a turn is, and how large the large table. */
export const rounds = quick ? 1 : Number(process.env.ROUNDS || 3);
export const seconds = quick ? 1 : 5;
export const growth = { rounds: quick ? 1 : 5, seconds: 1, small: 10_000, large: quick ? 50_000 : 1_000_000 };

/** On one disk, and not in memory: what is measured is how soon a commit is on it. */
export function workFolder() {
  mkdirSync(results, { recursive: true });
  return mkdtempSync(join(results, 'work-'));
}
