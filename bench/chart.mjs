// Bar charts as self-contained SVG, for light and dark mode.
import { titles } from './targets.mjs';
import { share, times, whole } from './stats.mjs';

const WIDTH = 820;
const LABELS = 290;
const NUMBERS = 190;
const TOP = 72;
const LEGEND = 24;
const BAR = 17;
const GAP = 3;
const BETWEEN = 15;

const style = `
    .ground { fill: #ffffff } .title { fill: #16181d; font-weight: 600; font-size: 17px } .label { fill: #16181d }
    .small { fill: #5b6270; font-size: 12px } .axis { stroke: #d8dbe2 } .number { fill: #16181d; font-weight: 600 }
    .ours { fill: #2456d6 } .ours.faint { fill: #9fb6ef } .ceiling { fill: #9aa1ad } .ceiling.faint { fill: #cfd3da }
    .rowLock { fill: #c2410c }
    text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; font-size: 14px }
    @media (prefers-color-scheme: dark) {
      .ground { fill: #14161b } .title, .label, .number { fill: #eceef2 } .small { fill: #a2a9b6 } .axis { stroke: #343944 }
      .ours { fill: #6e97ff } .ours.faint { fill: #35508f } .ceiling { fill: #767d8a } .ceiling.faint { fill: #454b56 }
      .rowLock { fill: #f97316 }
    }`;

const escaped = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const text = (x, y, kind, label, anchor = 'start') =>
  `<text x="${Math.round(x)}" y="${y}" class="${kind}" text-anchor="${anchor}">${escaped(label)}</text>`;

/** A bar's number with an optional note. `note === false` draws the number in small print. */
function number(x, y, label, note) {
  if (note === false) return text(x, y, 'small', label);
  return `<text x="${x.toFixed(1)}" y="${y}"><tspan class="number">${label}</tspan><tspan class="small" dx="8">${escaped(note)}</tspan></text>`;
}

/**
 * @param {{title: string, subtitle: string, legend?: [string, string], rows: {label: string, kind: string,
 *   bars: number[], note: string}[]}} chart  a row's note belongs to its first bar
 */
function bars({ title, subtitle, legend, rows }) {
  const most = Math.max(...rows.flatMap((row) => row.bars));
  const scale = (value) => Math.max(2, (value / most) * (WIDTH - LABELS - NUMBERS - 12));
  const drawn = [];
  const top = TOP + (legend ? LEGEND : 0);
  let y = top;
  for (const { label, kind, bars: values, note } of rows) {
    const height = values.length * (BAR + GAP) - GAP;
    drawn.push(text(LABELS - 12, y + height / 2 + 5, 'label', label, 'end'));
    values.forEach((value, i) => {
      const [upper, width] = [y + i * (BAR + GAP), scale(value)];
      drawn.push(
        `<rect x="${LABELS}" y="${upper}" width="${width.toFixed(1)}" height="${BAR}" rx="2" class="${kind}${i ? ' faint' : ''}"/>`,
      );
      drawn.push(number(LABELS + width + 8, upper + BAR - 4, whole(value), i === 0 && note));
    });
    y += height + BETWEEN;
  }
  const height = y + 8;
  const key = legend?.map((label, i) => {
    const x = LABELS + i * 150;
    return `<rect x="${x}" y="${top - 24}" width="11" height="11" rx="2" class="ours${i ? ' faint' : ''}"/>${text(x + 17, top - 14, 'small', label)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">
  <title>${escaped(title)}</title>
  <style>${style}
  </style>
  <rect class="ground" width="${WIDTH}" height="${height}" rx="8"/>
  ${text(20, 30, 'title', title)}
  ${text(20, 48, 'small', subtitle)}
  ${(key ?? []).join('\n  ')}
  <line class="axis" x1="${LABELS}" y1="${top - 6}" x2="${LABELS}" y2="${y - BETWEEN + 6}"/>
  ${drawn.join('\n  ')}
</svg>
`;
}

const ratios = (rate, data) =>
  `${times(rate / data.rowLock.rate)},  ${share(rate / data['ceiling/512'].rate)} of the ceiling`;

export function holdsChart(data) {
  const ids = Object.keys(titles).filter((id) => data[id] ?? data[`${id}/512`]);
  const rows = ids.map((id) => {
    if (id === 'rowLock') return { label: titles[id], kind: id, bars: [data.rowLock.rate], note: '' };
    const [many, few] = [data[`${id}/512`].rate, data[`${id}/64`].rate];
    if (id === 'ceiling') return { label: titles[id], kind: id, bars: [many, few], note: '' };
    return { label: titles[id], kind: 'ours', bars: [many, few], note: ratios(many, data) };
  });
  return bars({
    title: 'Accepted holds a second on one hot product',
    subtitle:
      'Over HTTP with tokens, each hold durable before its response; × compares with the row lock, which uses no HTTP',
    legend: ['512 connections', '64 connections'],
    rows,
  });
}

export function mixedChart(data) {
  const rows = Object.entries(data).map(([id, { rate }]) => ({
    label: id === 'ceiling' ? 'Ceiling: holds, no database' : titles[id],
    kind: id === 'ceiling' ? id : 'ours',
    bars: [rate],
    note: id === 'ceiling' ? '' : `${share(rate / data.ceiling.rate)} of the ceiling`,
  }));
  return bars({
    title: 'Mixed calls a second: holds, orders and payments in equal parts',
    subtitle: '512 connections over HTTP, each change durable before its response',
    rows,
  });
}
