// Runs Lighthouse's mobile preset on a page several times in the system's browser and returns medians.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { median } from '../bench/stats.mjs';
import { findBrowser } from '../end2end/find_browser.mjs';

export const categories = ['performance', 'accessibility', 'best-practices', 'seo'];

// Chromium's own sandbox does not work for root, which is what containers mostly are.
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const chromeFlags = ['--headless=new', '--disable-gpu', '--no-first-run', '--disable-background-networking', ...asRoot];

/** Lighthouse sometimes fails to record a browser trace, which says nothing about the page, so a run is retried. */
const ATTEMPTS = 3;

/**
 * @param {{name: string, url: string, cookie: string, runs: number, results: string, listed: boolean}} page `listed` says
 *   whether search engines may index the page. If not, the score leaves out the audit of that.
 */
export async function visit({ name, url, cookie, runs, results, listed }) {
  const all = [];
  for (let run = 1; run <= runs; run += 1) {
    const { lhr, report } = await runOnce(url, cookie, listed);
    writeFileSync(join(results, `${name}-${run}.html`), report);
    writeFileSync(join(results, `${name}-${run}.json`), JSON.stringify(lhr, null, 1));
    all.push(lhr);
    const scores = categories.map((id) => score(lhr, id)).join(' ');
    console.error(`    ${name} ${run}/${runs}: ${scores}, layout shift ${shift(lhr).toFixed(3)}`);
  }
  return {
    name,
    scores: Object.fromEntries(categories.map((id) => [id, median(all.map((lhr) => score(lhr, id)))])),
    ms: Object.fromEntries(
      ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time'].map((id) => [
        id,
        median(all.map((lhr) => lhr.audits[id].numericValue)),
      ]),
    ),
    shift: Math.max(...all.map(shift)),
    imperfect: imperfect(all[0]),
    requests: all[0].audits['network-requests'].details.items,
  };
}

/** Runs Lighthouse once in a new browser with an empty cache. */
async function runOnce(url, cookie, listed) {
  for (let attempt = 1; ; attempt += 1) {
    const chrome = await launch({ chromePath: findBrowser(), chromeFlags });
    try {
      const extraHeaders = cookie ? { Cookie: cookie } : {};
      const skipAudits = listed ? null : ['is-crawlable'];
      const flags = { port: chrome.port, extraHeaders, skipAudits, output: 'html', logLevel: 'error' };
      const result = await lighthouse(url, { ...flags, onlyCategories: categories });
      if (!result.lhr.runtimeError) return result;
      if (attempt === ATTEMPTS) throw new Error(`${url}: ${result.lhr.runtimeError.message}`);
      console.error(`    ${url}: ${result.lhr.runtimeError.code}, retrying`);
    } finally {
      await chrome.kill();
    }
  }
}

const score = (lhr, id) => Math.round((lhr.categories[id].score ?? 0) * 100);
const shift = (lhr) => lhr.audits['cumulative-layout-shift'].numericValue;

/** Returns the audits that lower the score, by category. */
function imperfect(lhr) {
  return categories.flatMap((id) =>
    lhr.categories[id].auditRefs
      .filter(({ id: audit, weight }) => weight > 0 && (lhr.audits[audit].score ?? 1) < 1)
      .map(({ id: audit }) => {
        const { score: points, displayValue = '' } = lhr.audits[audit];
        return { category: id, audit, points, displayValue };
      }),
  );
}
