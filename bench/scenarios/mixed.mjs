// A realistic sale: holds, orders and payment webhooks in equal parts, in calls per second, beside the ceiling.
import { alternate } from '../bench.mjs';
import { titles, withTargets } from '../targets.mjs';
import { millis, share, whole } from '../stats.mjs';
import { prepareMixed } from '../fixtures.mjs';
import { sleep } from '../process.mjs';
import { rounds, seconds } from '../settings.mjs';

const CONNECTIONS = 512;
/** Safety factor: how much more is prepared than the last rate needs. */
const HEADROOM = 1.3;
const ATTEMPTS = 3;

export async function measure(bench) {
  return withTargets(bench, 'mixed', ['ceiling', 'sqlite', 'postgres1', 'postgres2'], async (targets) => {
    const turns = [];
    for (const target of targets) {
      const product = await target.addProduct('busy');
      const probe = await target.holds(bench, product, { connections: CONNECTIONS, seconds: 1 });
      const state = { rate: probe.rate };
      const hold = () => target.holds(bench, product, { connections: CONNECTIONS, seconds });
      const go = target.id === 'ceiling' ? hold : () => mixed(bench, target, product, state);
      turns.push({ key: target.id, title: `${name(target.id)}, mixed`.replace('only, mixed', 'only'), go });
    }
    return alternate(turns, rounds);
  });
}

/** Runs one turn. Repeats it with more fixtures if they ran out. */
async function mixed(bench, target, product, state) {
  for (let attempt = 1; ; attempt += 1) {
    const run = await attemptMixed(bench, target, product, state);
    const { missing } = run.counted;
    if (missing < run.requests / 100) return run;
    const problem = `${target.title}, mixed: ${missing} of ${run.requests} calls ran out of fixtures`;
    if (attempt === ATTEMPTS) {
      bench.check(false, problem);
      return run;
    }
    console.error(`    ${problem}; repeating with more`);
    state.rate = run.rate * HEADROOM;
  }
}

async function attemptMixed(bench, target, product, state) {
  await prepareMixed(target, product, Math.ceil((state.rate * HEADROOM * seconds) / 3));
  const before = await target.stock(product);
  const counters = ['holds', 'orders', 'webhooks', 'missing'];
  const run = await target.load('mixed', product, { connections: CONNECTIONS, seconds, counters });
  await sleep(300);
  const after = await target.stock(product);
  state.rate = run.rate;
  const { title } = target;
  const { webhooks, orders } = run.counted;
  bench.check(run.refused === 0, `${title}, mixed: ${run.refused} of ${run.requests} responses were not successful`);
  bench.check(run.broken + run.timeouts === 0, `${title}, mixed: broken connections or timeouts`);
  // wrk generates one request that it does not send, and requests in flight at the end may not have arrived.
  const uncertain = CONNECTIONS + 1;
  const paid = after.sold - before.sold;
  const ordered = after.sold + after.pending - before.sold - before.pending;
  const close = (done, sent) => done <= sent && done >= sent - uncertain;
  bench.check(close(paid, webhooks), `${title}, mixed: ${webhooks} webhooks, but ${paid} units sold`);
  bench.check(close(ordered, orders), `${title}, mixed: ${orders} orders sent, but ${ordered} placed`);
  return run;
}

const name = (id) => (id === 'ceiling' ? 'Ceiling: holds only' : titles[id]);

export function tables(data) {
  const rows = Object.entries(data).map(([id, { rate, ms }]) => {
    return [name(id), whole(rate), millis(ms.p50), millis(ms.p99), share(rate / data.ceiling.rate)];
  });
  return [
    {
      title: 'Mixed calls a second: holds, orders and payment webhooks in equal parts',
      head: ['', 'calls/s', 'p50 ms', 'p99 ms', 'of ceiling'],
      rows,
      note: `${CONNECTIONS} connections; each order uses its own hold, and each webhook pays its own order.`,
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
