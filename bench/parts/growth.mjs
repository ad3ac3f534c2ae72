// The cost of a hold with few holds in the table and with very many. All of them were placed over the API, so the table,
// its indexes and its audit trail are as a sale leaves them.
import { alternate } from '../bench.mjs';
import { titles, withContenders } from '../contenders.mjs';
import { share, whole } from '../numbers.mjs';
import { placeHolds } from '../prepare.mjs';
import { growth } from '../settings.mjs';

const CONNECTIONS = 512;
/** A cost within a tenth counts as the same. */
const FLAT = 0.9;

const load = { connections: CONNECTIONS, seconds: growth.seconds };

export async function measure(bench) {
  return withContenders(bench, 'growth', ['sqlite', 'postgres1'], async (contenders) => {
    const turns = [];
    for (const contender of contenders) {
      const { id, title } = contender;
      const product = await contender.addProduct('large');
      await placeHolds(contender, product, growth.large);
      turns.push({ key: `${id}/small`, title: `${title}, few holds`, go: () => fresh(bench, id) });
      turns.push({ key: `${id}/large`, title: `${title}, many holds`, go: () => sized(bench, contender, product) });
    }
    return alternate(turns, growth.rounds);
  });
}

/** A run, and how many holds there were when it began. */
async function sized(bench, contender, product) {
  const { held } = await contender.stock(product);
  return { ...(await contender.holds(bench, product, load)), held };
}

/** A run on a store of its own that has just begun. */
function fresh(bench, id) {
  return withContenders(bench, 'growth', [id], async ([contender]) => {
    const product = await contender.addProduct('small');
    await placeHolds(contender, product, growth.small);
    return sized(bench, contender, product);
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
      title: 'What a hold costs as the table grows',
      head: ['', 'holds in the table', 'holds/s', 'µs a hold'],
      rows,
      note: `${CONNECTIONS} connections, ${growth.seconds} s a turn; the small tables are new in each round.`,
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
      want: `≥ ${share(FLAT)}`,
      got: share(kept),
      met: kept >= FLAT && reached,
    };
  });
}
