// A product page whose event stream breaks a hundred times in different ways while stock changes. The page shows that the
// connection is lost, reconnects by itself, never shows an older number after a newer one, and ends with the right numbers.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { breakModes, FlakyProxy } from '../../interop/flaky_proxy.mjs';
import { ApiClient } from '../support/api_client.js';
import { expect, test } from '../support/fixtures.js';
import { connection, expectNotReloaded, expectStock, markDocument } from '../support/steps.js';

const BREAKS = 100;
const BREAKS_TIMEOUT = { timeout: 80_000 };

// Browser messages about broken streams.
const brokenStream = [
  /^(console error: Failed to load resource: net::ERR_|request failed: GET ).*\/live\/products\/[0-9a-f-]{36}\b/,
  /^console error: EventSource's response has a (MIME type|status)/,
];

test('the stream breaks a hundred times while stock changes', async ({ page, shop, pageMonitor }) => {
  test.setTimeout(240_000);
  pageMonitor.allow(...brokenStream);
  const product = await shop.addProduct({ stock: 5_000, holdSeconds: 600 });
  const client = await ApiClient.for(shop);
  let connected = 0;
  let resume = () => {};
  const resumed = new Promise<void>((resolve) => (resume = resolve));
  const proxy = await FlakyProxy.start(shop.url, {
    breaks: BREAKS,
    maxEvents: 1,
    // Stock changes while the page is disconnected. Half-way, the proxy waits until the test has checked the page.
    onConnect: async () => {
      connected += 1;
      await client.hold(product);
      if (connected === BREAKS / 2) await resumed;
    },
  });

  await recordPage(page);
  await page.goto(`${proxy.url}/products/lamp`);
  await markDocument(page);
  const holds = (async () => {
    while (proxy.breakCount < BREAKS) {
      await client.hold(product);
      await sleep(20);
    }
  })();
  await expect.poll(() => connected, BREAKS_TIMEOUT).toBe(BREAKS / 2);
  await expect(connection(page)).toHaveText('Reconnecting…');
  await expect(connection(page)).toBeVisible();
  resume();
  await expect.poll(() => proxy.breakCount, BREAKS_TIMEOUT).toBe(BREAKS);
  await holds;

  await expect(connection(page)).toHaveText('Live');
  const { available, held, sold } = await shop.product('lamp');
  await expectStock(page, { available, held, sold });
  await expectNotReloaded(page);
  const { states, counts } = await recordedPage(page);
  // No hold was released, so the number available may never have risen.
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  // Not every break reaches the page: some come before the connection is open. Hence the lower bounds.
  expect(new Set(proxy.connections.slice(0, BREAKS).map(({ mode }) => mode))).toEqual(new Set(breakModes));
  expect(counts.length).toBeGreaterThan(BREAKS / 3);
  expect(states.filter((state) => state === 'lost').length).toBeGreaterThan(BREAKS / 2);
  expect(states.at(-1)).toBe('live');
  await page.close();
  await proxy.close();
});

/** Records each connection state and each available number that the page shows. */
async function recordPage(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shown = { states: [] as string[], counts: [] as number[] };
    const record = <T>(list: T[], value: T) => list.at(-1) === value || list.push(value);
    new MutationObserver(() => {
      const state = document.querySelector('[data-testid="connection"]')?.getAttribute('data-state');
      const available = document.querySelector('[data-testid="available"]')?.textContent;
      if (state) record(shown.states, state);
      if (available) record(shown.counts, Number(available));
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    Object.assign(window, { shown });
  });
}

async function recordedPage(page: Page): Promise<{ states: string[]; counts: number[] }> {
  return page.evaluate(() => (window as unknown as { shown: { states: string[]; counts: number[] } }).shown);
}
