// `make bench`: measures each part, and leaves a table, a chart and the raw numbers in target/bench.
// Runs under tools/bench.sh, which builds the programs and brings a PostgreSQL.
import { closeSync, fdatasyncSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Bench } from './bench.mjs';
import { holdsChart, mixedChart } from './chart.mjs';
import { median } from './numbers.mjs';
import { describe, whyNot } from './postgres.mjs';
import { killAll } from './process.mjs';
import { commonGoals, machine, markdown } from './report.mjs';
import { only, parts, quick, results, rounds, seconds, workFolder } from './settings.mjs';

/** What one small write to this disk costs: the floor under every commit. */
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
  const skipped = await whyNot();
  if (skipped) console.error(`PostgreSQL is skipped, this build does not take it: ${skipped}`);
  const fsync_ms = fsyncMs(folder);
  const bench = new Bench(folder, !skipped);
  const [data, tables, goals] = [{}, [], []];
  for (const name of parts.filter((part) => only.length === 0 || only.includes(part))) {
    console.error(`\x1b[1m==>\x1b[0m ${name}`);
    const part = await import(`./parts/${name}.mjs`);
    data[name] = await part.measure(bench);
    tables.push(...part.tables(data[name]));
    goals.push(...part.goals(data[name]));
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
