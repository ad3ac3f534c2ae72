// The audience: ten thousand streams of one product's stock while it changes. With two nodes they watch the one that does
// not sell, so that each change has to cross.
import { createInterface } from 'node:readline';
import { alternate } from '../bench.mjs';
import { titles, withContenders } from '../contenders.mjs';
import { kibibytes, millis, whole } from '../numbers.mjs';
import { start } from '../process.mjs';
import { programs, quick, rounds, seconds } from '../settings.mjs';

const WATCHERS = quick ? 1_000 : 10_000;
/** Holds that come one after another on each connection: far more changes than are told. */
const SELLING = 2;

export async function measure(bench) {
  return withContenders(bench, 'watchers', ['sqlite', 'postgres2'], async (contenders) => {
    const turns = [];
    for (const contender of contenders) {
      const product = await contender.addProduct('watched');
      await contender.holds(bench, product, { connections: SELLING, seconds: 1 });
      turns.push({
        key: contender.id,
        title: `${contender.title}, ${whole(WATCHERS)} watchers`,
        go: () => watched(bench, contender, product),
      });
    }
    return alternate(turns, rounds);
  });
}

async function watched(bench, contender, product) {
  const [first, last] = [contender.nodes[0], contender.nodes.at(-1)];
  const before = last.memory();
  const path = `/api/products/${product}/events`;
  const args = [new URL(last.address).host, path, String(WATCHERS), String(seconds)];
  const audience = start(programs.watchers, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: audience.stdout })[Symbol.asyncIterator]();
  const opened = JSON.parse((await lines.next()).value);
  const each = (last.memory() - before) / WATCHERS;
  const selling = contender.load('hold', product, { connections: SELLING, seconds: seconds + 2, nodes: [first] });
  const told = JSON.parse((await lines.next()).value);
  const peak = (last.memory() - before) / WATCHERS;
  await selling;
  const { title } = contender;
  bench.demand(opened.open === WATCHERS, `${title}: ${opened.open} of ${WATCHERS} watchers were let in`);
  bench.demand(told.lost === 0, `${title}: ${told.lost} watchers were lost`);
  bench.demand(told.reordered === 0, `${title}: ${told.reordered} events came after a newer one`);
  return { ...told, rate: told.events / told.seconds, each, peak };
}

/** Of all rounds: memory that an earlier audience left to the server costs the next one nothing. */
const most = (runs, name) => Math.max(...runs.map((run) => run[name]));

export function tables(data) {
  const rows = Object.entries(data).map(([id, { rate, ms, rounds: runs }]) => {
    const memory = ['each', 'peak'].map((name) => kibibytes(most(runs, name)));
    return [titles[id], whole(rate), (rate / WATCHERS).toFixed(1), millis(ms.p50), millis(ms.p99), ...memory];
  });
  const head = ['', 'events/s', 'a watcher', 'p50 ms', 'p99 ms', 'memory each, quiet', 'under load'];
  const note = `${whole(WATCHERS)} watchers of one product that changes all the time; at most 20 changes a second are told.`;
  return [{ title: 'Watchers: from the commit to the watcher', head, rows, note }];
}

export function goals(data) {
  return Object.entries(data).flatMap(([id, { ms, rounds: runs }]) => [
    {
      what: `${titles[id]}: from commit to ${whole(WATCHERS)} watchers, p99`,
      want: '< 250 ms',
      got: `${millis(ms.p99)} ms`,
      met: ms.p99 < 250,
    },
    {
      what: `${titles[id]}: memory of a watcher`,
      want: '≤ 16 KiB',
      got: kibibytes(most(runs, 'peak')),
      met: most(runs, 'peak') <= 16 * 1024,
    },
  ]);
}
