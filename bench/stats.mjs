// Statistics of results and number formatting.

export function percentile(sorted, p) {
  return sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * p) / 100) - 1)];
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Returns the medians of several rounds: of the rate, and of each latency separately. */
export function medianRun(runs) {
  const of = (pick) => median(runs.map(pick));
  const ms = Object.fromEntries(Object.keys(runs[0].ms).map((name) => [name, of((run) => run.ms[name])]));
  return { rate: of((run) => run.rate), ms, rounds: runs };
}

export const whole = (n) => Math.round(n).toLocaleString('en-US');
export const millis = (n) => (n < 10 ? n.toFixed(2) : n.toFixed(1));
export const times = (n) => `${n < 10 ? n.toFixed(1) : Math.round(n)} ×`;
export const share = (n) => n.toFixed(2);
export const mebibytes = (bytes) => `${Math.round(bytes / 1024 / 1024)} MiB`;
export const kibibytes = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
