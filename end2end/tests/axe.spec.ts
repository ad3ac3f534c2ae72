// Every page in every state it can be in, as axe sees it: no violation of WCAG 2.2 AA, in light and in dark.
import { expectAccessible } from '../shop/axe.js';
import { expect, test } from '../shop/fixtures.js';
import { atProvider, confirm, connection, expectStatus, reserve } from '../shop/steps.js';

const HOUR_MS = 3_600_000;

test('axe: all drops', async ({ page, shop }) => {
  await page.goto('/');
  await expect(page.getByText('The shelf is empty')).toBeVisible();
  await expectAccessible(page, 'no drops');
  await shop.seed();
  await page.goto('/');
  for (const section of ['On now', 'Coming up', 'Past drops']) await expect(page.getByRole('heading', { name: section })).toBeVisible();
  await expect(connection(page)).toHaveText('Live');
  await expectAccessible(page, 'live, coming and past drops');
});

test('axe: a product', async ({ page, shop, newShopper, context }) => {
  await shop.addProduct({ stock: 2, limit: 1 });
  await page.goto('/products/lamp');
  await expect(connection(page)).toHaveText('Live');
  await expectAccessible(page, 'available');

  await reserve(page, 'lamp');
  await page.goto('/products/lamp');
  await page.getByRole('button', { name: 'Reserve' }).click();
  await expect(page.getByRole('alert')).toContainText('limit for one shopper');
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

test('axe: a product that cannot be had', async ({ page, shop }) => {
  const now = Date.now();
  await shop.addProduct({ slug: 'gone', stock: 1 });
  await shop.addProduct({ slug: 'coming', stock: 5, startsAt: new Date(now + HOUR_MS) });
  await shop.addProduct({ slug: 'over', stock: 5, startsAt: new Date(now - 2 * HOUR_MS), endsAt: new Date(now - HOUR_MS) });
  await reserve(page, 'gone');
  await confirm(page);
  await atProvider(page, 'Pay');
  await expectStatus(page, 'paid');
  for (const [slug, standing] of [['gone', 'Sold out'], ['coming', 'The sale opens soon'], ['over', 'This sale is over']] as const) {
    await page.goto(`/products/${slug}`);
    await expect(page.getByRole('heading', { name: standing })).toBeVisible();
    await expect(connection(page)).toHaveText('Live');
    await expectAccessible(page, standing);
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
  await expect(page.getByTestId('hold-ended')).toContainText('ran out');
  await expectAccessible(page, 'expired');
  await reserve(page, 'lamp');
  await page.getByRole('button', { name: 'Give back' }).click();
  await expect(page.getByTestId('hold-ended')).toContainText('gave this reservation back');
  await expectAccessible(page, 'given back');
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
  await atProvider(page, 'Decline');
  await expect(page).toHaveURL(declined);
  await expectStatus(page, 'cancelled');
  await expectAccessible(page, 'cancelled');

  await reserve(page, 'lamp');
  const order = await confirm(page);
  await atProvider(page, 'Pay');
  await expectStatus(page, 'paid');
  await expectAccessible(page, 'paid');
  // Paid by another payment already: this one goes back.
  await page.goto(order.replace('/orders/', '/sandbox/pay/'));
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await expect(page.getByTestId('refund')).toBeVisible();
  await expectAccessible(page, 'a refund is due');

  await reserve(page, 'lamp');
  await confirm(page);
  await reserve(page, 'lamp');
  await page.goto('/orders');
  await expect(page.getByTestId('hold-row')).toHaveCount(1);
  await expect(page.getByTestId('order-row')).toHaveCount(3);
  await expectAccessible(page, 'reserved, pending, paid and cancelled');
});

test('axe: the test provider', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5 });
  await reserve(page, 'lamp');
  await page.getByRole('link', { name: 'pay before ordering' }).click();
  await expect(page.getByRole('button', { name: 'Pay' })).toBeVisible();
  await expectAccessible(page, 'before the order');
  await page.getByRole('button', { name: 'Pay' }).click();
  await expect(page.getByText('Your payment is here already')).toBeVisible();
  await expectAccessible(page, 'a reservation that is paid for');
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await page.goto(order.replace('/orders/', '/sandbox/pay/'));
  await expectAccessible(page, 'an order');
});

test('axe: nothing here, and the documentation', async ({ page, witness }) => {
  witness.tolerate(/\b404\b/);
  for (const path of ['/nowhere', '/products/nothing', '/api/docs', '/problems', '/problems/sold-out']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    // axe takes what a closed <details> holds for hidden, also where the style sheet shows it.
    for (const details of await page.locator('nav details').all()) await details.evaluate((it) => it.setAttribute('open', ''));
    await expectAccessible(page, path);
  }
});

test.describe('with a database that can be broken', () => {
  test.use({ nodes: 2 });

  test('axe: something broke', async ({ page, shop, database, witness }) => {
    witness.tolerate(/\b500\b/);
    await shop.addProduct({ stock: 5 });
    await reserve(page, 'lamp');
    shop.breaksOnPurpose();
    await database!.tell('ALTER TABLE orders RENAME TO mislaid');
    try {
      expect((await page.goto('/orders'))?.status()).toBe(500);
      await expect(page.getByRole('heading', { name: 'Something broke on our side' })).toBeVisible();
      await expectAccessible(page, 'something broke');
    } finally {
      await database!.tell('ALTER TABLE mislaid RENAME TO orders');
    }
    expect((await page.goto('/orders'))?.status()).toBe(200);
  });
});
