// The console's Live screen: it moves without a reload while shoppers buy, keeps what the operator has opened, and can be read
// in both themes, on a phone, and without JavaScript.
import type { Locator, Page } from '@playwright/test';
import { expectAccessible, expectTargetSizes } from '../support/accessibility.js';
import { invite, setUp } from '../support/console.js';
import { expect, test } from '../support/fixtures.js';
import { confirm, expectNotReloaded, inSeconds, markDocument, payInSandbox, reserve } from '../support/steps.js';
import type { Shop } from '../support/shop.js';

/** The screen is refreshed once a second. */
const REFRESH = { timeout: 15_000 };

async function signIn(page: Page, shop: Shop): Promise<void> {
  await setUp(page, await invite(shop, 'vera@example.com', 'viewer'));
}

/** The value of one of the big numbers. */
function figure(page: Page, name: string): Locator {
  const term = page.getByRole('term').filter({ hasText: new RegExp(`^${name}$`) });
  return page.locator('.figure').filter({ has: term }).locator('.figure-value');
}

function live(page: Page): Locator {
  return page.locator('[data-live-connection]');
}

/** A hold, an order and a paid order of one unit each, by shoppers. */
async function sell(newShopper: () => Promise<Page>): Promise<void> {
  await reserve(await newShopper(), 'lamp');
  const waiting = await newShopper();
  await reserve(waiting, 'lamp');
  await confirm(waiting);
  const paying = await newShopper();
  await reserve(paying, 'lamp');
  await confirm(paying);
  await payInSandbox(paying, 'Pay');
}

