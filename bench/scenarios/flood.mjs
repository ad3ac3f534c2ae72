// Heavy load on one product while another sells quietly: latency of the quiet product's holds.
import { alternate } from '../bench.mjs';
import { titles, withTargets } from '../targets.mjs';
import { millis, whole } from '../stats.mjs';
import { rounds, seconds } from '../settings.mjs';

const FLOOD = 512;
const QUIET = 4;

export async function measure(bench) {
  return withTargets(bench, 'flood', ['sqlite', 'postgres1', 'postgres2'], async (targets) => {
    const turns = [];
    for (const target of targets) {
      const [flooded, quiet] = [await target.addProduct('flooded'), await target.addProduct('quiet')];
      const go = async () => {
        const [flood, run] = await Promise.all([
          target.holds(bench, flooded, { connections: FLOOD, seconds }),
          target.holds(bench, quiet, { connections: QUIET, seconds }),
        ]);
        bench.check(
          run.requests > 0,
          `${target.title}: the quiet product's holds got no response in ${seconds} s`,
        );
        return { ...run, flood: flood.rate };
      };
      turns.push({ key: target.id, title: target.title, go });
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
      title: 'A quiet product beside a flooded product',
      head: ['', 'quiet: p50 ms', 'p99 ms', 'holds/s', 'flooded: holds/s'],
      rows,
      note: `${QUIET} connections on the quiet product, ${FLOOD} on the flooded one.`,
    },
  ];
}

export function goals(data) {
  return Object.entries(data).map(([id, { rate, ms }]) => ({
    what: `${titles[id]}: p99 while another product is flooded`,
    want: '< 50 ms',
    got: `${millis(ms.p99)} ms`,
    met: rate > 0 && ms.p99 < 50,
  }));
}
