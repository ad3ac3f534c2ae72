// A purchase: a shopper reserves, confirms and pays while another watches the stock.
import { expect, test } from '../support/fixtures.js';
import { cancelReservation, confirm, connection, expectNotReloaded, expectStatus, expectStock, markDocument, payInSandbox, reserve } from '../support/steps.js';

test('a purchase, and another shopper sees each step', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 3 });
  const watcher = await newShopper();
  await watcher.goto('/products/lamp');
  await expectStock(watcher, { available: 3, held: 0, sold: 0 });
  await markDocument(watcher);

  await reserve(page, 'lamp');
  await expect(page.getByTestId('countdown')).toBeVisible();
  await expectStock(watcher, { available: 2, held: 1, sold: 0 });

  const order = await confirm(page);
  const waiting = await page.context().newPage();
  await waiting.goto(order);
  await expectStatus(waiting, 'pending');

  await payInSandbox(page, 'Pay');
  await expectStatus(waiting, 'paid');
  for (const fact of ['Paid', 'Payment']) await expect(waiting.getByRole('term').filter({ hasText: fact }).first()).toBeVisible();
  await expectStock(watcher, { available: 2, held: 0, sold: 1 });
  await expectNotReloaded(watcher);

  await page.goto(order);
  await expectStatus(page, 'paid');
  await page.goto('/orders');
  await expect(page.locator(`a[href="${order}"]`).first()).toBeVisible();
});

test('a released unit is available again', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1 });
  const watcher = await newShopper();
  await watcher.goto('/products/lamp');
  await reserve(page, 'lamp');
  await expectStock(watcher, { available: 0, held: 1 });
  await cancelReservation(page);
  await expectStock(watcher, { available: 1, held: 0 });
});

test('hydration keeps the typed quantity', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5 });
  let hydrate = () => {};
  const typed = new Promise<void>((resolve) => (hydrate = resolve));
  await page.route('**/*.wasm', async (route) => {
    await typed;
    await route.continue();
  });
  await page.goto('/products/lamp', { waitUntil: 'commit' });
  await page.getByLabel('Quantity').fill('3');
  hydrate();
  await expect(connection(page)).toHaveText('Live');
  await page.getByRole('button', { name: 'One more' }).click();
  await expect(page.getByLabel('Quantity')).toHaveValue('4');
});

test('a hold belongs to the shopper who placed it', async ({ page, shop, newShopper, pageMonitor }) => {
  await shop.addProduct({ stock: 1 });
  await reserve(page, 'lamp');
  const checkout = new URL(page.url()).pathname;
  const order = await confirm(page);
  const stranger = await newShopper();
  pageMonitor.allow(/\b404\b/);
  expect((await stranger.goto(checkout))?.status()).toBe(404);
  expect((await stranger.goto(order))?.status()).toBe(404);
});
