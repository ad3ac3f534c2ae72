// Orders, payments, refunds and API clients in the console, with and without JavaScript. Each screen is accessible in light
// and dark mode, and fits a phone.
import type { Page } from '@playwright/test';
import { expectAccessible, expectTargetSizes } from '../support/accessibility.js';
import { invite, setUp } from '../support/console.js';
import { expect, test } from '../support/fixtures.js';
import { confirm, expectStatus, payInSandbox, reserve } from '../support/steps.js';

// Refunds wait for an operator, so that the screens have some to show.
test.use({ settings: { HOLDFAST_AUTO_REFUND: 'off' } });

/** Buys a product on the storefront. Returns the order's path there. */
async function buy(shopper: Page, slug: string, quantity = 1): Promise<string> {
  await reserve(shopper, slug, quantity);
  const order = await confirm(shopper);
  await payInSandbox(shopper, 'Pay');
  await shopper.goto(order);
  await expectStatus(shopper, 'paid');
  return order;
}

/** Opens the console's page of an order that the storefront shows under this path. */
async function openOrder(page: Page, order: string): Promise<void> {
  await page.goto('/admin/orders');
  await page.getByRole('searchbox', { name: 'Search' }).fill(order.split('/').at(-1)!);
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('rowheader').getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Order HF-/);
}

/** Opens a form by its button, and returns it. */
async function openForm(page: Page, name: string) {
  const action = page.locator('details.action').filter({ has: page.locator('summary', { hasText: name }) });
  await action.locator('summary').click();
  return action.locator('form');
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('an operator finds an order, refunds a part, and carries the refund out', async ({ page, shop, newShopper, pageMonitor }) => {
      pageMonitor.allow(/\b422\b/);
      await shop.addProduct({ stock: 5 });
      const order = await buy(await newShopper(), 'lamp', 2);
      await setUp(page, await invite(shop, 'ada@example.com', 'admin'));
      await openOrder(page, order);
      await expect(page.getByRole('listitem').filter({ hasText: 'Order placed' })).toBeVisible();

      const form = await openForm(page, 'Refund…');
      await expect(form.getByLabel('Amount')).toHaveValue('99.80');
      await form.getByLabel('Amount').fill('100.00');
      await form.getByLabel('Reason').fill('damaged in transit');
      await form.getByRole('button', { name: 'Refund' }).click();
      await expect(page.getByLabel('Amount')).toHaveAccessibleDescription(/at most \$99\.80/);
      await page.getByLabel('Amount').fill('49.90');
      await page.getByLabel('Only some:').check();
      await page.getByLabel('Number of units').fill('1');
      await page.getByRole('button', { name: 'Refund', exact: true }).click();
      await expect(page.getByRole('status')).toContainText('The refund is due');
      await expect(page.getByText('damaged in transit')).toBeVisible();
      expect(await shop.product('lamp')).toMatchObject({ available: 4, sold: 1 });

      await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: /^Refunds/ }).click();
      await page.getByRole('rowheader').getByRole('link', { name: '$49.90' }).click();
      const done = await openForm(page, 'Done elsewhere…');
      await done.getByLabel('Note').fill('bank transfer 17');
      await done.getByRole('button', { name: 'Mark as done' }).click();
      await expect(page.getByRole('status')).toContainText('The refund is done');
      await page.goto('/admin/refunds');
      await expect(page.getByRole('heading', { name: 'Nothing is due' })).toBeVisible();
      await page.getByRole('navigation', { name: 'States of refunds' }).getByRole('link', { name: 'Done' }).click();
      await expect(page.getByRole('rowheader').getByRole('link', { name: '$49.90' })).toBeVisible();
      await openOrder(page, order);
      await expect(page.getByText('$49.90 refunded')).toBeVisible();
    });

    test('an operator cancels a pending order', async ({ page, shop, newShopper }) => {
      await shop.addProduct({ stock: 1 });
      const shopper = await newShopper();
      await reserve(shopper, 'lamp');
      const order = await confirm(shopper);
      await setUp(page, await invite(shop, 'sam@example.com', 'seller'));
      await openOrder(page, order);
      const form = await openForm(page, 'Cancel…');
      await form.getByLabel('Reason').fill('a test order');
      await form.getByRole('button', { name: 'Cancel order' }).click();
      await expect(page.getByRole('status')).toContainText('The order is cancelled');
      await expect(page.locator('summary', { hasText: 'Cancel…' })).toHaveCount(0);
      await shopper.goto(order);
      await expectStatus(shopper, 'cancelled');
      expect(await shop.product('lamp')).toMatchObject({ available: 1, pending: 0 });
    });

    test('an operator reads a payload and processes a payment again', async ({ page, shop, newShopper }) => {
      await shop.addProduct({ stock: 1 });
      await buy(await newShopper(), 'lamp');
      await setUp(page, await invite(shop, 'mona@example.com', 'money'));
      await page.goto('/admin/payments?outcome=applied');
      await page.getByRole('rowheader').getByRole('link').first().click();
      await expect(page.getByRole('region', { name: 'Payload as it came' })).toContainText('"status": "success"');
      const form = await openForm(page, 'Process again…');
      await form.getByLabel('Reason').fill('the shopper asks');
      await form.getByRole('button', { name: 'Process again' }).click();
      await expect(page.getByRole('status')).toContainText('Nothing changed: it has had its effect');
      expect(await shop.product('lamp')).toMatchObject({ sold: 1 });
    });

    test('an administrator adds an API client, whose secret is shown once', async ({ page, shop }) => {
      await setUp(page, await invite(shop, 'ada@example.com', 'admin'));
      await page.goto('/admin/clients');
      await page.getByLabel('Name').fill('The app');
      await page.getByRole('checkbox', { name: 'orders:read' }).check();
      await page.getByRole('button', { name: 'Add client' }).click();
      await expect(page.getByRole('status')).toContainText('It is not shown again');
      const client_id = await page.getByLabel('Client id').inputValue();
      const client_secret = await page.getByLabel('Client secret').inputValue();
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret });
      const token = () => fetch(`${shop.url}/api/token`, { method: 'POST', body });
      expect((await token()).status).toBe(200);
      await page.goto('/admin/clients');
      await expect(page.getByLabel('Client secret')).toHaveCount(0);
      const row = page.getByRole('row').filter({ hasText: 'The app' });
      await row.locator('summary', { hasText: 'Revoke' }).click();
      await row.getByRole('button', { name: 'Revoke The app' }).click();
      await expect(page.getByRole('status')).toContainText('The client is revoked');
      expect((await token()).status).toBe(401);
    });
  });
}

