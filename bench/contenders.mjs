// Who is measured: servers on fresh stores for one part of the benchmark, audited when the part is over.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from './process.mjs';
import { createDatabase, dropDatabase } from './postgres.mjs';
import { Server, Store, token } from './server.mjs';
import { programs } from './settings.mjs';
import { wrk } from './wrk.mjs';

export const titles = {
  ceiling: 'The ceiling: no database at all',
  sqlite: 'Holdfast on SQLite',
  postgres1: 'Holdfast on PostgreSQL, one node',
  postgres2: 'Holdfast on PostgreSQL, two nodes',
  original: 'One row lock a request (pgbench)',
};

/** More than is ever sold here, and as much as a product may have. */
export const PLENTY = 1_000_000_000;

class Contender {
  constructor(id, store, nodes, token) {
    Object.assign(this, { id, store, nodes, token, files: join(store.folder, 'files') });
    mkdirSync(this.files, { recursive: true });
  }

  get title() {
    return titles[this.id];
  }

  /** Puts a product on sale, and waits until every node sells it. */
  async addProduct(slug, stock = PLENTY) {
    const id = await this.store.addProduct(slug, stock);
    await Promise.all(this.nodes.map((node) => node.knows(id)));
    return id;
  }

  /** What the shop says of a product, once all nodes say the same. */
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

  /** Holds on one product, all of which must be granted and be on the product's books. */
  async holds(bench, product, load) {
    const before = (await this.stock(product))?.held;
    const run = await this.load('hold', product, load);
    const label = `${this.title}, ${load.connections} connections`;
    bench.demand(run.refused === 0, `${label}: ${run.refused} of ${run.requests} answers were no 201`);
    bench.demand(
      run.broken + run.timeouts === 0,
      `${label}: ${run.broken} broken connections, ${run.timeouts} timeouts`,
    );
    if (this.id === 'ceiling') return run;
    // What was on its way when wrk hung up was granted, and nobody saw the answer.
    await sleep(200);
    const held = (await this.stock(product)).held - before;
    const unseen = held - run.requests;
    bench.demand(
      unseen >= 0 && unseen <= load.connections,
      `${label}: ${run.requests} answers, but ${held} units held`,
    );
    return run;
  }
}

let stores = 0;

async function open(bench, id) {
  const folder = join(bench.folder, `${(stores += 1)}-${id}`);
  const database = id.startsWith('postgres') ? `bench_${stores}` : null;
  const store = new Store(folder, database && (await createDatabase(database)));
  const program = id === 'ceiling' ? programs.ceiling : programs.server;
  const nodes = [];
  for (let n = 1; n <= (id === 'postgres2' ? 2 : 1); n += 1)
    nodes.push(await Server.start(store, `node-${n}`, program));
  bench.token ??= await token(store, nodes[0]);
  return Object.assign(new Contender(id, store, nodes, bench.token), { database });
}

/** Stops its servers, looks through its books, and removes it. */
async function close(bench, part, contender) {
  const { id, title, store, nodes, database } = contender;
  for (const node of nodes) {
    const peak = node.peakMemory();
    const code = await node.stop();
    bench.demand(code === 0, `${title}: the server ended with ${code}, see ${store.folder}`);
    if (id !== 'ceiling') bench.memory.push({ part, id, peak });
  }
  if (id !== 'ceiling') {
    const audit = await store.audit();
    bench.audits.push({ part, id, ...audit });
    bench.demand(audit.clean, `${title}: the audit after ${part} is not clean: ${JSON.stringify(audit)}`);
  }
  if (database) await dropDatabase(database);
  if (bench.problems.length === 0) rmSync(store.folder, { recursive: true });
}

/** Opens fresh contenders for `use`, those of `ids` that this build has, and closes them. */
export async function withContenders(bench, part, ids, use) {
  const here = ids.filter((id) => bench.postgres || !id.startsWith('postgres'));
  const contenders = [];
  for (const id of here) contenders.push(await open(bench, id));
  const value = await use(contenders);
  for (const contender of contenders) await close(bench, part, contender);
  return value;
}
