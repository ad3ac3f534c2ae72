// `make audit-web`: measures the storefront pages' transfer size, Lighthouse scores and rendering rate. tools/audit-web.sh
// builds the program and runs this file. The exit code is 1 if a budget is exceeded; reports are in target/audit-web.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kibibytes, share, whole } from '../bench/stats.mjs';
import { killAll } from '../bench/process.mjs';
import { root } from '../bench/settings.mjs';
import { goalsTable, table } from '../bench/table.mjs';
import { categories, visit } from './lighthouse.mjs';
import { Shop } from './shop.mjs';
import { throughput } from './throughput.mjs';
import { weigh } from './weight.mjs';

const RUNS = Number(process.env.RUNS || 3);
const MAX_CODE_BYTES = 150 * 1024;
const CODE_STRETCH_GOAL_BYTES = 120 * 1024;
const MIN_SCORES = { performance: 95, accessibility: 100, 'best-practices': 100, seo: 100 };
const MAX_LAYOUT_SHIFT = 0.02;
const MIN_PAGE_TO_FILE_RATIO = 0.25;

const results = join(root, 'target/audit-web');

async function measure(shop) {
  const checkout = await shop.reserve('lasting-phone');
  const order = await shop.order(await shop.reserve('lasting-phone'));
  const pages = [];
  for (const [name, path, listed] of [
    ['home', '/', true],
    ['product', '/products/flash-phone', true],
    ['checkout', checkout, false],
    ['order', order, false],
  ]) {
    const cookie = listed ? '' : shop.cookie;
    const result = await visit({ name, url: shop.url + path, cookie, runs: RUNS, results, listed });
    pages.push({ ...result, weight: weigh(result.requests, shop.url) });
  }
  const page = `${shop.url}/products/flash-phone`;
  const file = pages[1].requests.find(({ url }) => new URL(url).pathname.endsWith('.css')).url;
  const rates = await throughput(
    ['identity', 'br'].flatMap((encoding) => [
      { title: `product page, ${encoding}`, url: page, encoding },
      { title: `style sheet, ${encoding}`, url: file, encoding },
    ]),
    RUNS,
  );
  return { pages, rates };
}

function goals({ pages, rates }) {
  const { code } = pages.find(({ name }) => name === 'product').weight;
  const thirdParties = pages.flatMap(({ weight }) => weight.thirdParties);
  const shift = Math.max(...pages.map((page) => page.shift));
  const [page, file] = rates;
  return [
    {
      what: 'Product page: transferred WebAssembly and JavaScript',
      want: `<= ${kibibytes(MAX_CODE_BYTES)}`,
      got: kibibytes(code),
      met: code > 0 && code <= MAX_CODE_BYTES,
      aim: code <= CODE_STRETCH_GOAL_BYTES,
    },
    ...categories.map((id) => {
      const least = Math.min(...pages.map(({ scores }) => scores[id]));
      const want = MIN_SCORES[id];
      return { what: `Lighthouse: ${id}, worst page`, want: `>= ${want}`, got: `${least}`, met: least >= want };
    }),
    { what: 'Layout shift, worst run', want: `< ${MAX_LAYOUT_SHIFT}`, got: shift.toFixed(3), met: shift < MAX_LAYOUT_SHIFT },
    { what: 'Requests to third parties', want: '0', got: `${thirdParties.length}`, met: thirdParties.length === 0 },
    {
      what: 'Rate of rendered product pages, relative to a static file',
      want: `>= ${share(MIN_PAGE_TO_FILE_RATIO)}`,
      got: share(page.rate / file.rate),
      met: page.rate / file.rate >= MIN_PAGE_TO_FILE_RATIO,
    },
  ];
}

function tables({ pages, rates }) {
  const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
  return [
    {
      title: `Pages in Lighthouse's mobile preset (medians of ${RUNS} runs)`,
      head: ['', ...categories, 'first paint', 'largest paint', 'blocking', 'shift', 'code', 'style', 'requests'],
      rows: pages.map(({ name, scores, ms, shift, weight }) => [
        name,
        ...categories.map((id) => `${scores[id]}`),
        seconds(ms['first-contentful-paint']),
        seconds(ms['largest-contentful-paint']),
        `${Math.round(ms['total-blocking-time'])} ms`,
        shift.toFixed(3),
        kibibytes(weight.code),
        kibibytes(weight.style),
        `${weight.requests}`,
      ]),
      note: 'Search engines must not index checkout and order pages, so their score leaves out that audit.',
    },
    {
      title: 'Responses per second',
      head: ['', 'per second'],
      rows: rates.map(({ title, rate }) => [title, whole(rate)]),
      note: 'Server and load generator on one machine, 16 connections. Pages are rendered and compressed per request; files are precompressed.',
    },
    {
      title: 'Audits that lower the score',
      texts: 2,
      head: ['', 'audit', 'score', ''],
      rows: pages.flatMap(({ name, imperfect }) =>
        imperfect.map(({ audit, points, displayValue }) => [name, audit, share(points), displayValue]),
      ),
    },
  ].filter(({ rows }) => rows.length > 0);
}

async function main(folder) {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const shop = await Shop.open(folder);
  const found = await measure(shop);
  await shop.close();
  const verdicts = goals(found);
  const text = [...tables(found).map(table), goalsTable(verdicts)].join('\n');
  writeFileSync(join(results, 'report.md'), text);
  writeFileSync(join(results, 'report.json'), JSON.stringify({ ...found, goals: verdicts }, null, 1));
  console.log(`\n${text}\nIn target/audit-web: report.md, report.json, and each visit as HTML and JSON.`);
  return verdicts.every(({ met }) => met);
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
])
  process.on(signal, () => process.exit(code));
process.on('exit', killAll);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-audit-'));
const fine = await main(folder).catch((error) => {
  console.error(error);
  return false;
});
rmSync(folder, { recursive: true, force: true });
process.exit(fine ? 0 : 1);
