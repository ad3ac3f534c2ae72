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
