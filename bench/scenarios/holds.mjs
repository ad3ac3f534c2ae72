// Accepted holds per second on one hot product, over HTTP with tokens, beside the baseline and the ceiling.
import { alternate } from '../bench.mjs';
import { titles, withTargets } from '../targets.mjs';
import { millis, share, times, whole } from '../stats.mjs';
import { pgbench, withRowLock } from '../pgbench.mjs';
import { quick, rounds, seconds } from '../settings.mjs';

const CONNECTIONS = [64, 512];
const CLIENTS = 16;
const WARM_UP_S = quick ? 1 : 2;

export async function measure(bench) {
  return withTargets(bench, 'holds', ['ceiling', 'sqlite', 'postgres1', 'postgres2'], (targets) =>
    withRowLock(async () => {
      const files = bench.folder;
      const turns = [
        { key: 'rowLock', title: titles.rowLock, go: () => pgbench({ clients: CLIENTS, seconds, files }) },
      ];
      await pgbench({ clients: CLIENTS, seconds: 1, files });
      for (const target of targets) {
        const product = await target.addProduct('hot');
        await target.holds(bench, product, { connections: 64, seconds: WARM_UP_S });
        for (const connections of CONNECTIONS) {
          const go = () => target.holds(bench, product, { connections, seconds });
          turns.push({
            key: `${target.id}/${connections}`,
            title: `${target.title}, ${connections} connections`,
            go,
          });
        }
      }
      return alternate(turns, rounds);
    }),
  );
}

export function tables(data) {
  const at = (id, connections) => data[id === 'rowLock' ? id : `${id}/${connections}`];
  const ids = Object.keys(titles).filter((id) => at(id, 512));
  const rows = ids.map((id) => {
    const [few, many] = CONNECTIONS.map((connections) => at(id, connections));
    const numbers = (run) => [whole(run.rate), millis(run.ms.p50), millis(run.ms.p99)];
    const ratios = [times(many.rate / data.rowLock.rate), share(many.rate / data['ceiling/512'].rate)];
    return [titles[id], ...(id === 'rowLock' ? ['', '', ''] : numbers(few)), ...numbers(many), ...ratios];
  });
  return [
    {
      title: 'Accepted holds a second on one hot product',
      head: [
        '',
        '64 conn.: holds/s',
        'p50 ms',
        'p99 ms',
        '512 conn.: holds/s',
        'p50 ms',
        'p99 ms',
        '× row lock',
        'of ceiling',
      ],
      rows,
      note: `The row lock runs with ${CLIENTS} clients directly on the database and no HTTP. Ratios are at 512 connections.`,
    },
  ];
}

export function goals(data) {
  const [rowLock, ceiling] = [data.rowLock.rate, data['ceiling/512'].rate];
  const all = [];
  for (const id of ['sqlite', 'postgres1', 'postgres2'].filter((name) => data[`${name}/512`])) {
    const [few, many] = CONNECTIONS.map((connections) => data[`${id}/${connections}`]);
    const [ratio, part] = [many.rate / rowLock, many.rate / ceiling];
    if (id !== 'postgres2') {
      all.push({
        what: `${titles[id]}: against the row lock`,
        want: '≥ 25 × (stretch goal 40 ×)',
        got: times(ratio),
        met: ratio >= 25,
        aim: ratio >= 40,
      });
      all.push({
        what: `${titles[id]}: of the ceiling`,
        want: '≥ 0.40 (stretch goal 0.60)',
        got: share(part),
        met: part >= 0.4,
        aim: part >= 0.6,
      });
    }
    const p99 = few.ms.p99;
    all.push({
      what: `${titles[id]}: p99 at 64 connections`,
      want: '< 25 ms',
      got: `${millis(p99)} ms`,
      met: p99 < 25,
    });
  }
  if (data['postgres2/512']) {
    const gain = data['postgres2/512'].rate / data['postgres1/512'].rate;
    all.push({ what: 'Two nodes against one', want: '≥ 1.00', got: share(gain), met: gain >= 1 });
  }
  return all;
}
