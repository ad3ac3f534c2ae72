// Layout stability: nothing moves during hydration or when numbers change.
import type { Page } from '@playwright/test';
import { ApiClient } from '../support/api_client.js';
import { expect, test } from '../support/fixtures.js';
import { confirm, connection, detailsField, expectStatus, expectStock, fillDetails, payButton, payInSandbox, RECIPIENT, reserve, waitForTick } from '../support/steps.js';

const MAX_LAYOUT_SHIFT = 0.02;

const viewports = [
  { name: 'wide', viewport: { width: 1280, height: 800 } },
  { name: 'phone', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
];

for (const { name, ...options } of viewports) {
  test.describe(name, () => {
    test.use(options);

    test(`layout is stable: ${name}`, async ({ page, shop, pageMonitor }) => {
      pageMonitor.allow(/\b422\b.*\/actions\/order/);
      await shop.seed();
      const product = await shop.addProduct({ stock: 12, ships: true });
      const client = await ApiClient.for(shop);
      await recordShifts(page);

      await page.goto('/');
      await expect(connection(page)).toHaveText('Live');
      await client.hold(product, 3);
      await expect(page.getByTestId('product-card').filter({ hasText: 'Desk Lamp' })).toContainText('9 of 12 available');
      await expectStable(page, 'home page');

      await page.goto('/products/lamp');
      await expect(connection(page)).toHaveText('Live');
      const rest = await client.hold(product, 9);
      await expectStock(page, { available: 0, held: 12 });
      await expect(page.getByRole('heading', { name: 'All taken for now' })).toBeVisible();
      await client.release(rest);
      await expectStock(page, { available: 9, held: 3 });
      await expectStable(page, 'a product, sold out and available again');

      await reserve(page, 'lamp');
      await waitForTick(page);
      await expectStable(page, 'a reservation');
      await fillDetails(page, { ...RECIPIENT, postal_code: '' });
      await payButton(page).click();
      await expect(detailsField(page, 'postal_code')).toHaveAttribute('aria-invalid', 'true');
      await waitForTick(page);
      await expectStable(page, 'a checkout with a mistake');
      const order = await confirm(page, RECIPIENT);
      await expect(connection(page)).toHaveText('Live');
      await waitForTick(page);
      await expectStable(page, 'an order');
      const paymentTab = await page.context().newPage();
      await paymentTab.goto(order);
      await payInSandbox(paymentTab, 'Pay');
      await expectStatus(page, 'paid');
      await expectStable(page, 'a paid order');
      await reserve(page, 'lamp');
      await page.goto('/orders');
      await expect(page.getByTestId('order-row').locator('time')).not.toContainText('UTC');
      await expectStable(page, 'my orders');
    });
  });
}

type Shift = { value: number; elements: string[] };

/** Records each layout shift of each page from now on. */
async function recordShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: Shift[] = [];
    type Entry = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Node }[] };
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries() as Entry[]) {
        shifts.push({ value, elements: sources.map(({ node }) => node?.parentElement?.outerHTML.slice(0, 120) ?? '') });
      }
    }).observe({ type: 'layout-shift', buffered: true });
    Object.assign(window, { shifts });
  });
}

async function expectStable(page: Page, state: string): Promise<void> {
  // A shift is reported one frame after it is drawn.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  const shifts = await page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts);
  const sum = shifts.reduce((all, { value }) => all + value, 0);
  expect.soft(sum, `${state}: ${JSON.stringify(shifts)}`).toBeLessThan(MAX_LAYOUT_SHIFT);
}
