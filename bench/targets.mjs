// Benchmark targets: servers on fresh stores for one scenario. Each store is audited after its scenario.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from './process.mjs';
import { createDatabase, dropDatabase } from './postgres.mjs';
import { Server, Store, token } from './server.mjs';
import { programs } from './settings.mjs';
import { wrk } from './wrk.mjs';

export const titles = {
  ceiling: 'Ceiling: no database',
  sqlite: 'Holdfast on SQLite',
  postgres1: 'Holdfast on PostgreSQL, one node',
  postgres2: 'Holdfast on PostgreSQL, two nodes',
  sqliteBase: 'Other build on SQLite',
  postgres1Base: 'Other build on PostgreSQL, one node',
  rowLock: 'Baseline: one row lock per request (pgbench)',
};

/** The most stock that a product may have; no scenario sells all of it. */
export const MAX_STOCK = 1_000_000_000;

class Target {
  constructor(id, store, nodes, token) {
    Object.assign(this, { id, store, nodes, token, files: join(store.folder, 'files') });
    mkdirSync(this.files, { recursive: true });
  }

  get title() {
    return titles[this.id];
  }

  /** Adds a product and waits until every node shows it. */
  async addProduct(slug, stock = MAX_STOCK) {
    const id = await this.store.addProduct(slug, stock);
    await Promise.all(this.nodes.map((node) => node.waitForProduct(id)));
    return id;
  }

  /** Returns a product's API representation once all nodes agree on its version. */
  async stock(id) {
    for (let tries = 0; tries < 60; tries += 1) {
      const [first, ...others] = await Promise.all(this.nodes.map((node) => node.product(id)));
      if (others.every((other) => other.version === first.version)) return first;
      await sleep(50);
    }
    throw new Error(`${this.title}: the nodes do not agree on product ${id}`);
  }

  load(script, product, { connections, seconds, ...rest }) {
    const { nodes, token, files } = this;
    return wrk({ script, nodes, connections, seconds, token, files, body: { product_id: product, qty: 1 }, ...rest });
  }

  /** Places holds on one product. All must be granted, and the product's counters must match. */
  async holds(bench, product, load) {
    const before = (await this.stock(product))?.held;
    const run = await this.load('hold', product, load);
    const label = `${this.title}, ${load.connections} connections`;
    bench.check(run.refused === 0, `${label}: ${run.refused} of ${run.requests} responses were not 201`);
    bench.check(
      run.broken + run.timeouts === 0,
      `${label}: ${run.broken} broken connections, ${run.timeouts} timeouts`,
    );
    if (this.id === 'ceiling') return run;
    // Requests in flight when wrk stopped were granted, but wrk did not count their responses.
    await sleep(200);
    const held = (await this.stock(product)).held - before;
    const unseen = held - run.requests;
    bench.check(
      unseen >= 0 && unseen <= load.connections,
      `${label}: ${run.requests} responses, but ${held} units held`,
    );
    return run;
  }
}

let stores = 0;

async function open(bench, id, prepare) {
  const folder = join(bench.folder, `${(stores += 1)}-${id}`);
  const database = id.startsWith('postgres') ? `bench_${stores}` : null;
  const build = id.endsWith('Base') ? programs.base : programs.server;
  const store = new Store(folder, database && (await createDatabase(database)), build);
  await prepare?.(store, id);
  const program = id === 'ceiling' ? programs.ceiling : store.program;
  const nodes = [];
  for (let n = 1; n <= (id === 'postgres2' ? 2 : 1); n += 1)
    nodes.push(await Server.start(store, `node-${n}`, program));
  bench.token ??= await token(store, nodes[0]);
  return Object.assign(new Target(id, store, nodes, bench.token), { database });
}

/** Stops a target's servers, audits its store and deletes it. */
async function close(bench, scenario, target) {
  const { id, title, store, nodes, database } = target;
  for (const node of nodes) {
    const peak = node.peakMemory();
    const code = await node.stop();
    bench.check(code === 0, `${title}: the server ended with ${code}, see ${store.folder}`);
    if (id !== 'ceiling') bench.memory.push({ scenario, id, peak });
  }
  if (id !== 'ceiling') {
    const audit = await store.audit();
    bench.audits.push({ scenario, id, ...audit });
    bench.check(audit.clean, `${title}: the audit after ${scenario} is not clean: ${JSON.stringify(audit)}`);
  }
  if (database) await dropDatabase(database);
  if (bench.problems.length === 0) rmSync(store.folder, { recursive: true });
}

/**
 * Opens fresh targets for `use` and closes them. Skips PostgreSQL targets if PostgreSQL is not available. `prepare` fills each
 * store before its servers start.
 */
export async function withTargets(bench, scenario, ids, use, prepare) {
  const available = ids.filter((id) => bench.postgres || !id.startsWith('postgres'));
  const targets = [];
  for (const id of available) targets.push(await open(bench, id, prepare));
  const value = await use(targets);
  for (const target of targets) await close(bench, scenario, target);
  return value;
}
