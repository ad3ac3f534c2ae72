// A sale as it is: holds, orders and payment webhooks in equal parts, in calls a second, beside the ceiling.
import { alternate } from '../bench.mjs';
import { titles, withContenders } from '../contenders.mjs';
import { millis, share, whole } from '../numbers.mjs';
import { layOut } from '../prepare.mjs';
import { sleep } from '../process.mjs';
import { rounds, seconds } from '../settings.mjs';

const CONNECTIONS = 512;
/** More is prepared than will be used, by the last rate seen. */
const RESERVE = 1.3;
const ATTEMPTS = 3;

export async function measure(bench) {
  return withContenders(bench, 'mixed', ['ceiling', 'sqlite', 'postgres1', 'postgres2'], async (contenders) => {
    const turns = [];
    for (const contender of contenders) {
      const product = await contender.addProduct('busy');
      const probe = await contender.holds(bench, product, { connections: CONNECTIONS, seconds: 1 });
      const state = { rate: probe.rate };
      const hold = () => contender.holds(bench, product, { connections: CONNECTIONS, seconds });
      const go = contender.id === 'ceiling' ? hold : () => mixed(bench, contender, product, state);
      turns.push({ key: contender.id, title: `${name(contender.id)}, mixed`.replace('alone, mixed', 'alone'), go });
    }
    return alternate(turns, rounds);
  });
}

/** One turn; once more where it was faster than what was prepared for it. */
async function mixed(bench, contender, product, state) {
  for (let attempt = 1; ; attempt += 1) {
    const run = await attemptMixed(bench, contender, product, state);
    const { missing } = run.counted;
    if (missing < run.requests / 100) return run;
    const problem = `${contender.title}, mixed: ${missing} of ${run.requests} calls found nothing prepared`;
    if (attempt === ATTEMPTS) {
      bench.demand(false, problem);
      return run;
    }
    console.error(`    ${problem}; once more, with more`);
    state.rate = run.rate * RESERVE;
  }
}

async function attemptMixed(bench, contender, product, state) {
  await layOut(contender, product, Math.ceil((state.rate * RESERVE * seconds) / 3));
  const before = await contender.stock(product);
  const counters = ['holds', 'orders', 'webhooks', 'missing'];
  const run = await contender.load('mixed', product, { connections: CONNECTIONS, seconds, counters });
  await sleep(300);
  const after = await contender.stock(product);
  state.rate = run.rate;
  const { title } = contender;
  const { webhooks, orders } = run.counted;
  bench.demand(run.refused === 0, `${title}, mixed: ${run.refused} of ${run.requests} answers were no success`);
  bench.demand(run.broken + run.timeouts === 0, `${title}, mixed: broken connections or timeouts`);
  // wrk asks once for a request that it does not send; what was on its way when it hung up may or may not have arrived.
  const unsure = CONNECTIONS + 1;
  const paid = after.sold - before.sold;
  const ordered = after.sold + after.pending - before.sold - before.pending;
  const close = (done, sent) => done <= sent && done >= sent - unsure;
  bench.demand(close(paid, webhooks), `${title}, mixed: ${webhooks} webhooks, but ${paid} units sold`);
  bench.demand(close(ordered, orders), `${title}, mixed: ${orders} orders sent, but ${ordered} placed`);
  return run;
}

const name = (id) => (id === 'ceiling' ? 'The ceiling: holds alone' : titles[id]);

export function tables(data) {
  const rows = Object.entries(data).map(([id, { rate, ms }]) => {
    return [name(id), whole(rate), millis(ms.p50), millis(ms.p99), share(rate / data.ceiling.rate)];
  });
  return [
    {
      title: 'Mixed calls a second: holds, orders and payment webhooks in equal parts',
      head: ['', 'calls/s', 'p50 ms', 'p99 ms', 'of ceiling'],
      rows,
      note: `${CONNECTIONS} connections; each order is of a hold of its own, each webhook pays an order of its own.`,
    },
  ];
}

export function goals({ ceiling, ...servers }) {
  return Object.entries(servers).map(([id, { rate }]) => ({
    what: `${titles[id]}: mixed calls, of the ceiling`,
    want: '≥ 0.25',
    got: share(rate / ceiling.rate),
    met: rate / ceiling.rate >= 0.25,
  }));
}
