// Every "no" of the shop, and that it says why.
import { Client } from '../shop/client.js';
import { expect, test } from '../shop/fixtures.js';
import { expectStock, reserve } from '../shop/steps.js';

const NOBODY = '0198c0de-0000-7000-8000-000000000000';

test('no more than the limit', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5, limit: 1 });
  await reserve(page, 'lamp');
  await page.goto('/products/lamp');
  await page.getByRole('button', { name: 'Reserve' }).click();
  await expect(page.getByRole('alert')).toContainText('limit for one shopper');
  expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 1 });
});

test('over the limit: the field says so, and a number that is allowed is taken', async ({ page, shop }) => {
  await shop.addProduct({ stock: 9, limit: 3 });
  await reserve(page, 'lamp');
  await page.goto('/products/lamp');
  await page.getByLabel('Quantity').fill('3');
  await page.getByRole('button', { name: 'Reserve' }).click();
  const notice = page.getByRole('alert');
  await expect(notice).toContainText('2 more at most');
  const field = page.getByLabel('Quantity');
  await expect(field).toHaveValue('3');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAttribute('aria-describedby', (await notice.getAttribute('id'))!);
  await field.fill('2');
  await page.getByRole('button', { name: 'Reserve' }).click();
  await expect(page).toHaveURL(/\/checkout\//);
  expect(await shop.product('lamp')).toMatchObject({ available: 6, held: 3 });
});

test('too few, and then enough: the refusal says so, and the button stays where it is', async ({ page, shop }) => {
  const product = await shop.addProduct({ stock: 3 });
  const client = await Client.of(shop);
  const theirs = await client.hold(product, 2);
  await page.goto('/products/lamp');
  await page.getByLabel('Quantity').fill('2');
  const button = page.getByRole('button', { name: 'Reserve' });
  await button.click();
  const [before, after] = ['Not as many as you asked for', 'Somebody was faster, but there are more'].map((words) => page.getByText(words));
  await expect(before!).toBeVisible();
  await expect(after!).toBeHidden();
  await expect(page.getByTestId('connection')).toHaveText('Live');
  const place = (await button.boundingBox())!.y;
  await client.release(theirs);
  await expect(after!).toBeVisible();
  await expect(before!).toBeHidden();
  expect(Math.abs((await button.boundingBox())!.y - place)).toBeLessThan(1);
  await button.click();
  await expect(page).toHaveURL(/\/checkout\//);
});

test('sold out while others still hold some: it may come back', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1 });
  await reserve(page, 'lamp');
  const late = await newShopper();
  await late.goto('/products/lamp');
  await expectStock(late, { available: 0, held: 1 });
  await expect(late.getByText('What they give back, or let run out, is for sale here the same second.')).toBeVisible();
  await expect(late.getByRole('button', { name: 'Reserve' })).toBeDisabled();
});

for (const path of ['/products/nothing', `/checkout/${NOBODY}`, `/orders/${NOBODY}`, `/sandbox/pay/${NOBODY}`, '/checkout/x', '/nowhere']) {
  test(`404: ${path.replace(NOBODY, '{unknown}')}`, async ({ page, witness }) => {
    witness.tolerate(/\b404\b/);
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('a[href="/"]').first()).toBeVisible();
  });
}
