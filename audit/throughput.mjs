// How many times a second the server draws a page, beside how often it sends a file: in turns, in one run.
import { succeed } from '../bench/process.mjs';
import { median } from '../bench/numbers.mjs';

const LOAD = ['-t1', '-c16', '-d3s'];

/** @param {{title: string, url: string, encoding: string}[]} turns */
export async function throughput(turns, rounds) {
  const rates = turns.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [turn, { title, url, encoding }] of turns.entries()) {
      const said = await succeed('wrk', [...LOAD, '-H', `Accept-Encoding: ${encoding}`, url]);
      const rate = Number(said.match(/Requests\/sec:\s+([\d.]+)/)?.[1]);
      if (!(rate > 0) || /Non-2xx|Socket errors/.test(said)) throw new Error(`${url}:\n${said}`);
      console.error(`    ${round + 1}/${rounds}  ${title.padEnd(40)} ${Math.round(rate)}/s`);
      rates[turn].push(rate);
    }
  }
  return turns.map((turn, nth) => ({ ...turn, rate: median(rates[nth]) }));
}
