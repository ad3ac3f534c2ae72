// The home page: the featured drop, the sections, and sales that open while the page is open.
import { expect, test } from '../support/fixtures.js';
import { confirm, connection, expectNotReloaded, expectStatus, inSeconds, markDocument, payInSandbox, reserve } from '../support/steps.js';

const HOUR_MS = 3_600_000;

/** For changes that a timer of at most 20 s triggers. */
const OPENING_TIMEOUT = { timeout: 60_000 };

test('the featured drop is the one that opened last, and follows the stock', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ slug: 'lamp', name: 'Desk Lamp', stock: 3 });
  await shop.addProduct({ slug: 'phone', name: 'Flash Phone', stock: 2 });
  await page.goto('/');
  const featured = page.locator('.featured');
  await expect(featured).toContainText('Flash Phone');
  await expect(featured).toContainText('2 of 2 available');
  await expect(page.getByTestId('product-card')).toHaveCount(2);
  await expect(connection(page)).toHaveText('Live');
  await markDocument(page);
  await reserve(await newShopper(), 'phone');
  await expect(featured).toContainText('1 of 2 available');
  await expectNotReloaded(page);
  // The whole card leads to the product.
  await featured.locator('.button').click({ force: true });
  await expect(page).toHaveURL(/\/products\/phone$/);
});

test('a coming sale opens in place, and its heading says so', async ({ page, shop }) => {
  await shop.addProduct({ slug: 'lamp', stock: 3 });
  await shop.addProduct({ slug: 'soon', stock: 2, startsAt: inSeconds(15) });
  await page.goto('/');
  const section = page.locator('section', { has: page.getByRole('heading', { name: 'Coming' }) });
  const card = section.getByTestId('product-card');
  await expect(card).toContainText('Opens in');
  await expect(section.getByText('just opened')).toBeHidden();
  await markDocument(page);
  await expect(card).toContainText('2 of 2 available', OPENING_TIMEOUT);
  await expect(section.getByText('just opened')).toBeVisible();
  await expectNotReloaded(page);
  await page.reload();
  await expect(page.locator('.featured')).toContainText('2 of 2 available');
  await expect(page.getByRole('heading', { name: 'Coming' })).toHaveCount(0);
});

test('a past drop has its result', async ({ page, shop }) => {
  const now = Date.now();
  await shop.addProduct({ slug: 'lamp', stock: 1 });
  await shop.addProduct({ slug: 'over', stock: 5, startsAt: new Date(now - 2 * HOUR_MS), endsAt: new Date(now - HOUR_MS) });
  await reserve(page, 'lamp');
  await confirm(page);
  await payInSandbox(page, 'Pay');
  await expectStatus(page, 'paid');
  await page.goto('/');
  const past = page.locator('section', { has: page.getByRole('heading', { name: 'Past' }) });
  await expect(past.getByTestId('result')).toHaveText(/^1 sold in (\d+ min )?\d+ s$/);
  await expect(past).toContainText('0 of 5 sold');
  await expect(page.getByRole('heading', { name: 'Nothing on sale right now' })).toBeVisible();
});