test('a sale moves without a reload', async ({ page, shop, newShopper }) => {
  await signIn(page, shop);
  await shop.addProduct({ stock: 8 });
  await page.goto('/admin');
  await expect(page).toHaveURL(/\/admin\/live$/);
  await page.getByRole('link', { name: 'Desk Lamp' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Desk Lamp' })).toBeVisible();
  await expect(live(page)).toHaveText('Live');
  await expect(page.locator('[data-live-refresh]')).toBeHidden();
  await expect(page.getByRole('navigation', { name: 'Screens' }).getByRole('link').first()).toHaveText('Live');

  await markDocument(page);
  const table = page.locator('#stock-chart-table');
  await table.locator('summary').click();
  await table.locator('summary').focus();
  await sell(newShopper);
  await expect(figure(page, 'In carts')).toHaveText('1', REFRESH);
  await expect(figure(page, 'Awaiting payment')).toHaveText('1', REFRESH);
  await expect(figure(page, 'Sold')).toHaveText('1', REFRESH);
  await expect(figure(page, 'Revenue')).toHaveText('$49.90', REFRESH);
  await expect(figure(page, 'Cart to payment')).toHaveText('33%', REFRESH);
  await expect(page.getByRole('img', { name: 'From cart to payment' })).toHaveAccessibleDescription(/3 units were put in a cart, 2 of them/);
  await expect(page.getByRole('img', { name: 'Stock over time' })).toHaveAccessibleDescription(/5 available, 1 in carts, 1 awaiting payment, 1 sold/);
  await expect(table).toHaveAttribute('open');
  await expect(table.locator('summary')).toBeFocused();
  await expectNotReloaded(page);

  // The chart tells what is under the pointer. Each refresh replaces it, so that a step may meet the one before.
  const chart = page.getByRole('img', { name: 'Stock over time' });
  await expect(async () => {
    await chart.scrollIntoViewIfNeeded({ timeout: 2000 });
    const box = (await chart.boundingBox({ timeout: 2000 }))!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect(page.locator('.crosshair-text')).toContainText('UTC: ', { timeout: 2000 });
  }).toPass(REFRESH);
  await page.mouse.move(0, 0);
  await expect(page.locator('.crosshair-text')).toHaveCount(0);
});

test('a sale opens, sells out, and ends as a record of itself', async ({ page, shop, newShopper }) => {
  await signIn(page, shop);
  await shop.addProduct({ stock: 1, startsAt: inSeconds(20) });
  await page.goto('/admin/live');
  await expect(page.getByRole('heading', { name: 'Opens next' })).toBeVisible();
  await page.getByRole('link', { name: 'Desk Lamp' }).click();
  await expect(page.getByText('Opens in')).toBeVisible();
  await expect(page.getByRole('img')).toHaveCount(0);
  await expect(page.getByText('On sale', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('img', { name: 'Stock over time' })).toBeVisible();
  const shopper = await newShopper();
  await reserve(shopper, 'lamp');
  await expect(page.getByText('All taken', { exact: true })).toBeVisible(REFRESH);
  await confirm(shopper);
  await payInSandbox(shopper, 'Pay');
  await expect(page.getByText('All 1 units are paid')).toBeVisible(REFRESH);
  await page.goto('/admin/live');
  await expect(page.getByRole('heading', { name: 'Finished' })).toBeVisible();
  await expect(page.locator('.sale-card')).toContainText('1 of 1 sold');
});

test('the screen says that it is not live when the session has ended', async ({ page, context, shop, pageMonitor }) => {
  pageMonitor.allow(/EventSource|live\/events/);
  await signIn(page, shop);
  await page.goto('/admin/live');
  await expect(live(page)).toHaveText('Live');
  const other = await context.newPage();
  await other.goto('/admin/account');
  await other.getByRole('button', { name: 'Sign out' }).first().click();
  await expect(live(page)).toHaveText(/Not live/, { timeout: 30_000 });
  await expect(page.getByRole('link', { name: 'Refresh' })).toBeVisible();
  await page.getByRole('link', { name: 'Refresh' }).click();
  await expect(page).toHaveURL(/\/admin\/sign-in\?next=/);
});

test('every state is accessible in light and dark', async ({ page, shop, newShopper }) => {
  await signIn(page, shop);
  await page.goto('/admin/live');
  await expectAccessible(page, 'no sales');
  await shop.addProduct({ stock: 8 });
  await shop.addProduct({ slug: 'chair', name: 'Chair', stock: 5, startsAt: inSeconds(3600) });
  await page.goto('/admin/live?product=lamp');
  await expectAccessible(page, 'untouched');
  await sell(newShopper);
  await page.goto('/admin/live');
  await page.getByText('Show the sales as a table').click();
  await expectAccessible(page, 'overview');
  await page.goto('/admin/live?product=lamp');
  for (const summary of await page.getByText('Show as a table').all()) await summary.click();
  await expectAccessible(page, 'a running sale');
  await page.goto('/admin/live?product=chair');
  await expectAccessible(page, 'before the opening');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true });

  test('nothing is cut off', async ({ page, shop, newShopper }) => {
    await signIn(page, shop);
    await shop.addProduct({ stock: 8 });
    await sell(newShopper);
    for (const path of ['/admin/live', '/admin/live?product=lamp']) {
      await page.goto(path);
      expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360);
      await expectTargetSizes(page, path);
    }
    await expect(page.getByRole('img', { name: 'Stock over time' })).toBeVisible();
    await expect(page.locator('.direct-labels')).toBeHidden();
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the screen is refreshed by a link', async ({ page, shop, newShopper }) => {
    await signIn(page, shop);
    await shop.addProduct({ stock: 8 });
    await page.goto('/admin/live?product=lamp');
    await expect(live(page)).toBeHidden();
    await sell(newShopper);
    await page.getByRole('link', { name: 'Refresh' }).click();
    await expect(figure(page, 'Sold')).toHaveText('1');
    await expect(page.getByRole('img', { name: 'Units a second' })).toBeVisible();
    const table = page.locator('#funnel-chart-table');
    await table.locator('summary').click();
    await expect(table.getByRole('row', { name: /^Paid 1 50% 33%$/ })).toBeVisible();
  });
});

test('nothing moves with reduced motion', async ({ page, shop, newShopper }) => {
  await signIn(page, shop);
  await shop.addProduct({ stock: 8 });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('/admin/live?product=lamp');
  await expect(live(page)).toHaveText('Live');
  await reserve(await newShopper(), 'lamp');
  await expect(figure(page, 'In carts')).toHaveText('1', REFRESH);
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});
