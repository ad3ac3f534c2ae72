// Contention for the last unit: refusals per second once a product is sold out. Exactly one hold may be granted.
import { alternate } from '../bench.mjs';
import { titles, withTargets } from '../targets.mjs';
import { millis, whole } from '../stats.mjs';
import { quick, rounds } from '../settings.mjs';

const CONNECTIONS = 512;
const SECONDS = quick ? 1 : 3;

export async function measure(bench) {
  return withTargets(bench, 'rejections', ['sqlite', 'postgres1', 'postgres2'], (targets) => {
    const turns = targets.map((target) => {
      const go = async (round) => {
        const product = await target.addProduct(`last-unit-${round}`, 1);
        const run = await target.load('hold', product, { connections: CONNECTIONS, seconds: SECONDS });
        const granted = run.requests - run.refused;
        const { held } = await target.stock(product);
        bench.check(
          granted === 1 && held === 1,
          `${target.title}: ${granted} holds were granted on the last unit, ${held} held`,
        );
        bench.check(run.broken + run.timeouts === 0, `${target.title}: refusals broke connections`);
        return { ...run, rate: run.refused / run.seconds };
      };
      return { key: target.id, title: target.title, go };
    });
    return alternate(turns, rounds);
  });
}

export function tables(data) {
  const rows = Object.entries(data).map(([id, { rate, ms }]) => [
    titles[id],
    whole(rate),
    millis(ms.p50),
    millis(ms.p99),
  ]);
  return [
    {
      title: 'Refusals a second after the last unit is gone',
      head: ['', 'refusals/s', 'p50 ms', 'p99 ms'],
      rows,
      note: `${CONNECTIONS} connections compete for one unit; in each round exactly one hold was granted.`,
    },
  ];
}

export function goals() {
  return [];
}
