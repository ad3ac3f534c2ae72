// The same shop without JavaScript: plain forms, full pages, nothing lost.
import { expect, test } from '../shop/fixtures.js';
import { atProvider, confirm, expectStatus, expectStock, reserve } from '../shop/steps.js';

test.use({ javaScriptEnabled: false });

test('a purchase', async ({ page, shop }) => {
  await shop.addProduct({ stock: 3 });
  await page.goto('/');
  await page.locator('a[href="/products/lamp"]').first().click();
  await expectStock(page, { available: 3, held: 0, sold: 0 });

  await reserve(page, 'lamp');
  const order = await confirm(page);
  await atProvider(page, 'Pay');
  await page.goto(order);
  await expectStatus(page, 'paid');

  await page.goto('/products/lamp');
  await expectStock(page, { available: 2, held: 0, sold: 1 });
});

test('a declined payment', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await atProvider(page, 'Decline');
  await page.goto(order);
  await expectStatus(page, 'cancelled');
  await page.goto('/products/lamp');
  await expectStock(page, { available: 1, held: 0, sold: 0 });
});

test('the last unit is somebody else’s', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1 });
  const late = await newShopper({ javaScriptEnabled: false });
  await late.goto('/products/lamp');
  await reserve(page, 'lamp');
  await late.getByRole('button', { name: 'Reserve' }).click();
  await expect(late).toHaveURL(/\/products\/lamp/);
  await expect(late.getByRole('alert')).toBeVisible();
});

test('a hold that was given back', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1 });
  await reserve(page, 'lamp');
  await page.getByRole('button', { name: 'Give back' }).click();
  await page.goto('/products/lamp');
  await expectStock(page, { available: 1, held: 0 });
});

test('no more than the limit', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5, limit: 2 });
  await reserve(page, 'lamp');
  await page.goto('/products/lamp');
  await page.getByLabel('Quantity').fill('2');
  await page.getByRole('button', { name: 'Reserve' }).click();
  await expect(page.getByRole('alert')).toContainText('1 more at most');
  await expect(page.getByLabel('Quantity')).toHaveValue('2');
  expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 1 });
});

test('a hold that runs out: the page asks by itself', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 4 });
  await reserve(page, 'lamp');
  await expect(page.getByTestId('hold-ended')).toContainText('ran out');
  await expect(page.getByRole('button', { name: 'Confirm order' })).toBeHidden();
});

test('confirmed too late', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 4 });
  await reserve(page, 'lamp');
  // Whoever looks away from the page may press on one that is older than the reservation.
  await page.route('**/actions/order', async (route) => {
    await expect.poll(async () => (await shop.product('lamp')).available).toBe(1);
    await route.continue();
  });
  await page.getByRole('button', { name: 'Confirm order' }).click();
  await expect(page.getByTestId('hold-ended')).toContainText('ran out');
  expect(await shop.product('lamp')).toMatchObject({ available: 1, held: 0, pending: 0 });
});

test('an order that nobody pays: the page asks by itself', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, paySeconds: 4 });
  await reserve(page, 'lamp');
  await confirm(page);
  await expectStatus(page, 'cancelled', { timeout: 20_000 });
  await expect(page.getByText('The time to pay ran out')).toBeVisible();
});

test('a sale that has not begun opens by itself', async ({ page, shop }) => {
  await shop.addProduct({ stock: 2, startsAt: new Date(Date.now() + 8_000) });
  await page.goto('/products/lamp');
  const button = page.getByRole('button', { name: 'Reserve' });
  await expect(button).toBeHidden();
  await expect(button).toBeEnabled({ timeout: 20_000 });
  await button.click();
  await expect(page).toHaveURL(/\/checkout\//);
});
