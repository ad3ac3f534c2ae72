// State of one benchmark run, and the loop that alternates between targets.
import { quick } from './settings.mjs';
import { sleep } from './process.mjs';
import { medianRun, whole } from './stats.mjs';

const PAUSE_MS = quick ? 50 : 250;

export class Bench {
  constructor(folder, postgres) {
    Object.assign(this, { folder, postgres, problems: [], audits: [], memory: [], token: undefined });
  }

  /** Records a problem unless `fine`. Problems fail the benchmark, but only after everything has been measured. */
  check(fine, problem) {
    if (fine) return;
    this.problems.push(problem);
    console.error(`\x1b[1;31mproblem:\x1b[0m ${problem}`);
  }
}

/**
 * Runs all turns in each round and returns each turn's median. Each round starts with another turn, so that other load on
 * the machine affects all turns alike.
 * @param {{key: string, title: string, go: (round: number) => Promise<{rate: number, ms: object}>}[]} turns
 */
export async function alternate(turns, rounds) {
  const runs = Object.fromEntries(turns.map(({ key }) => [key, []]));
  for (let round = 0; round < rounds; round += 1) {
    const first = Math.floor((round * turns.length) / rounds);
    for (const { key, title, go } of [...turns.slice(first), ...turns.slice(0, first)]) {
      const run = await go(round);
      runs[key].push(run);
      console.error(
        `    ${round + 1}/${rounds}  ${title.padEnd(56)} ${whole(run.rate).padStart(9)}/s  p99 ${run.ms.p99.toFixed(1)} ms`,
      );
      await sleep(PAUSE_MS);
    }
  }
  return Object.fromEntries(Object.entries(runs).map(([key, all]) => [key, medianRun(all)]));
}
