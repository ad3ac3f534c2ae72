// Ten thousand event streams of one product's stock while it changes. With two nodes, the watchers connect to the node that
// receives no holds, so each change must travel between nodes.
import { createInterface } from 'node:readline';
import { alternate } from '../bench.mjs';
import { titles, withTargets } from '../targets.mjs';
import { kibibytes, millis, whole } from '../stats.mjs';
import { start } from '../process.mjs';
import { programs, quick, rounds, seconds } from '../settings.mjs';

const WATCHERS = quick ? 1_000 : 10_000;
/** Connections that place holds one after another: far more changes than the feed publishes. */
const HOLD_CONNECTIONS = 2;

export async function measure(bench) {
  return withTargets(bench, 'watchers', ['sqlite', 'postgres2'], async (targets) => {
    const turns = [];
    for (const target of targets) {
      const product = await target.addProduct('watched');
      await target.holds(bench, product, { connections: HOLD_CONNECTIONS, seconds: 1 });
      turns.push({
        key: target.id,
        title: `${target.title}, ${whole(WATCHERS)} watchers`,
        go: () => watched(bench, target, product),
      });
    }
    return alternate(turns, rounds);
  });
}

async function watched(bench, target, product) {
  const [first, last] = [target.nodes[0], target.nodes.at(-1)];
  const before = last.memory();
  const path = `/api/products/${product}/events`;
  const args = [new URL(last.address).host, path, String(WATCHERS), String(seconds)];
  const watchers = start(programs.watchers, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: watchers.stdout })[Symbol.asyncIterator]();
  const opened = JSON.parse((await lines.next()).value);
  const each = (last.memory() - before) / WATCHERS;
  const holds = target.load('hold', product, { connections: HOLD_CONNECTIONS, seconds: seconds + 2, nodes: [first] });
  const result = JSON.parse((await lines.next()).value);
  const peak = (last.memory() - before) / WATCHERS;
  await holds;
  const { title } = target;
  bench.check(opened.open === WATCHERS, `${title}: ${opened.open} of ${WATCHERS} watchers could connect`);
  bench.check(result.lost === 0, `${title}: ${result.lost} watchers were lost`);
  bench.check(result.reordered === 0, `${title}: ${result.reordered} events arrived after a newer one`);
  return { ...result, rate: result.events / result.seconds, each, peak };
}

/** Maximum over all rounds, because later rounds reuse memory that earlier ones allocated. */
const maxOf = (runs, name) => Math.max(...runs.map((run) => run[name]));

export function tables(data) {
  const rows = Object.entries(data).map(([id, { rate, ms, rounds: runs }]) => {
    const memory = ['each', 'peak'].map((name) => kibibytes(maxOf(runs, name)));
    return [titles[id], whole(rate), (rate / WATCHERS).toFixed(1), millis(ms.p50), millis(ms.p99), ...memory];
  });
  const head = ['', 'events/s', 'per watcher', 'p50 ms', 'p99 ms', 'memory each, idle', 'under load'];
  const note = `${whole(WATCHERS)} watchers of one product that changes continuously; the feed publishes at most 20 changes a second.`;
  return [{ title: 'Watchers: latency from commit to event', head, rows, note }];
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
      what: `${titles[id]}: memory per watcher`,
      want: '≤ 16 KiB',
      got: kibibytes(maxOf(runs, 'peak')),
      met: maxOf(runs, 'peak') <= 16 * 1024,
    },
  ]);
}
