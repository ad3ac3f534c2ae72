// Refusals: each tells the shopper the reason.
import { ApiClient } from '../support/api_client.js';
import { expect, test } from '../support/fixtures.js';
import { expectStock, reserve } from '../support/steps.js';

const UNKNOWN_ID = '0198c0de-0000-7000-8000-000000000000';

test('the limit per shopper', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5, limit: 1 });
  await reserve(page, 'lamp');
  const checkout = page.url();
  await page.goto('/products/lamp');
  await expect(page.getByTestId('held-panel')).toContainText('as many as one shopper can have');
  await expect(page.getByRole('button', { name: 'Reserve' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Back to checkout' }).click();
  await expect(page).toHaveURL(checkout);
  expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 1 });
});

test('over the limit: the field holds what is allowed, which succeeds', async ({ page, shop }) => {
  await shop.addProduct({ stock: 9, limit: 3 });
  await reserve(page, 'lamp');
  await page.goto('/products/lamp');
  await page.getByLabel('Quantity').fill('3');
  await page.getByRole('button', { name: 'Reserve' }).click();
  const notice = page.getByRole('alert');
  await expect(notice).toContainText('up to 2 more');
  const field = page.getByLabel('Quantity');
  await expect(notice).toContainText('set the quantity to 2');
  await expect(field).toHaveValue('2');
  await expect(field).toHaveAttribute('aria-describedby', (await notice.getAttribute('id'))!);
  await page.getByRole('button', { name: 'Reserve' }).click();
  await expect(page).toHaveURL(/\/checkout\//);
  expect(await shop.product('lamp')).toMatchObject({ available: 6, held: 3 });
});

test('too few units, then enough: the refusal changes and the button does not move', async ({ page, shop }) => {
  const product = await shop.addProduct({ stock: 3 });
  const client = await ApiClient.for(shop);
  const othersHold = await client.hold(product, 2);
  await page.goto('/products/lamp');
  await page.getByLabel('Quantity').fill('2');
  const button = page.getByRole('button', { name: 'Reserve' });
  await button.click();
  const [before, after] = ['Not that many left', 'There are enough again'].map((words) => page.getByText(words));
  await expect(before!).toBeVisible();
  await expect(after!).toBeHidden();
  await expect(page.getByLabel('Quantity')).toHaveValue('1');
  await expect(page.getByTestId('connection')).toHaveText('Live');
  const buttonTop = (await button.boundingBox())!.y;
  await client.release(othersHold);
  await expect(after!).toBeVisible();
  await expect(before!).toBeHidden();
  expect(Math.abs((await button.boundingBox())!.y - buttonTop)).toBeLessThan(1);
  await button.click();
  await expect(page).toHaveURL(/\/checkout\//);
});

test('sold out while others hold units: they may become available', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1 });
  await reserve(page, 'lamp');
  const late = await newShopper();
  await late.goto('/products/lamp');
  await expectStock(late, { available: 0, held: 1 });
  await expect(late.getByText('a unit that comes back goes on sale here right away')).toBeVisible();
  await expect(late.getByRole('button', { name: 'Reserve' })).toBeDisabled();
});

for (const path of ['/products/nothing', `/checkout/${UNKNOWN_ID}`, `/orders/${UNKNOWN_ID}`, `/sandbox/pay/${UNKNOWN_ID}`, '/checkout/x', '/nowhere']) {
  test(`404: ${path.replace(UNKNOWN_ID, '{unknown}')}`, async ({ page, pageMonitor }) => {
    pageMonitor.allow(/\b404\b/);
    const response = await page.goto(path);
    expect(response?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('a[href="/"]').first()).toBeVisible();
  });
}
