// Expiry of holds, unpaid orders and sale windows. The stock returns and pages change by themselves.
import { expect, test } from '../support/fixtures.js';
import { confirm, connection, expectNotReloaded, expectStatus, expectStock, inSeconds, markDocument, payButton, recordText, reserve } from '../support/steps.js';

/** For changes that a timer of at most 20 s triggers. */
const EXPIRY_TIMEOUT = { timeout: 60_000 };

test('a hold expires', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 5 });
  const watcher = await newShopper();
  await watcher.goto('/products/lamp');
  await expect(connection(watcher)).toHaveText('Live');
  await markDocument(watcher);
  const availableShown = await recordText(watcher, 'available');
  await reserve(page, 'lamp');
  await expect.poll(availableShown).toEqual(['1', '0', '1']);
  await expectStock(watcher, { available: 1, held: 0 });
  await expectNotReloaded(watcher);
  await expect(page.getByTestId('hold-ended')).toBeVisible();
  await expect(payButton(page)).toBeHidden();
});

test('an unpaid order is cancelled', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1, paySeconds: 10 });
  const watcher = await newShopper();
  await watcher.goto('/products/lamp');
  await reserve(page, 'lamp');
  await confirm(page);
  await expectStatus(page, 'cancelled', EXPIRY_TIMEOUT);
  await expectStock(watcher, { available: 1, held: 0, sold: 0 });
});

test('a sale opens by itself', async ({ page, shop }) => {
  await shop.addProduct({ stock: 2, startsAt: inSeconds(15) });
  await page.goto('/products/lamp');
  await expect(page.getByTestId('countdown')).toBeVisible();
  await markDocument(page);
  const button = page.getByRole('button', { name: 'Reserve' });
  await expect(button).toBeHidden();
  await expect(button).toBeEnabled(EXPIRY_TIMEOUT);
  await expectNotReloaded(page);
  await button.click();
  await expect(page).toHaveURL(/\/checkout\//);
});

test('a sale opens by itself on the home page', async ({ page, shop }) => {
  await shop.addProduct({ stock: 2, startsAt: inSeconds(15) });
  await page.goto('/');
  const card = page.getByTestId('product-card');
  await expect(card).toContainText('Opens in');
  await markDocument(page);
  await expect(card).toContainText('On now', EXPIRY_TIMEOUT);
  await expect(card).toContainText('2 of 2 available');
  await expectNotReloaded(page);
});

test('a hold can be extended once', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 60, extendSeconds: 3_600 });
  await reserve(page, 'lamp');
  const more = page.getByRole('button', { name: 'Add 1 hour' });
  await more.click();
  await expect(page.getByTestId('countdown')).toHaveText(/^(1:)?\d\d:\d\d$/);
  await expect(more).toBeHidden();
});

test('a sale closes by itself', async ({ page, shop }) => {
  await shop.addProduct({ stock: 2, endsAt: inSeconds(15) });
  await page.goto('/products/lamp');
  const button = page.getByRole('button', { name: 'Reserve' });
  await expect(button).toBeEnabled();
  await markDocument(page);
  await expect(page.getByRole('heading', { name: 'This sale has ended' })).toBeVisible(EXPIRY_TIMEOUT);
  await expect(button).toBeHidden();
  await expect(page.getByText('Not sold')).toBeVisible();
  await expectNotReloaded(page);
});

test('the time left is announced at thresholds and not every second', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 20 });
  await page.addInitScript(() => {
    const announced: string[] = [];
    new MutationObserver(() => {
      const text = document.querySelector('.hold-countdown [aria-live]')?.textContent;
      if (!text || announced.at(-1) === text) return;
      announced.push(text);
      // The page reloads at the end, and session storage outlives that.
      sessionStorage.setItem('announced', JSON.stringify(announced));
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await reserve(page, 'lamp');
  await expect(page.getByTestId('hold-ended')).toBeVisible(EXPIRY_TIMEOUT);
  const announced = await page.evaluate(() => JSON.parse(sessionStorage.getItem('announced')!) as string[]);
  expect(announced).toEqual(['Less than 30 seconds left to order.', 'Less than 10 seconds left to order.', 'Time’s up. Checking with the shop…']);
});
