// A page whose live stream is cut a hundred times, each time in another way, while the stock changes: it says so, comes
// back by itself, never shows an older number after a newer one, and ends at the right ones.
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { breakModes, FlakyProxy } from '../../interop/flaky_proxy.mjs';
import { Client } from '../shop/client.js';
import { expect, test } from '../shop/fixtures.js';
import { connection, expectNotReloaded, expectStock, mark } from '../shop/steps.js';

const BREAKS = 100;
const BROKEN_WITHIN = { timeout: 45_000 };

// What the browser says of a stream that is cut, and of nothing else.
const cut = [
  /^(console error: Failed to load resource: net::ERR_|request failed: GET ).*\/api\/products\/[0-9a-f-]{36}\/events\b/,
  /^console error: EventSource's response has a (MIME type|status)/,
];

test('a hundred breaks of the stream, while the stock changes', async ({ page, shop, witness }) => {
  test.setTimeout(90_000);
  witness.tolerate(...cut);
  const product = await shop.addProduct({ stock: 5_000, holdSeconds: 600 });
  const client = await Client.of(shop);
  let returns = 0;
  let look = () => {};
  const looked = new Promise<void>((resolve) => (look = resolve));
  const wire = await Wire.to(shop.url, {
    breaks: BREAKS,
    whole: 1,
    // Something changes while the page hears nothing; half-way it hears nothing for as long as somebody looks at it.
    asked: async () => {
      returns += 1;
      await client.hold(product);
      if (returns === BREAKS / 2) await looked;
    },
  });

  await record(page);
  await page.goto(`${wire.url}/products/lamp`);
  await mark(page);
  const crowd = (async () => {
    while (wire.broken < BREAKS) {
      await client.hold(product);
      await pause(20);
    }
  })();
  await expect.poll(() => returns, BROKEN_WITHIN).toBe(BREAKS / 2);
  await expect(connection(page)).toHaveText('Reconnecting…');
  await expect(connection(page)).toBeVisible();
  look();
  await expect.poll(() => wire.broken, BROKEN_WITHIN).toBe(BREAKS);
  await crowd;

  await expect(connection(page)).toHaveText('Live');
  const { available, held, sold } = await shop.product('lamp');
  await expectStock(page, { available, held, sold });
  await expectNotReloaded(page);
  const { links, counts } = await recorded(page);
  // Nothing came back in this sale, so nothing may ever have seemed to.
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  // Every way of breaking was had. Some let an event through first, and some follow another before there is anything to lose.
  expect(new Set(wire.connections.slice(0, BREAKS).map(({ way }) => way))).toEqual(new Set(ways));
  expect(counts.length).toBeGreaterThan(BREAKS / 3);
  expect(links.filter((link) => link === 'lost').length).toBeGreaterThan(BREAKS / 2);
  expect(links.at(-1)).toBe('live');
  await page.close();
  await wire.close();
});

/** Keeps everything that the page shows from now on: how the connection stands, and how many are available. */
async function record(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shown = { links: [] as string[], counts: [] as number[] };
    const note = <T>(list: T[], value: T) => list.at(-1) === value || list.push(value);
    new MutationObserver(() => {
      const link = document.querySelector('[data-testid="connection"]')?.getAttribute('data-state');
      const available = document.querySelector('[data-testid="available"]')?.textContent;
      if (link) note(shown.links, link);
      if (available) note(shown.counts, Number(available));
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    Object.assign(window, { shown });
  });
}

async function recorded(page: Page): Promise<{ links: string[]; counts: number[] }> {
  return page.evaluate(() => (window as unknown as { shown: { links: string[]; counts: number[] } }).shown);
}