test('the filtered list is exported', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 5 });
  await buy(await newShopper(), 'lamp');
  await setUp(page, await invite(shop, 'sam@example.com', 'seller'));
  await page.goto('/admin/orders');
  await page.getByLabel('Status').selectOption('paid');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page).toHaveURL(/status=paid/);
  for (const [name, file] of [['CSV', 'orders.csv'], ['JSON lines', 'orders.jsonl']] as const) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
    expect(download.suggestedFilename()).toBe(file);
  }
});

test('tables are used by keyboard', async ({ page, shop, newShopper }) => {
  await shop.addProduct({ stock: 5 });
  const shopper = await newShopper();
  for (let n = 0; n < 2; n += 1) await buy(shopper, 'lamp');
  await setUp(page, await invite(shop, 'vera@example.com', 'viewer'));
  await page.goto('/admin/orders');
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search' })).toBeFocused();
  await page.locator('main').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const second = page.getByRole('rowheader').getByRole('link').nth(1);
  await expect(second).toBeFocused();
  const number = await second.innerText();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Order ${number}`);
});

/** Calls `check` on each screen, empty and with rows, and with its forms open. */
async function visitEveryScreen(page: Page, shop: Parameters<typeof invite>[0], shopper: Page, check: (name: string) => Promise<void>): Promise<void> {
  const at = async (path: string, name: string) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await check(name);
  };
  for (const screen of ['orders', 'payments', 'refunds', 'clients', 'outbox', 'webhooks']) await at(`/admin/${screen}`, `${screen}, empty`);
  await shop.addProduct({ name: 'Donaudampfschifffahrtsgesellschaftskapitänskajütentischlampe', price: '1234567.89', stock: 9 });
  const paid = await buy(shopper, 'lamp', 2);
  await reserve(shopper, 'lamp');
  const pending = await confirm(shopper);
  await shop.command('refund', 'issue', '--order', paid.split('/').at(-1)!, '--amount', '1.00', '--restock', 'none', '--reason', 'a scratch');
  await at('/admin/orders', 'orders');
  await at('/admin/orders?q=nobody', 'orders, no match');
  await at('/admin/orders?since=yesterday', 'orders, a wrong day');
  await openOrder(page, pending);
  await openForm(page, 'Cancel…');
  await check('a pending order');
  await openOrder(page, paid);
  await openForm(page, 'Refund…');
  await check('a paid order');
  await page.goto('/admin/payments');
  await check('payments');
  await page.getByRole('rowheader').getByRole('link').first().click();
  await openForm(page, 'Process again…');
  await check('a payment');
  await at('/admin/refunds?state=all', 'refunds');
  await page.getByRole('rowheader').getByRole('link').first().click();
  await openForm(page, 'Done elsewhere…');
  await check('a refund');
  await page.goto('/admin/clients');
  await page.getByLabel('Name').fill('An app with quite a long name, which is an app of a partner of the shop');
  await page.getByRole('button', { name: 'Add client' }).click();
  await check('a new API client');
  await at('/admin/outbox?state=all', 'outbox');
  await page.goto('/admin/webhooks');
  await page.getByLabel('Address').fill(`https://hooks.example/${'a-long-token-'.repeat(8)}`);
  await page.getByLabel('order.paid').check();
  await page.getByRole('button', { name: 'Add endpoint' }).click();
  await check('a new webhook endpoint');
  await at('/admin/webhooks', 'webhooks');
  await page.getByRole('rowheader').getByRole('link').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await check('a webhook endpoint');
}

test('axe: every screen', async ({ page, shop, newShopper, pageMonitor }) => {
  test.slow();
  pageMonitor.allow(/\b422\b/);
  await setUp(page, await invite(shop, 'ada@example.com', 'admin'));
  await visitEveryScreen(page, shop, await newShopper(), async (name) => {
    await expectAccessible(page, name);
    await expectTargetSizes(page, name);
  });
});

test('every screen fits a phone', async ({ page, shop, newShopper, pageMonitor }) => {
  pageMonitor.allow(/\b422\b/);
  await page.setViewportSize({ width: 360, height: 740 });
  await setUp(page, await invite(shop, 'ada@example.com', 'admin'));
  await visitEveryScreen(page, shop, await newShopper(), async (name) => {
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
  });
});
