// Products in the console: create, edit, a conflict between two tabs, stock, pause and preview, with and without JavaScript;
// keyboard, accessibility in both themes, and phone width.
import type { Locator, Page } from '@playwright/test';
import { expectAccessible, expectTargetSizes } from '../support/accessibility.js';
import { invite, setUp } from '../support/console.js';
import { expect, test } from '../support/fixtures.js';
import type { Shop } from '../support/shop.js';
import { inSeconds } from '../support/steps.js';

async function signIn(page: Page, shop: Shop, role = 'seller'): Promise<void> {
  await setUp(page, await invite(shop, `${role}@example.com`, role));
}

/** Opens the form behind a button, and returns it. */
async function openForm(page: Page, button: string): Promise<Locator> {
  const action = page.locator('details.action').filter({ has: page.locator('summary', { hasText: button }) });
  await action.locator('summary').click();
  return action.locator('form');
}

function details(page: Page): Locator {
  return page.getByRole('form', { name: 'Details' });
}

async function expectFits(page: Page, state: string): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(overflow, `${state} scrolls sideways`).toBeLessThanOrEqual(0);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('a product is created, corrected, edited, paused, and gets more stock', async ({ page, shop, pageMonitor }) => {
      pageMonitor.allow(/\b(409|422)\b/);
      await signIn(page, shop);
      await page.goto('/admin/products');
      await expect(page.getByRole('heading', { name: 'No products yet' })).toBeVisible();
      await page.getByRole('link', { name: 'New product' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Evening Lamp');
      await page.getByLabel('Slug').fill('Evening Lamp');
      await page.getByLabel('Price').fill('49.90');
      await page.getByLabel('Units for sale').fill('10');
      await page.getByRole('button', { name: 'Create product' }).click();
      await expect(page.getByLabel('Slug')).toHaveAccessibleDescription(/lower-case letters/);
      await expect(page.getByLabel('Price')).toHaveValue('49.90');
      await page.getByLabel('Slug').fill('evening-lamp');
      await page.getByRole('button', { name: 'Create product' }).click();
      await expect(page.getByRole('status')).toHaveText(/The product is created/);

      await details(page).getByLabel('Price in USD').fill('39.90');
      await details(page).getByLabel('Reason').fill('Opening offer');
      await details(page).getByRole('button', { name: 'Save changes' }).click();
      await expect(page.getByRole('status')).toHaveText(/new price for new holds/);

      const stock = await openForm(page, 'Change stock');
      await stock.getByLabel('Units to add').fill('-11');
      await stock.getByLabel('Reason').fill('Damaged in transit');
      await stock.getByRole('button', { name: 'Change stock' }).click();
      await expect(page.getByRole('alert')).toHaveText(/total cannot be less/);
      const again = page.locator('details.action[open] form');
      await again.getByLabel('Units to add').fill('-3');
      await again.getByRole('button', { name: 'Change stock' }).click();
      await expect(page.getByTestId('stock-total')).toHaveText('7');

      const pause = await openForm(page, 'Pause sale');
      await pause.getByLabel('Reason').fill('A bug in the description');
      await pause.getByRole('button', { name: 'Pause sale' }).click();
      await expect(page.getByRole('status')).toHaveText(/The sale is paused/);
      await page.goto('/products/evening-lamp');
      await expect(page.getByRole('heading', { name: 'The sale is paused' })).toBeVisible();
    });

    test('an edit that is too late is shown with what changed, and saved on top', async ({ page, context, shop, pageMonitor }) => {
      pageMonitor.allow(/\b409\b/);
      const { id } = await shop.addProduct({ stock: 5 });
      await signIn(page, shop);
      await page.goto(`/admin/products/${id}`);
      const other = await context.newPage();
      await other.goto(`/admin/products/${id}`);
      await details(other).getByLabel('Name').fill('Floor Lamp');
      await details(other).getByLabel('Price in USD').fill('59.00');
      await details(other).getByRole('button', { name: 'Save changes' }).click();
      await expect(other.getByRole('status')).toHaveText(/is saved/);

      await details(page).getByLabel('Price in USD').fill('44.00');
      await details(page).getByLabel('Limit per shopper').fill('2');
      await details(page).getByRole('button', { name: 'Save changes' }).click();
      const conflict = page.getByTestId('conflict');
      await expect(conflict.getByRole('row', { name: /Price 49\.90 USD 59\.00 USD seller@example\.com/ })).toBeVisible();
      await expect(conflict).toContainText('the form keeps your values: Price');
      await expect(details(page).getByLabel('Name')).toHaveValue('Floor Lamp');
      await expect(details(page).getByLabel('Price in USD')).toHaveValue('44.00');
      if (javaScriptEnabled) await expectAccessible(page, 'a conflict');
      await details(page).getByRole('button', { name: 'Save on top of these changes' }).click();
      await expect(page.getByRole('status')).toHaveText(/is saved/);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Floor Lamp');
      await expect(details(page).getByLabel('Limit per shopper')).toHaveValue('2');
    });

    test('the preview shows a sale that is not open, at each stage', async ({ page, shop }) => {
      const { id } = await shop.addProduct({ stock: 5, startsAt: inSeconds(3600) });
      await signIn(page, shop, 'viewer');
      await page.goto(`/admin/products/${id}`);
      await page.getByRole('link', { name: 'Preview' }).click();
      await expect(page.getByRole('heading', { name: 'The sale opens soon' })).toBeVisible();
      const stages = page.getByRole('navigation', { name: 'Stages of the sale' });
      for (const [stage, headline] of [['On sale', 'Available now'], ['Sold out', 'Sold out'], ['Paused', 'The sale is paused'], ['Ended', 'This sale has ended']]) {
        await stages.getByRole('link', { name: stage }).click();
        await expect(page.getByRole('heading', { name: headline })).toBeVisible();
      }
      await stages.getByRole('link', { name: 'On sale' }).click();
      await expect(page.getByRole('button', { name: 'Reserve' })).toBeDisabled();
      await page.getByRole('link', { name: 'Back to the console' }).click();
      await expect(page).toHaveURL(new RegExp(`/admin/products/${id}$`));
    });
  });
}

