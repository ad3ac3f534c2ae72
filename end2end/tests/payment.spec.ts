// Payment outcomes. The sandbox provider sends signed webhooks over HTTP, as a real provider does.
import { expect, test } from '../support/fixtures.js';
import { cancelOrder, confirm, expectStatus, expectStock, payInSandbox, reserve } from '../support/steps.js';

/** For changes that a timer of at most 25 s triggers. */
const EXPIRY_TIMEOUT = { timeout: 60_000 };

test('declined: the order is cancelled and the stock is available again', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1 });
  const watcher = await newShopper();
  await watcher.goto('/products/lamp');
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await payInSandbox(page, 'Decline');
  await page.goto(order);
  await expectStatus(page, 'cancelled');
  await expect(page.getByText('you weren’t charged')).toBeVisible();
  await expectStock(watcher, { available: 1, held: 0, sold: 0 });
  await page.getByRole('link', { name: 'Back to the product' }).click();
  await expect(page.getByRole('button', { name: 'Reserve' })).toBeEnabled();
});

test('a webhook delivered twice counts once', async ({ page, shop }) => {
  await shop.addProduct({ stock: 2 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await payInSandbox(page, 'Deliver twice');
  await page.goto(order);
  await expectStatus(page, 'paid');
  expect(await shop.product('lamp')).toMatchObject({ available: 1, held: 0, pending: 0, sold: 1 });
});

test('a late payment while stock is left: the order is paid', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, paySeconds: 10 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await page.goto(`/sandbox/pay/${order.split('/').pop()}`);
  await expect.poll(async () => (await shop.product('lamp')).available, EXPIRY_TIMEOUT).toBe(1);
  await page.getByRole('button', { name: 'Pay late', exact: true }).click();
  await expect.poll(async () => (await shop.product('lamp')).sold).toBe(1);
  await page.goto(order);
  await expectStatus(page, 'paid');
});

test('my orders: payments and expired holds appear by themselves', async ({ page, context, shop }) => {
  await shop.addProduct({ stock: 5, holdSeconds: 25 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await reserve(page, 'lamp', 2);
  await page.goto('/orders');
  const [held, ordered] = [page.getByTestId('hold-row'), page.getByTestId('order-row')];
  await expect(held).toContainText(/0:[0-2]\d/);
  await expect(ordered).toContainText('Waiting for payment');
  const paymentTab = await context.newPage();
  await paymentTab.goto(order);
  await payInSandbox(paymentTab, 'Pay');
  await expect(ordered.locator('.badge')).toHaveText('Paid');
  await expect(held).toHaveCount(0, EXPIRY_TIMEOUT);
  await expect(ordered.locator('.badge')).toHaveText('Paid');
});

test('a second payment: the refund appears by itself', async ({ page, context, shop }) => {
  await shop.addProduct({ stock: 2 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  const paymentTab = await context.newPage();
  await paymentTab.goto(order);
  await payInSandbox(paymentTab, 'Pay');
  await expectStatus(page, 'paid');
  await expect(page.getByTestId('refund')).toHaveCount(0);
  await paymentTab.goto(order.replace('/orders/', '/sandbox/pay/'));
  await paymentTab.getByRole('button', { name: 'Pay late', exact: true }).click();
  await expect(page.getByTestId('refund')).toContainText('the order was already paid');
  await expectStatus(page, 'paid');
});

test('payment before the order: the reservation shows it, and the refund after expiry', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5, holdSeconds: 25 });
  await reserve(page, 'lamp', 2);
  const hold = page.url();
  await page.getByRole('link', { name: 'pay before ordering' }).click();
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await expect(page).toHaveURL(hold);
  await expect(page.getByText('We already have your payment')).toBeVisible();
  await page.reload();
  await expect(page.getByText('We already have your payment')).toBeVisible();
  await expect(page.getByText('You pay on the next page')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Place order' })).toBeVisible();
  await expect(page.getByTestId('hold-ended')).toBeVisible(EXPIRY_TIMEOUT);
  await expect(page.getByTestId('refund')).toContainText('99.80');
  await expect(page.getByTestId('refund')).toContainText('no order was placed for it');
});

test('a late payment while sold out: the order shows the refund', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 1 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await cancelOrder(page);
  await expectStatus(page, 'cancelled');
  const other = await newShopper();
  await reserve(other, 'lamp');
  await page.goto(order.replace('/orders/', '/sandbox/pay/'));
  await page.getByRole('button', { name: 'Pay late', exact: true }).click();
  await expect(page.getByTestId('refund')).toContainText('the units were gone');
  await expectStatus(page, 'cancelled');
  await expect(page.getByText('You weren’t charged')).toHaveCount(0);
  await expect(page.getByText(/Below you see (how far it is|when your payment was returned)/)).toBeVisible();
  expect(await shop.product('lamp')).toMatchObject({ available: 0, held: 1, pending: 0, sold: 0 });
});
