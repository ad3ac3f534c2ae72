// The payment provider's moods. It speaks to the shop by signed webhooks over HTTP, as a real one does.
import { expect, test } from '../shop/fixtures.js';
import { atProvider, confirm, expectStatus, expectStock, reserve } from '../shop/steps.js';

test('declined: the order is cancelled and the stock comes back', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1 });
  const watcher = await newShopper();
  await watcher.goto('/products/lamp');
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await atProvider(page, 'Decline');
  await page.goto(order);
  await expectStatus(page, 'cancelled');
  await expect(page.getByText('you were not charged')).toBeVisible();
  await expectStock(watcher, { available: 1, held: 0, sold: 0 });
  await page.getByRole('link', { name: 'Back to the product' }).click();
  await expect(page.getByRole('button', { name: 'Reserve' })).toBeEnabled();
});

test('delivered twice: it counts once', async ({ page, shop }) => {
  await shop.addProduct({ stock: 2 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await atProvider(page, 'Deliver twice');
  await page.goto(order);
  await expectStatus(page, 'paid');
  expect(await shop.product('lamp')).toMatchObject({ available: 1, held: 0, pending: 0, sold: 1 });
});

test('late money finds its stock still there: the order is paid', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, paySeconds: 4 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await page.goto(`/sandbox/pay/${order.split('/').pop()}`);
  await expect.poll(async () => (await shop.product('lamp')).available).toBe(1);
  await page.getByRole('button', { name: 'Pay late', exact: true }).click();
  await expect.poll(async () => (await shop.product('lamp')).sold).toBe(1);
  await page.goto(order);
  await expectStatus(page, 'paid');
});

test('my orders: what is paid elsewhere, or runs out, shows by itself', async ({ page, context, shop }) => {
  await shop.addProduct({ stock: 5, holdSeconds: 8 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await reserve(page, 'lamp', 2);
  await page.goto('/orders');
  const [held, ordered] = [page.getByTestId('hold-row'), page.getByTestId('order-row')];
  await expect(held).toContainText(/Yours for 0:0\d/);
  await expect(ordered).toContainText('Waiting for payment');
  const till = await context.newPage();
  await till.goto(order);
  await atProvider(till, 'Pay');
  await expect(ordered.locator('.badge')).toHaveText('Paid');
  await expect(held).toHaveCount(0, { timeout: 10_000 });
  await expect(ordered.locator('.badge')).toHaveText('Paid');
});

test('paid once more while the order is looked at: what goes back shows by itself', async ({ page, context, shop }) => {
  await shop.addProduct({ stock: 2 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  const till = await context.newPage();
  await till.goto(order);
  await atProvider(till, 'Pay');
  await expectStatus(page, 'paid');
  await expect(page.getByTestId('refund')).toHaveCount(0);
  await till.goto(order.replace('/orders/', '/sandbox/pay/'));
  await till.getByRole('button', { name: 'Pay late', exact: true }).click();
  await expect(page.getByTestId('refund')).toContainText('had been paid by another payment');
  await expectStatus(page, 'paid');
});

test('money before the order: the reservation says so, and what becomes of it', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5, holdSeconds: 12 });
  await reserve(page, 'lamp', 2);
  const hold = page.url();
  await page.getByRole('link', { name: 'pay before ordering' }).click();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await expect(page).toHaveURL(hold);
  await expect(page.getByText('Your payment is here already')).toBeVisible();
  await page.reload();
  await expect(page.getByText('Your payment is here already')).toBeVisible();
  await expect(page.getByText('Confirming costs nothing yet')).toHaveCount(0);
  await expect(page.getByTestId('hold-ended')).toBeVisible({ timeout: 15_000 });
  await expect(page.getByTestId('refund')).toContainText('99.80');
  await expect(page.getByTestId('refund')).toContainText('no order was placed for it');
});

test('late money finds nothing left: it goes back, and the order says so', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await page.getByRole('button', { name: 'Cancel order' }).click();
  await expectStatus(page, 'cancelled');
  const other = await newShopper();
  await reserve(other, 'lamp');
  await page.goto(order.replace('/orders/', '/sandbox/pay/'));
  await page.getByRole('button', { name: 'Pay late', exact: true }).click();
  await expect(page.getByTestId('refund')).toContainText('the units were gone by then');
  await expectStatus(page, 'cancelled');
  await expect(page.getByText('You were not charged')).toHaveCount(0);
  await expect(page.getByText('What was paid goes back to you')).toBeVisible();
  expect(await shop.product('lamp')).toMatchObject({ available: 0, held: 1, pending: 0, sold: 0 });
});
