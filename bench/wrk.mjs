// The load: wrk with a script of lua/, on one server or spread over several; its numbers in milliseconds and seconds.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './settings.mjs';
import { succeed } from './process.mjs';

const scripts = join(root, 'bench/lua');
const THREADS = 2;

/** The threads that wrk runs with: at least one for each node. */
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
  const said = await succeed('wrk', [...size, '-s', join(scripts, `${script}.lua`), nodes[0].address], { env });
  let told;
  try {
    told = JSON.parse(readFileSync(result, 'utf8'));
  } catch {
    throw new Error(`wrk left no result:\n${said}`);
  }
  rmSync(folder, { recursive: true });
  const { requests, duration_us, refused, broken, timeouts, counted, latency_us } = told;
  const ms = Object.fromEntries(Object.entries(latency_us).map(([name, us]) => [name, us / 1000]));
  const took = duration_us / 1e6;
  return { requests, refused, broken, timeouts, counted, seconds: took, rate: (requests - refused) / took, ms };
}
