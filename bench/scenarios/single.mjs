// A single client: group commit must not delay it by waiting for other commands.
import { alternate } from '../bench.mjs';
import { titles, withTargets } from '../targets.mjs';
import { millis, whole } from '../stats.mjs';
import { pgbench, withRowLock } from '../pgbench.mjs';
import { quick, rounds } from '../settings.mjs';

const SECONDS = quick ? 1 : 3;
const ROW_LOCK_TITLE = 'Baseline: one transaction per hold (pgbench, one client)';

export async function measure(bench) {
  return withTargets(bench, 'single', ['sqlite', 'postgres1'], (targets) =>
    withRowLock(async () => {
      const files = bench.folder;
      const singleClient = () => pgbench({ clients: 1, seconds: SECONDS, files });
      const turns = [{ key: 'rowLock', title: ROW_LOCK_TITLE, go: singleClient }];
      await pgbench({ clients: 1, seconds: 1, files });
      for (const target of targets) {
        const product = await target.addProduct('quiet');
        await target.holds(bench, product, { connections: 1, seconds: 1 });
        const go = () => target.holds(bench, product, { connections: 1, seconds: SECONDS });
        turns.push({ key: target.id, title: `${target.title}, one connection`, go });
      }
      return alternate(turns, rounds);
    }),
  );
}

const named = (id) => (id === 'rowLock' ? ROW_LOCK_TITLE : titles[id]);

export function tables(data) {
  const rows = Object.entries(data).map(([id, { rate, ms }]) => {
    return [named(id), millis(ms.p50), millis(ms.mean), millis(ms.p99), whole(rate)];
  });
  return [{ title: 'A single client', head: ['', 'p50 ms', 'mean ms', 'p99 ms', 'holds/s'], rows }];
}

export function goals({ rowLock, ...servers }) {
  const limit = rowLock.ms.p50;
  return Object.entries(servers).map(([id, { ms }]) => ({
    what: `${titles[id]}: a single client, p50`,
    want: `≤ ${millis(limit)} ms, as one transaction`,
    got: `${millis(ms.p50)} ms`,
    met: ms.p50 <= limit,
  }));
}
