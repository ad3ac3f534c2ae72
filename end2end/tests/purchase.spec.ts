// The main job: a shopper reserves, confirms and pays, while others watch the stock.
import { expect, test } from '../shop/fixtures.js';
import { atProvider, confirm, expectNotReloaded, expectStatus, expectStock, mark, reserve } from '../shop/steps.js';

test('a purchase, and every step of it is seen by somebody who only watches', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 3 });
  const watcher = await newShopper();
  await watcher.goto('/products/lamp');
  await expectStock(watcher, { available: 3, held: 0, sold: 0 });
  await mark(watcher);

  await reserve(page, 'lamp');
  await expect(page.getByTestId('countdown')).toBeVisible();
  await expectStock(watcher, { available: 2, held: 1, sold: 0 });

  const order = await confirm(page);
  const waiting = await page.context().newPage();
  await waiting.goto(order);
  await expectStatus(waiting, 'pending');
  await mark(waiting);

  await atProvider(page, 'Pay');
  await expectStatus(waiting, 'paid');
  for (const fact of ['Paid', 'Payment']) await expect(waiting.getByRole('term').filter({ hasText: fact }).first()).toBeVisible();
  await expectNotReloaded(waiting);
  await expectStock(watcher, { available: 2, held: 0, sold: 1 });
  await expectNotReloaded(watcher);

  await page.goto(order);
  await expectStatus(page, 'paid');
  await page.goto('/orders');
  await expect(page.locator(`a[href="${order}"]`).first()).toBeVisible();
});

test('what was given back is for sale again', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1 });
  const watcher = await newShopper();
  await watcher.goto('/products/lamp');
  await reserve(page, 'lamp');
  await expectStock(watcher, { available: 0, held: 1 });
  await page.getByRole('button', { name: 'Give back' }).click();
  await expectStock(watcher, { available: 1, held: 0 });
});

test('what was typed before the page woke up is kept', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5 });
  let wake = () => {};
  const typed = new Promise<void>((resolve) => (wake = resolve));
  await page.route('**/*.wasm', async (route) => {
    await typed;
    await route.continue();
  });
  await page.goto('/products/lamp', { waitUntil: 'commit' });
  await page.getByLabel('Quantity').fill('3');
  wake();
  const more = page.getByRole('button', { name: 'One more' });
  await expect(async () => {
    await more.click();
    await expect(page.getByLabel('Quantity')).not.toHaveValue('3', { timeout: 100 });
  }).toPass();
  await expect(page.getByLabel('Quantity')).toHaveValue('4');
});

test('a hold belongs to the shopper who made it', async ({ page, shop, newShopper, witness }) => {
  await shop.addProduct({ stock: 1 });
  await reserve(page, 'lamp');
  const checkout = new URL(page.url()).pathname;
  const order = await confirm(page);
  const stranger = await newShopper();
  witness.tolerate(/\b404\b/);
  expect((await stranger.goto(checkout))?.status()).toBe(404);
  expect((await stranger.goto(order))?.status()).toBe(404);
});
