// The baseline: one transaction with a row lock per hold. pgbench runs it directly on the database with prepared
// statements and no HTTP, in its own database of the same PostgreSQL server.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './settings.mjs';
import { succeed } from './process.mjs';
import { createDatabase, databaseUrl, dropDatabase, sql } from './postgres.mjs';
import { percentile } from './stats.mjs';

const DATABASE = 'bench_row_lock';

/** Creates the baseline's tables for `use`, and checks afterwards that its counter equals its number of holds. */
export async function withRowLock(use) {
  await createDatabase(DATABASE);
  await sql(readFileSync(join(root, 'bench/row_lock.sql'), 'utf8'), DATABASE);
  try {
    const value = await use();
    const [held, rows] = (
      await sql('SELECT (SELECT held FROM products), (SELECT count(*) FROM holds)', DATABASE)
    ).split('|');
    if (held !== rows) throw new Error(`the baseline's counter is wrong: ${held} held, ${rows} rows`);
    return value;
  } finally {
    await dropDatabase(DATABASE);
  }
}

export async function pgbench({ clients, seconds, files }) {
  const folder = mkdtempSync(join(files, 'pgbench-'));
  const load = ['-n', '-M', 'prepared', `-c${clients}`, `-j${Math.min(2, clients)}`, `-T${seconds}`];
  const log = ['--log', `--log-prefix=${join(folder, 'log')}`];
  const script = ['-f', join(root, 'bench/row_lock.pgbench')];
  const output = await succeed('pgbench', [...load, ...log, ...script, databaseUrl(DATABASE)], { cwd: folder });
  const rate = Number(output.match(/^tps = ([\d.]+)/m)?.[1]);
  // Each log line is one transaction; its third number is the duration in microseconds.
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
  const took = lines.map((line) => Number(line.split(' ')[2]) / 1000).sort((a, b) => a - b);
  rmSync(folder, { recursive: true });
  if (!(rate > 0) || took.length === 0) throw new Error(`pgbench output:\n${output}`);
  const mean = took.reduce((sum, ms) => sum + ms, 0) / took.length;
  const ms = {
    mean,
    p50: percentile(took, 50),
    p90: percentile(took, 90),
    p99: percentile(took, 99),
    max: took.at(-1),
  };
  return { requests: took.length, refused: 0, broken: 0, timeouts: 0, rate, ms };
}