test('the keyboard searches the list and opens a product, and typing is left alone', async ({ page, shop }) => {
  for (const name of ['Anchor', 'Beacon', 'Compass']) await shop.addProduct({ slug: name.toLowerCase(), name, stock: 1 });
  await signIn(page, shop, 'viewer');
  await page.goto('/admin/products?sort=name');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('link', { name: 'Beacon' })).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('link', { name: 'Anchor' })).toBeFocused();
  await page.keyboard.press('/');
  const search = page.getByRole('searchbox', { name: 'Search' });
  await expect(search).toBeFocused();
  await page.keyboard.type('a/b');
  await page.keyboard.press('ArrowDown');
  await expect(search).toBeFocused();
  await expect(search).toHaveValue('a/b');
  await search.fill('comp');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]q=comp/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Compass');
});

test('a viewer sees a product without forms', async ({ page, shop }) => {
  const { id } = await shop.addProduct({ stock: 1 });
  await signIn(page, shop, 'viewer');
  await page.goto(`/admin/products/${id}`);
  await expect(page.getByTestId('stock-total')).toHaveText('1');
  await expect(page.locator('main form')).toHaveCount(0);
});

test('axe, target sizes and phone width of products and health', async ({ page, shop, pageMonitor }) => {
  pageMonitor.allow(/\b422\b/);
  await signIn(page, shop, 'admin');
  await page.goto('/admin/products');
  await expectAccessible(page, 'no products');
  const name = 'A Lamp With a Rather Long Name That Does Not Fit on One Line of a Phone';
  const { id } = await shop.addProduct({ name, stock: 3, limit: 2, startsAt: inSeconds(60), endsAt: inSeconds(3600) });
  const paths = [
    '/admin/products',
    '/admin/products?sort=-price&q=lamp',
    '/admin/products?q=nothing',
    '/admin/products?status=nonsense',
    '/admin/products/new',
    `/admin/products/${id}`,
    `/admin/products/${id}/preview?stage=on-sale`,
    '/admin/health',
  ];
  for (const path of paths) {
    await page.goto(path);
    await expectAccessible(page, path);
    await expectTargetSizes(page, path);
  }
  await page.getByRole('button', { name: 'Recount now' }).click();
  await expect(page.getByTestId('recount')).toContainText('Every counter is right.');
  await expectAccessible(page, 'a recount');

  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of paths) {
    await page.goto(path);
    await expectFits(page, path);
  }
  await page.goto(`/admin/products/${id}`);
  await openForm(page, 'Archive');
  await openForm(page, 'Change stock');
  await expectFits(page, 'open forms');
  await page.locator('.menu summary').click();
  await expect(page.getByRole('navigation', { name: 'Menu' }).getByRole('link', { name: 'Audit log' })).toBeVisible();
  await expectFits(page, 'the open menu');
  await expectAccessible(page, 'the open menu');
});
