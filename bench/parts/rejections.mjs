// Everybody after the last unit: refusals a second once a product is sold out, and that no more than there is was sold.
import { alternate } from '../bench.mjs';
import { titles, withContenders } from '../contenders.mjs';
import { millis, whole } from '../numbers.mjs';
import { quick, rounds } from '../settings.mjs';

const CONNECTIONS = 512;
const SECONDS = quick ? 1 : 3;

export async function measure(bench) {
  return withContenders(bench, 'rejections', ['sqlite', 'postgres1', 'postgres2'], (contenders) => {
    const turns = contenders.map((contender) => {
      const go = async (round) => {
        const product = await contender.addProduct(`last-unit-${round}`, 1);
        const run = await contender.load('hold', product, { connections: CONNECTIONS, seconds: SECONDS });
        const granted = run.requests - run.refused;
        const { held } = await contender.stock(product);
        bench.demand(
          granted === 1 && held === 1,
          `${contender.title}: ${granted} were told they have the last unit, ${held} held`,
        );
        bench.demand(run.broken + run.timeouts === 0, `${contender.title}: refusals broke connections`);
        return { ...run, rate: run.refused / run.seconds };
      };
      return { key: contender.id, title: contender.title, go };
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
      note: `${CONNECTIONS} connections after one unit; in each round exactly one was granted.`,
    },
  ];
}

export function goals() {
  return [];
}
