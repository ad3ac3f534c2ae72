// The report: tables and goals as Markdown that is also readable in a terminal.
import os from 'node:os';
import { titles } from './targets.mjs';
import { mebibytes } from './stats.mjs';
import { goalsTable, table } from './table.mjs';

const MAX_MEMORY_BYTES = 200 * 1024 * 1024;

/** Goals that span scenarios: the servers' memory and the audits. */
export function commonGoals({ memory, audits }) {
  const goals = [];
  for (const id of ['sqlite', 'postgres1', 'postgres2']) {
    const peaks = memory.filter((sample) => sample.id === id).map((sample) => sample.peak);
    if (peaks.length === 0) continue;
    const peak = Math.max(...peaks);
    goals.push({
      what: `${titles[id]}: peak memory of a server`,
      want: '< 200 MiB',
      got: mebibytes(peak),
      met: peak < MAX_MEMORY_BYTES,
    });
  }
  const clean = audits.filter((audit) => audit.clean).length;
  goals.push({
    what: 'Audits after each scenario',
    want: 'all clean',
    got: `${clean} of ${audits.length}`,
    met: clean === audits.length,
  });
  return goals;
}

export function machine() {
  const [{ model }] = os.cpus();
  return {
    processors: os.cpus().length,
    model: model.trim(),
    memory: mebibytes(os.totalmem()),
    system: `${os.type()} ${os.release()}`,
  };
}

export function markdown({
  tables,
  goals,
  problems,
  settings,
  machine: { processors, model, memory },
  postgres,
  skipped,
  fsync_ms: fsync,
}) {
  const turns = `${settings.rounds} round${settings.rounds === 1 ? '' : 's'} of ${settings.seconds} s, medians`;
  const lines = [
    `${processors} processors (${model}), ${memory}, shared by load generator, server and database. ${turns}.`,
    `PostgreSQL ${postgres.server_version}, fsync and synchronous_commit on. One fdatasync here takes ${fsync.toFixed(2)} ms.`,
    ...(settings.quick ? ['QUICK: a smoke test; its numbers mean little.'] : []),
    ...(skipped ? [`PostgreSQL was skipped: ${skipped}`] : []),
  ];
  return [
    lines.join('\n'),
    '',
    ...tables.map(table),
    goalsTable(goals),
    ...problems.map((problem) => `PROBLEM: ${problem}`),
  ].join('\n');
}
