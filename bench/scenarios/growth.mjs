// Cost of a hold with few and with very many holds in the table. All holds are placed over the API, so tables, indexes and
// stock history are as after a real sale.
import { alternate } from '../bench.mjs';
import { titles, withTargets } from '../targets.mjs';
import { share, whole } from '../stats.mjs';
import { placeHolds } from '../fixtures.mjs';
import { growth } from '../settings.mjs';

const CONNECTIONS = 512;
/** Costs within 10 % of each other count as equal. */
const MIN_SPEED_RATIO = 0.9;

const load = { connections: CONNECTIONS, seconds: growth.seconds };

export async function measure(bench) {
  return withTargets(bench, 'growth', ['sqlite', 'postgres1'], async (targets) => {
    const turns = [];
    for (const target of targets) {
      const { id, title } = target;
      const product = await target.addProduct('large');
      await placeHolds(target, product, growth.large);
      turns.push({ key: `${id}/small`, title: `${title}, few holds`, go: () => runOnNewStore(bench, id) });
      turns.push({ key: `${id}/large`, title: `${title}, many holds`, go: () => runWithSize(bench, target, product) });
    }
    return alternate(turns, growth.rounds);
  });
}

/** Runs a turn and records the number of holds at its start. */
async function runWithSize(bench, target, product) {
  const { held } = await target.stock(product);
  return { ...(await target.holds(bench, product, load)), held };
}

/** Runs a turn on a new store with few holds. */
function runOnNewStore(bench, id) {
  return withTargets(bench, 'growth', [id], async ([target]) => {
    const product = await target.addProduct('small');
    await placeHolds(target, product, growth.small);
    return runWithSize(bench, target, product);
  });
}

const stores = (data) => ['sqlite', 'postgres1'].filter((id) => data[`${id}/small`]);
const cost = (run) => 1e6 / run.rate;

export function tables(data) {
  const rows = stores(data).flatMap((id) =>
    ['small', 'large'].map((size) => {
      const run = data[`${id}/${size}`];
      const [first, last] = [run.rounds[0], run.rounds.at(-1)];
      const held = size === 'small' ? whole(first.held) : `${whole(first.held)} to ${whole(last.held + last.requests)}`;
      return [titles[id], held, whole(run.rate), cost(run).toFixed(1)];
    }),
  );
  return [
    {
      title: 'Cost of a hold as the table grows',
      head: ['', 'holds in the table', 'holds/s', 'µs per hold'],
      rows,
      note: `${CONNECTIONS} connections, ${growth.seconds} s per turn; the small tables are new in each round.`,
    },
  ];
}

export function goals(data) {
  return stores(data).map((id) => {
    const [small, large] = [data[`${id}/small`], data[`${id}/large`]];
    const kept = large.rate / small.rate;
    const reached = large.rounds[0].held >= growth.large;
    return {
      what: `${titles[id]}: speed at ${whole(large.rounds[0].held)} holds, of that at ${whole(small.rounds[0].held)}`,
      want: `≥ ${share(MIN_SPEED_RATIO)}`,
      got: share(kept),
      met: kept >= MIN_SPEED_RATIO && reached,
    };
  });
}
