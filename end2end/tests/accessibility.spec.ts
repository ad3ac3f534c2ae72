// axe finds no violation of WCAG 2.2 AA on any page in any state, in light and dark mode.
import { expectAccessible } from '../support/accessibility.js';
import { expect, test } from '../support/fixtures.js';
import { cancelReservation, confirm, connection, expectStatus, payInSandbox, reserve } from '../support/steps.js';

const HOUR_MS = 3_600_000;

test('axe: home page', async ({ page, shop }) => {
  await page.goto('/');
  await expect(page.getByText('No drops yet')).toBeVisible();
  await expectAccessible(page, 'no drops');
  await shop.seed();
  await page.goto('/');
  for (const section of ['Live now', 'Coming', 'Past']) await expect(page.getByRole('heading', { name: section })).toBeVisible();
  await expect(connection(page)).toHaveText('Live');
  await expectAccessible(page, 'live, coming and past drops');
});

test('axe: a product', async ({ page, shop, newShopper, context, pageMonitor }) => {
  pageMonitor.allow(/net::ERR_INTERNET_DISCONNECTED/);
  await shop.addProduct({ stock: 2, limit: 2 });
  await page.goto('/products/lamp');
  await expect(connection(page)).toHaveText('Live');
  await expectAccessible(page, 'available');

  await reserve(page, 'lamp');
  await page.goto('/products/lamp');
  await page.getByLabel('Quantity').fill('2');
  await page.getByRole('button', { name: 'Reserve' }).click();
  await expect(page.getByRole('alert')).toContainText('reached the limit');
  await expectAccessible(page, 'refused because of the limit');

  const other = await newShopper();
  await reserve(other, 'lamp');
  await page.goto('/products/lamp');
  await expect(page.getByRole('heading', { name: 'All taken for now' })).toBeVisible();
  await expectAccessible(page, 'all taken for now');

  await context.setOffline(true);
  await expect(connection(page)).toHaveText('Reconnecting…');
  await expectAccessible(page, 'the connection is lost');
});

test('axe: a product that is not for sale', async ({ page, shop }) => {
  const now = Date.now();
  await shop.addProduct({ slug: 'gone', stock: 1 });
  await shop.addProduct({ slug: 'coming', stock: 5, startsAt: new Date(now + HOUR_MS) });
  await shop.addProduct({ slug: 'over', stock: 5, startsAt: new Date(now - 2 * HOUR_MS), endsAt: new Date(now - HOUR_MS) });
  await reserve(page, 'gone');
  await confirm(page);
  await payInSandbox(page, 'Pay');
  await expectStatus(page, 'paid');
  for (const [slug, state] of [['gone', 'Sold out'], ['coming', 'The sale opens soon'], ['over', 'This sale has ended']] as const) {
    await page.goto(`/products/${slug}`);
    await expect(page.getByRole('heading', { name: state })).toBeVisible();
    await expect(connection(page)).toHaveText('Live');
    await expectAccessible(page, state);
  }
});

test('axe: a reservation', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5, extendSeconds: 60 });
  await shop.addProduct({ slug: 'quick', stock: 5, holdSeconds: 3 });
  await reserve(page, 'lamp');
  await expect(page.getByRole('button', { name: 'Add 1 minute' })).toBeVisible();
  await expectAccessible(page, 'active');
  const checkout = page.url();
  await confirm(page);
  await page.goto(checkout);
  await expect(page.getByRole('link', { name: 'Go to your order' })).toBeVisible();
  await expectAccessible(page, 'ordered');

  await reserve(page, 'quick');
  await expect(page.getByTestId('hold-ended')).toContainText('has expired');
  await expectAccessible(page, 'expired');
  await reserve(page, 'lamp');
  await cancelReservation(page);
  await expect(page.getByTestId('hold-ended')).toContainText('You cancelled this reservation');
  await expectAccessible(page, 'cancelled');
});

test('axe: an order, and my orders', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5 });
  await page.goto('/orders');
  await expect(page.getByText('Nothing here yet')).toBeVisible();
  await expectAccessible(page, 'no orders');

  await reserve(page, 'lamp');
  const declined = await confirm(page);
  await expect(connection(page)).toHaveText('Live');
  await expectAccessible(page, 'pending');
  await payInSandbox(page, 'Decline');
  await expect(page).toHaveURL(declined);
  await expectStatus(page, 'cancelled');
  await expectAccessible(page, 'cancelled');

  await reserve(page, 'lamp');
  const order = await confirm(page);
  await payInSandbox(page, 'Pay');
  await expectStatus(page, 'paid');
  await expectAccessible(page, 'paid');
  // The order is paid already, so this payment is refunded.
  await page.goto(order.replace('/orders/', '/sandbox/pay/'));
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  // The page follows the refund by itself until the money is back.
  await expect(page.getByTestId('refund')).toContainText('was returned');
  await expect(connection(page)).toHaveText('Live');
  await expectAccessible(page, 'a payment was returned');

  await reserve(page, 'lamp');
  await confirm(page);
  await reserve(page, 'lamp');
  await page.goto('/orders');
  await expect(page.getByTestId('hold-row')).toHaveCount(1);
  await expect(page.getByTestId('order-row')).toHaveCount(3);
  await expectAccessible(page, 'reserved, pending, paid and cancelled');
});

test('axe: the payment sandbox', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5 });
  await reserve(page, 'lamp');
  await page.getByRole('link', { name: 'pay before ordering' }).click();
  await expect(page.getByRole('button', { name: 'Pay' })).toBeVisible();
  await expectAccessible(page, 'before the order');
  await page.getByRole('button', { name: 'Pay' }).click();
  await expect(page.getByText('We already have your payment')).toBeVisible();
  await expectAccessible(page, 'a reservation that is paid for');
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await page.goto(order.replace('/orders/', '/sandbox/pay/'));
  await expectAccessible(page, 'an order');
});

test('axe: not found, and the problem pages', async ({ page, pageMonitor }) => {
  pageMonitor.allow(/\b404\b/);
  for (const path of ['/nowhere', '/products/nothing', '/problems', '/problems/sold-out']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(page, path);
  }
});

test.describe('with a PostgreSQL database', () => {
  test.use({ nodes: 2 });

  test('axe: internal error', async ({ page, shop, database, pageMonitor }) => {
    pageMonitor.allow(/\b500\b/);
    await shop.addProduct({ stock: 5 });
    await reserve(page, 'lamp');
    shop.allowErrors();
    await database!.execute('ALTER TABLE orders RENAME TO orders_renamed');
    try {
      expect((await page.goto('/orders'))?.status()).toBe(500);
      await expect(page.getByRole('heading', { name: 'Something went wrong on our side' })).toBeVisible();
      await expectAccessible(page, 'internal error');
    } finally {
      await database!.execute('ALTER TABLE orders_renamed RENAME TO orders');
    }
    expect((await page.goto('/orders'))?.status()).toBe(200);
  });
});
