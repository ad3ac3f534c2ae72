// One product's flood beside another product's quiet sale: how long the quiet one's shoppers wait.
import { alternate } from '../bench.mjs';
import { titles, withContenders } from '../contenders.mjs';
import { millis, whole } from '../numbers.mjs';
import { rounds, seconds } from '../settings.mjs';

const FLOOD = 512;
const QUIET = 4;

export async function measure(bench) {
  return withContenders(bench, 'flood', ['sqlite', 'postgres1', 'postgres2'], async (contenders) => {
    const turns = [];
    for (const contender of contenders) {
      const [flooded, quiet] = [await contender.addProduct('flooded'), await contender.addProduct('quiet')];
      const go = async () => {
        const [flood, run] = await Promise.all([
          contender.holds(bench, flooded, { connections: FLOOD, seconds }),
          contender.holds(bench, quiet, { connections: QUIET, seconds }),
        ]);
        bench.demand(
          run.requests > 0,
          `${contender.title}: the quiet product's shoppers got no answer in ${seconds} s`,
        );
        return { ...run, flood: flood.rate };
      };
      turns.push({ key: contender.id, title: contender.title, go });
    }
    return alternate(turns, rounds);
  });
}

export function tables(data) {
  const rows = Object.entries(data).map(([id, { rate, ms, rounds: runs }]) => {
    const flood = runs.reduce((sum, run) => sum + run.flood, 0) / runs.length;
    return [titles[id], millis(ms.p50), millis(ms.p99), whole(rate), whole(flood)];
  });
  return [
    {
      title: 'A quiet product beside a flooded one',
      head: ['', 'quiet: p50 ms', 'p99 ms', 'holds/s', 'flooded: holds/s'],
      rows,
      note: `${QUIET} connections on the quiet product, ${FLOOD} on the flooded one.`,
    },
  ];
}

export function goals(data) {
  return Object.entries(data).map(([id, { rate, ms }]) => ({
    what: `${titles[id]}: p99 beside another product's flood`,
    want: '< 50 ms',
    got: `${millis(ms.p99)} ms`,
    met: rate > 0 && ms.p99 < 50,
  }));
}
