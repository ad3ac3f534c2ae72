// `make bench`: runs each scenario and writes tables, charts and raw numbers to target/bench.
// tools/bench.sh builds the programs, starts PostgreSQL and runs this file.
import { closeSync, fdatasyncSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Bench } from './bench.mjs';
import { holdsChart, mixedChart } from './chart.mjs';
import { median } from './stats.mjs';
import { describe, unavailableReason } from './postgres.mjs';
import { killAll } from './process.mjs';
import { commonGoals, machine, markdown } from './report.mjs';
import { chosen, only, quick, results, rounds, seconds, workFolder } from './settings.mjs';

/** Measures one small durable write: the minimum duration of a commit. */
function fsyncMs(folder) {
  const file = openSync(join(folder, 'fsync'), 'w');
  const times = Array.from({ length: 50 }, () => {
    const began = performance.now();
    writeSync(file, Buffer.alloc(4096));
    fdatasyncSync(file);
    return performance.now() - began;
  });
  closeSync(file);
  return median(times);
}

async function main(folder) {
  const began = Date.now();
  const postgres = await describe();
  const skipped = await unavailableReason();
  if (skipped) console.error(`PostgreSQL is skipped because this build cannot use it: ${skipped}`);
  const fsync_ms = fsyncMs(folder);
  const bench = new Bench(folder, !skipped);
  const [data, tables, goals] = [{}, [], []];
  for (const name of chosen) {
    console.error(`\x1b[1m==>\x1b[0m ${name}`);
    const scenario = await import(`./scenarios/${name}.mjs`);
    data[name] = await scenario.measure(bench);
    tables.push(...scenario.tables(data[name]));
    goals.push(...scenario.goals(data[name]));
  }
  goals.push(...commonGoals(bench));
  const { problems, audits, memory } = bench;
  const minutes = (Date.now() - began) / 60_000;
  const settings = { quick, only, rounds, seconds };
  const report = {
    at: new Date().toISOString(),
    minutes,
    settings,
    machine: machine(),
    postgres,
    skipped,
    fsync_ms,
    goals,
    problems,
    audits,
    memory,
    data,
  };
  write(report, markdown({ ...report, tables }));
  return problems.length === 0;
}

function write(report, text) {
  writeFileSync(join(results, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(join(results, 'report.md'), text);
  if (report.data.holds) writeFileSync(join(results, 'holds.svg'), holdsChart(report.data.holds));
  if (report.data.mixed) writeFileSync(join(results, 'mixed.svg'), mixedChart(report.data.mixed));
  console.log(`\n${text}`);
  console.log(`In target/bench: report.md, report.json, charts as SVG. ${report.minutes.toFixed(1)} minutes.`);
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
])
  process.on(signal, () => process.exit(code));
process.on('exit', killAll);
const folder = workFolder();
const fine = await main(folder).catch((error) => {
  console.error(error);
  return false;
});
if (fine) rmSync(folder, { recursive: true, force: true });
else console.error(`The benchmark failed; logs and databases are in ${folder}`);
process.exit(fine ? 0 : 1);
