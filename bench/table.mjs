// Markdown tables that are also readable in a terminal.

/**
 * Formats a table. `texts` is the number of leading text columns; the others hold numbers.
 * @param {{title: string, head: string[], rows: string[][], note?: string, texts?: number}} table
 */
export function table({ title, head, rows, note, texts = 1 }) {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i].length), 3));
  const left = (i) => i < texts;
  const line = (cells) =>
    `| ${cells.map((cell, i) => (left(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (left(i) ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [`**${title}**`, '', line(head), rule, ...rows.map(line), ...(note ? ['', note] : []), ''].join('\n');
}

/** Formats goals and their measured values. @param {{what: string, want: string, got: string, met: boolean, aim?: boolean}[]} goals */
export function goalsTable(goals) {
  const rows = goals.map(({ what, want, got, met, aim }) => [
    what,
    want,
    got,
    !met ? 'MISSED' : aim ? 'met, and the stretch goal' : 'met',
  ]);
  return table({ title: 'Goals', head: ['', 'goal', 'measured', ''], rows });
}
