// Measures rendered pages per second beside static files per second, alternating in one run.
import { succeed } from '../bench/process.mjs';
import { median } from '../bench/stats.mjs';

const LOAD = ['-t1', '-c16', '-d3s'];

/** @param {{title: string, url: string, encoding: string}[]} turns */
export async function throughput(turns, rounds) {
  const rates = turns.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [turn, { title, url, encoding }] of turns.entries()) {
      const output = await succeed('wrk', [...LOAD, '-H', `Accept-Encoding: ${encoding}`, url]);
      const rate = Number(output.match(/Requests\/sec:\s+([\d.]+)/)?.[1]);
      if (!(rate > 0) || /Non-2xx|Socket errors/.test(output)) throw new Error(`${url}:\n${output}`);
      console.error(`    ${round + 1}/${rounds}  ${title.padEnd(40)} ${Math.round(rate)}/s`);
      rates[turn].push(rate);
    }
  }
  return turns.map((turn, nth) => ({ ...turn, rate: median(rates[nth]) }));
}
