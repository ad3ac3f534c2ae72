// The shopper's reservation on every page: the pill, the tab's title, the product's page, and other tabs.
import { expectAccessible } from '../support/accessibility.js';
import { expect, test } from '../support/fixtures.js';
import { cancelReservation, confirm, expectNotReloaded, markDocument, reserve, waitInPage } from '../support/steps.js';

test('the pill counts down on each page and leads to the checkout', async ({ page, shop, newShopper, pageMonitor }) => {
  pageMonitor.allow(/\b404\b.*\/nowhere/);
  await shop.addProduct({ name: 'Desk Lamp', stock: 3, holdSeconds: 600 });
  await reserve(page, 'lamp');
  const checkout = page.url();
  const pill = page.getByTestId('pill');
  // The checkout page has its own countdown. Its tab's title has the time.
  await expect(pill).toHaveCount(0);
  await expect(page).toHaveTitle(/^\d+:\d\d · Your reservation · Holdfast$/);
  for (const path of ['/', '/products/lamp', '/orders', '/nowhere']) {
    await page.goto(path);
    await expect(pill).toContainText('Desk Lamp');
    const before = await pill.locator('.pill-time').textContent();
    await expect(pill.locator('.pill-time')).not.toHaveText(before!);
    await expect(page).toHaveTitle(/^(10|\d):\d\d · .*Holdfast$/);
  }
  await page.goto('/');
  await expectAccessible(page, 'the pill');
  await pill.click();
  await expect(page).toHaveURL(checkout);

  const other = await newShopper();
  await other.goto('/');
  await expect(other.getByTestId('pill')).toHaveCount(0);
  await expect(other).toHaveTitle(/^Live drops · Holdfast$/);
});

test('the pill and the title end with the reservation', async ({ page, shop }) => {
  await shop.addProduct({ stock: 3, holdSeconds: 8 });
  await reserve(page, 'lamp');
  await page.goto('/');
  await expect(page).toHaveTitle(/^0:0\d · Live drops · Holdfast$/);
  await markDocument(page);
  await expect(page.getByTestId('pill')).toContainText('Time’s up', { timeout: 20_000 });
  await expect(page).toHaveTitle('Live drops · Holdfast');
  await expectNotReloaded(page);
  await page.reload();
  await expect(page.getByTestId('pill')).toHaveCount(0);
});

test('the page of a held product leads back, and offers another where the limit allows it', async ({ page, shop }) => {
  await shop.addProduct({ stock: 3, limit: 2 });
  await reserve(page, 'lamp');
  const checkout = page.url();
  await page.goto('/products/lamp');
  await expect(page.getByTestId('held-panel')).toContainText('yours for now');
  await expectAccessible(page, 'a held product');
  await page.getByRole('button', { name: 'Reserve' }).click();
  await expect(page).toHaveURL(/\/checkout\//);
  expect(page.url()).not.toBe(checkout);
  await page.goto('/products/lamp');
  await expect(page.getByTestId('pill')).toContainText('+1');
  await expect(page.getByRole('button', { name: 'Reserve' })).toHaveCount(0);
  await expectAccessible(page, 'a held product at the limit');
  await page.getByRole('link', { name: 'Back to checkout' }).click();
  await expect(page).toHaveURL(checkout);
});

test('other tabs follow: reserved, ordered and released', async ({ page, context, shop }) => {
  await shop.addProduct({ slug: 'lamp', name: 'Desk Lamp', stock: 3 });
  await shop.addProduct({ slug: 'phone', name: 'Flash Phone', stock: 3 });
  await reserve(page, 'lamp');
  const other = await context.newPage();
  await other.goto('/');
  const pill = other.getByTestId('pill');
  await expect(pill).toContainText('Desk Lamp');
  await confirm(page);
  await expect(pill).toHaveCount(0);
  await reserve(page, 'phone');
  await expect(pill).toContainText('Flash Phone');
  await other.goto('/products/phone');
  await expect(other.getByTestId('held-panel')).toBeVisible();
  await cancelReservation(page);
  await expect(other.getByTestId('held-panel')).toHaveCount(0);
  await expect(other.getByRole('button', { name: 'Reserve' })).toBeVisible();
});

test('a form that is being filled in stays while its own reservation does', async ({ page, context, shop }) => {
  await shop.addProduct({ slug: 'lamp', stock: 3 });
  await shop.addProduct({ slug: 'phone', stock: 3 });
  await reserve(page, 'lamp');
  await expect(page).toHaveTitle(/^\d+:\d\d · /);
  await page.getByLabel('E-mail').fill('ada@example.com');
  await markDocument(page);
  const other = await context.newPage();
  await reserve(other, 'phone');
  await expect(other).toHaveTitle(/^\d+:\d\d · /);
  await waitInPage(page, 1_000);
  await expectNotReloaded(page);
  await expect(page.getByLabel('E-mail')).toHaveValue('ada@example.com');
  await other.goto(page.url());
  await cancelReservation(other);
  await expect(page.getByTestId('hold-ended')).toContainText('You cancelled this reservation');
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the pill says until when, and leads to the checkout', async ({ page, shop }) => {
    await shop.addProduct({ name: 'Desk Lamp', stock: 3 });
    await reserve(page, 'lamp');
    const checkout = page.url();
    await page.goto('/');
    const pill = page.getByTestId('pill');
    await expect(pill).toHaveText(/Desk Lamp\s*until \d.*UTC/, { useInnerText: true });
    await pill.click();
    await expect(page).toHaveURL(checkout);
  });
});
