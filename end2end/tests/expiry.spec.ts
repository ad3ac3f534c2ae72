// Time runs out: for a hold, and for an order that nobody pays. The stock comes back by itself, and the page says so.
import { expect, test } from '../shop/fixtures.js';
import { confirm, expectNotReloaded, expectStatus, expectStock, mark, reserve } from '../shop/steps.js';

test('a hold that runs out', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 4 });
  const watcher = await newShopper();
  await watcher.goto('/products/lamp');
  await mark(watcher);
  await reserve(page, 'lamp');
  await expectStock(watcher, { available: 0, held: 1 });
  await expectStock(watcher, { available: 1, held: 0 });
  await expectNotReloaded(watcher);
  await expect(page.getByTestId('hold-ended')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Confirm order' })).toBeHidden();
});

test('an order that nobody pays', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1, paySeconds: 4 });
  const watcher = await newShopper();
  await watcher.goto('/products/lamp');
  await reserve(page, 'lamp');
  await confirm(page);
  await expectStatus(page, 'cancelled');
  await expectStock(watcher, { available: 1, held: 0, sold: 0 });
});

test('a sale that has not begun opens by itself', async ({ page, shop }) => {
  await shop.addProduct({ stock: 2, startsAt: new Date(Date.now() + 8_000) });
  await page.goto('/products/lamp');
  await expect(page.getByTestId('countdown')).toBeVisible();
  await mark(page);
  const button = page.getByRole('button', { name: 'Reserve' });
  await expect(button).toBeHidden();
  await expect(button).toBeEnabled();
  await expectNotReloaded(page);
  await button.click();
  await expect(page).toHaveURL(/\/checkout\//);
});

test('a sale opens by itself on the page of all drops, too', async ({ page, shop }) => {
  await shop.addProduct({ stock: 2, startsAt: new Date(Date.now() + 8_000) });
  await page.goto('/');
  const card = page.getByTestId('product-card');
  await expect(card).toContainText('Opens in');
  await mark(page);
  await expect(card).toContainText('On now');
  await expect(card).toContainText('2 of 2 available');
  await expectNotReloaded(page);
});

test('more time, once', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 60, extendSeconds: 3_600 });
  await reserve(page, 'lamp');
  const more = page.getByRole('button', { name: 'Add 1 hour' });
  await more.click();
  await expect(page.getByTestId('countdown')).toHaveText(/^(1:)?\d\d:\d\d$/);
  await expect(more).toBeHidden();
});

test('a sale that ends while it is looked at closes by itself', async ({ page, shop }) => {
  await shop.addProduct({ stock: 2, endsAt: new Date(Date.now() + 8_000) });
  await page.goto('/products/lamp');
  const button = page.getByRole('button', { name: 'Reserve' });
  await expect(button).toBeEnabled();
  await mark(page);
  await expect(page.getByRole('heading', { name: 'This sale is over' })).toBeVisible();
  await expect(button).toBeHidden();
  await expect(page.getByText('Not sold')).toBeVisible();
  await expectNotReloaded(page);
});

test('the time that is left is announced at thresholds, and not every second', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 13 });
  await page.addInitScript(() => {
    const said: string[] = [];
    new MutationObserver(() => {
      const text = document.querySelector('.hold-clock [aria-live]')?.textContent;
      if (!text || said.at(-1) === text) return;
      said.push(text);
      // The page is asked for anew in the end; the next one finds it there.
      sessionStorage.setItem('said', JSON.stringify(said));
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await reserve(page, 'lamp');
  await expect(page.getByTestId('hold-ended')).toBeVisible({ timeout: 20_000 });
  const said = await page.evaluate(() => JSON.parse(sessionStorage.getItem('said')!) as string[]);
  expect(said).toEqual(['Less than 30 seconds left to order.', 'Less than 10 seconds left to order.', 'The time is up: asking the shop.']);
});
