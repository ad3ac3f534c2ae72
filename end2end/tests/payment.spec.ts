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
  expect(await shop.product('lamp')).toMatchObject({ available: 0, held: 1, pending: 0, sold: 0 });
});
