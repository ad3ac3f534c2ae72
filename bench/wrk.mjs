// Generates load with wrk and a script of lua/, on one server or several. Durations are in milliseconds and seconds.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './settings.mjs';
import { succeed } from './process.mjs';

const scripts = join(root, 'bench/lua');
const THREADS = 2;

/** Returns wrk's number of threads: at least one per node. */
export function threadsFor(connections, nodes) {
  return Math.max(Math.min(THREADS, connections), nodes);
}

/**
 * @param {{script: string, nodes: {address: string}[], connections: number, seconds: number, token: string,
 *   body?: object, files: string, counters?: string[], count?: number}} load
 */
export async function wrk({ script, nodes, connections, seconds, token, body = {}, files, counters = [], count = 0 }) {
  const folder = mkdtempSync(join(files, 'wrk-'));
  const result = join(folder, 'result.json');
  const env = {
    BENCH_LUA: scripts,
    BENCH_NODES: nodes.map((node) => new URL(node.address).host).join(' '),
    BENCH_TOKEN: token,
    BENCH_BODY: JSON.stringify(body),
    BENCH_FILES: files,
    BENCH_COUNTERS: counters.join(' '),
    BENCH_COUNT: String(count),
    BENCH_RESULT: result,
  };
  const threads = threadsFor(connections, nodes.length);
  const size = [`-t${threads}`, `-c${connections}`, `-d${seconds}s`, '--timeout', '5s'];
  const output = await succeed('wrk', [...size, '-s', join(scripts, `${script}.lua`), nodes[0].address], { env });
  let summary;
  try {
    summary = JSON.parse(readFileSync(result, 'utf8'));
  } catch {
    throw new Error(`wrk left no result:\n${output}`);
  }
  rmSync(folder, { recursive: true });
  const { requests, duration_us, refused, broken, timeouts, counted, latency_us } = summary;
  const ms = Object.fromEntries(Object.entries(latency_us).map(([name, us]) => [name, us / 1000]));
  const took = duration_us / 1e6;
  return { requests, refused, broken, timeouts, counted, seconds: took, rate: (requests - refused) / took, ms };
}
