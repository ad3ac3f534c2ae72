// The shop without JavaScript: plain forms and full page loads.
import { expect, test } from '../support/fixtures.js';
import { BUYER, cancelReservation, confirm, expectStatus, expectStock, fillDetails, inSeconds, payButton, payInSandbox, reserve } from '../support/steps.js';

/** For changes that a timer of at most 15 s and a reload of the page trigger. */
const EXPIRY_TIMEOUT = { timeout: 60_000 };

test.use({ javaScriptEnabled: false });

test('a purchase', async ({ page, shop }) => {
  await shop.addProduct({ stock: 3 });
  await page.goto('/');
  await page.locator('a[href="/products/lamp"]').first().click();
  await expectStock(page, { available: 3, held: 0, sold: 0 });

  await reserve(page, 'lamp');
  const order = await confirm(page);
  await payInSandbox(page, 'Pay');
  await page.goto(order);
  await expectStatus(page, 'paid');

  await page.goto('/products/lamp');
  await expectStock(page, { available: 2, held: 0, sold: 1 });
});

test('a declined payment', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await payInSandbox(page, 'Decline');
  await page.goto(order);
  await expectStatus(page, 'cancelled');
  await page.goto('/products/lamp');
  await expectStock(page, { available: 1, held: 0, sold: 0 });
});

test('another shopper takes the last unit', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1 });
  const late = await newShopper({ javaScriptEnabled: false });
  await late.goto('/products/lamp');
  await reserve(page, 'lamp');
  await late.getByRole('button', { name: 'Reserve' }).click();
  await expect(late).toHaveURL(/\/products\/lamp/);
  await expect(late.getByRole('alert')).toBeVisible();
});

test('a hold is released', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1 });
  await reserve(page, 'lamp');
  await cancelReservation(page);
  await page.goto('/products/lamp');
  await expectStock(page, { available: 1, held: 0 });
});

test('the limit per shopper', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5, limit: 2 });
  await reserve(page, 'lamp');
  await page.goto('/products/lamp');
  await page.getByLabel('Quantity').fill('2');
  await page.getByRole('button', { name: 'Reserve' }).click();
  await expect(page.getByRole('alert')).toContainText('up to 1 more');
  await expect(page.getByLabel('Quantity')).toHaveValue('1');
  expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 1 });
});

test('a hold expires: the page reloads by itself', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 4 });
  await reserve(page, 'lamp');
  await expect(page.locator('.hold-countdown')).toHaveText(/^\s*Reserved for you until \d.*UTC\s*$/, { useInnerText: true });
  await expect(page.getByTestId('hold-ended')).toContainText('has expired');
  await expect(payButton(page)).toBeHidden();
});

test('ordering an expired hold', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 6 });
  await reserve(page, 'lamp');
  // The page may be older than the reservation, for example after the browser was in the background.
  await page.route('**/actions/order', async (route) => {
    await expect.poll(async () => (await shop.product('lamp')).available).toBe(1);
    await route.continue();
  });
  const response = page.waitForResponse('**/actions/order');
  await fillDetails(page, BUYER);
  await payButton(page).click();
  expect((await response).status()).toBe(303);
  await expect(page.getByTestId('hold-ended')).toContainText('has expired');
  expect(await shop.product('lamp')).toMatchObject({ available: 1, held: 0, pending: 0 });
});

test('an unpaid order: the page reloads by itself', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, paySeconds: 10 });
  await reserve(page, 'lamp');
  await confirm(page);
  await expectStatus(page, 'cancelled', EXPIRY_TIMEOUT);
  await expect(page.getByText('The time to pay ran out')).toBeVisible();
});

test('a sale opens by itself', async ({ page, shop }) => {
  await shop.addProduct({ stock: 2, startsAt: inSeconds(15) });
  await page.goto('/products/lamp');
  const button = page.getByRole('button', { name: 'Reserve' });
  await expect(button).toBeHidden();
  await expect(button).toBeEnabled(EXPIRY_TIMEOUT);
  await button.click();
  await expect(page).toHaveURL(/\/checkout\//);
});
