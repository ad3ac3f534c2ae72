// Nothing jumps under the finger: not while a page wakes up, and not while its numbers change.
import type { Page } from '@playwright/test';
import { Client } from '../shop/client.js';
import { expect, test } from '../shop/fixtures.js';
import { atProvider, confirm, connection, expectStatus, expectStock, reserve } from '../shop/steps.js';

const MOST = 0.02;

const windows = [
  { name: 'wide', viewport: { width: 1280, height: 800 } },
  { name: 'phone', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
];

for (const { name, ...look } of windows) {
  test.describe(name, () => {
    test.use(look);

    test(`nothing jumps: ${name}`, async ({ page, shop }) => {
      await shop.seed();
      const product = await shop.addProduct({ stock: 12 });
      const client = await Client.of(shop);
      await watchShifts(page);

      await page.goto('/');
      await expect(connection(page)).toHaveText('Live');
      await client.hold(product, 3);
      await expect(page.getByTestId('product-card').filter({ hasText: 'Desk Lamp' })).toContainText('9 of 12 available');
      await expectSteady(page, 'all drops');

      await page.goto('/products/lamp');
      await expect(connection(page)).toHaveText('Live');
      const rest = await client.hold(product, 9);
      await expectStock(page, { available: 0, held: 12 });
      await expect(page.getByRole('heading', { name: 'All taken for now' })).toBeVisible();
      await client.release(rest);
      await expectStock(page, { available: 9, held: 3 });
      await expectSteady(page, 'a product, sold out and back');

      await reserve(page, 'lamp');
      await expect(page.getByTestId('countdown')).toHaveText(/1:5\d/);
      await expectSteady(page, 'a reservation');
      const order = await confirm(page);
      await expect(connection(page)).toHaveText('Live');
      await expect(page.getByTestId('countdown')).toHaveText(/9:5\d/);
      await expectSteady(page, 'an order');
      const till = await page.context().newPage();
      await till.goto(order);
      await atProvider(till, 'Pay');
      await expectStatus(page, 'paid');
      await expectSteady(page, 'an order that is paid');
      await reserve(page, 'lamp');
      await page.goto('/orders');
      await expect(page.getByTestId('order-row').locator('time')).not.toContainText('UTC');
      await expectSteady(page, 'my orders');
    });
  });
}

type Shift = { value: number; what: string[] };

/** Keeps every shift of every page from now on. */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: Shift[] = [];
    type Entry = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Node }[] };
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries() as Entry[]) {
        shifts.push({ value, what: sources.map(({ node }) => node?.parentElement?.outerHTML.slice(0, 120) ?? '') });
      }
    }).observe({ type: 'layout-shift', buffered: true });
    Object.assign(window, { shifts });
  });
}

async function expectSteady(page: Page, what: string): Promise<void> {
  // What has been drawn is told one frame later.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  const shifts = await page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts);
  const sum = shifts.reduce((all, { value }) => all + value, 0);
  expect.soft(sum, `${what}: ${JSON.stringify(shifts)}`).toBeLessThan(MOST);
}
