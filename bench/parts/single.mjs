// One caller alone: group commit must not make it wait for company that does not come.
import { alternate } from '../bench.mjs';
import { titles, withContenders } from '../contenders.mjs';
import { millis, whole } from '../numbers.mjs';
import { pgbench, withOriginal } from '../pgbench.mjs';
import { quick, rounds } from '../settings.mjs';

const SECONDS = quick ? 1 : 3;
const ORIGINAL = 'One transaction, no batch (pgbench, one client)';

export async function measure(bench) {
  return withContenders(bench, 'single', ['sqlite', 'postgres1'], (contenders) =>
    withOriginal(async () => {
      const files = bench.folder;
      const alone = () => pgbench({ clients: 1, seconds: SECONDS, files });
      const turns = [{ key: 'original', title: ORIGINAL, go: alone }];
      await pgbench({ clients: 1, seconds: 1, files });
      for (const contender of contenders) {
        const product = await contender.addProduct('quiet');
        await contender.holds(bench, product, { connections: 1, seconds: 1 });
        const go = () => contender.holds(bench, product, { connections: 1, seconds: SECONDS });
        turns.push({ key: contender.id, title: `${contender.title}, one connection`, go });
      }
      return alternate(turns, rounds);
    }),
  );
}

const named = (id) => (id === 'original' ? ORIGINAL : titles[id]);

export function tables(data) {
  const rows = Object.entries(data).map(([id, { rate, ms }]) => {
    return [named(id), millis(ms.p50), millis(ms.mean), millis(ms.p99), whole(rate)];
  });
  return [{ title: 'One caller alone', head: ['', 'p50 ms', 'mean ms', 'p99 ms', 'holds/s'], rows }];
}

export function goals({ original, ...servers }) {
  const limit = original.ms.p50;
  return Object.entries(servers).map(([id, { ms }]) => ({
    what: `${titles[id]}: one caller alone, p50`,
    want: `≤ ${millis(limit)} ms, as one transaction`,
    got: `${millis(ms.p50)} ms`,
    met: ms.p50 <= limit,
  }));
}
