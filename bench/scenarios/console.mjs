// The console with very many orders: how long each screen takes. Only on request, because the databases are filled first.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Operator } from '../console/operator.mjs';
import { screens } from '../console/screens.mjs';
import { succeed } from '../process.mjs';
import { consoleSizes, programs, root } from '../settings.mjs';
import { median, millis, whole } from '../stats.mjs';
import { titles, withTargets } from '../targets.mjs';

/** Each screen appears within this time, in every request. */
const MAX_SCREEN_MS = 200;
const { orders, requests } = consoleSizes;

export async function measure(bench) {
  const now = Date.now();
  const fillSeconds = {};
  const fillStore = async (store, id) => (fillSeconds[id] = await fill(store, id, now));
  const measureAll = async (targets) => {
    const results = {};
    for (const target of targets) {
      const operator = await Operator.signIn(target.store, target.nodes[0]);
      const measured = [];
      for (const screen of screens(now, orders)) measured.push(await measureScreen(bench, target, operator, screen));
      results[target.id] = { fillSeconds: fillSeconds[target.id], screens: measured };
    }
    return results;
  };
  return withTargets(bench, 'console', ['sqlite', 'postgres1'], measureAll, fillStore);
}

/** Fills a store by bulk SQL and returns how many seconds it took. */
async function fill(store, id, now) {
  await store.command('migrate');
  const dialect = id === 'sqlite' ? 'sqlite' : 'postgres';
  const url = store.env.DATABASE_URL ?? `sqlite://${join(store.folder, 'holdfast.db')}`;
  const sql = readFileSync(join(root, `bench/console/fill.${dialect}.sql`), 'utf8');
  const began = performance.now();
  await succeed(programs.runSql, [url], {
    input: sql.replaceAll('{orders}', String(orders)).replaceAll('{now}', String(now)),
  });
  const seconds = (performance.now() - began) / 1000;
  console.error(`    ${titles[id]}: ${whole(orders)} orders in ${whole(seconds)} s`);
  return seconds;
}

async function measureScreen(bench, target, operator, { name, path, onlyFirstByte }) {
  const times = [];
  let last;
  for (let request = 0; request < requests; request += 1) {
    last = await operator.request(path, { onlyFirstByte });
    times.push(onlyFirstByte ? last.firstByteMs : last.ms);
  }
  const { status, bytes } = last;
  bench.check(status === 200, `${target.title}: ${path} answered ${status}`);
  console.error(`    ${name.padEnd(44)} median ${millis(median(times)).padStart(7)} ms`);
  return { name, path, status, bytes, median: median(times), max: Math.max(...times) };
}

export function tables(data) {
  return Object.entries(data).map(([id, { fillSeconds, screens: measured }]) => ({
    title: `The console with ${whole(orders)} orders: ${titles[id]}`,
    head: ['screen', 'median ms', 'max ms', 'KiB'],
    rows: measured.map((screen) => [
      screen.name,
      millis(screen.median),
      millis(screen.max),
      (screen.bytes / 1024).toFixed(0),
    ]),
    note: `${requests} requests of each screen, one after the other. Filling the database took ${whole(fillSeconds)} s.`,
  }));
}

export function goals(data) {
  return Object.entries(data).map(([id, { screens: measured }]) => {
    const slowest = measured.reduce((a, b) => (a.max > b.max ? a : b));
    return {
      what: `${titles[id]}: slowest request of a screen of the console`,
      want: `< ${MAX_SCREEN_MS} ms`,
      got: `${millis(slowest.max)} ms (${slowest.name})`,
      met: slowest.max < MAX_SCREEN_MS,
    };
  });
}
