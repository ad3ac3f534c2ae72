// Accepted holds per second of this build beside another one (BASE), alternating on fresh stores.
import { alternate } from '../bench.mjs';
import { median, millis, share, whole } from '../stats.mjs';
import { quick, seconds, rounds } from '../settings.mjs';
import { titles, withTargets } from '../targets.mjs';

const CONNECTIONS = [64, 512];
const WARM_UP_S = quick ? 1 : 3;
/** Each target of this build, and its pendant of the other one. */
const pairs = [
  ['sqlite', 'sqliteBase'],
  ['postgres1', 'postgres1Base'],
];

export async function measure(bench) {
  // One database at a time: a store that is not measured leaves the processors to the other.
  const data = {};
  for (const pair of pairs)
    Object.assign(data, await withTargets(bench, 'compare', pair, (targets) => measurePair(bench, targets)));
  return data;
}

async function measurePair(bench, targets) {
  const turns = [];
  for (const connections of CONNECTIONS)
    for (const target of targets) {
      const product = await target.addProduct(`hot-${connections}`);
      await target.holds(bench, product, { connections: 64, seconds: WARM_UP_S });
      const go = () => target.holds(bench, product, { connections, seconds });
      turns.push({
        key: `${target.id}/${connections}`,
        title: `${target.title}, ${connections} connections`,
        go,
      });
    }
  return turns.length === 0 ? {} : alternate(turns, rounds);
}

/** The median of the ratios of one round's two turns, which follow each other. */
function ratioOf(now, base) {
  return median(now.rounds.map((run, round) => run.rate / base.rounds[round].rate));
}

function measured(data) {
  const all = pairs.flatMap(([id, base]) => CONNECTIONS.map((n) => [id, n, data[`${id}/${n}`], data[`${base}/${n}`]]));
  return all.filter(([, , now, base]) => now && base);
}

export function tables(data) {
  const rows = measured(data).map(([id, connections, now, base]) => [
    `${titles[id]}, ${connections} connections`,
    whole(base.rate),
    whole(now.rate),
    share(ratioOf(now, base)),
    millis(base.ms.p99),
    millis(now.ms.p99),
  ]);
  return [
    {
      title: 'Holds a second beside another build',
      head: ['', 'other: holds/s', 'this: holds/s', 'ratio', 'other: p99 ms', 'this: p99 ms'],
      rows,
      note: 'Rates and latencies are medians of the rounds; the ratio is the median of the ratios of each round.',
    },
  ];
}

export function goals(data) {
  return measured(data).map(([id, connections, now, base]) => {
    const ratio = ratioOf(now, base);
    const what = `${titles[id]}, ${connections} connections: against the other build`;
    return { what, want: '≥ 0.97', got: share(ratio), met: ratio >= 0.97 };
  });
}
