// A whole evening as an operator: a product is created with a picture and scheduled, sells out while the operator watches,
// gets more stock and less, is paused, one order is refunded and one cancelled, and the evening is exported and can be read
// in the audit log.
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { invite, setUp } from '../support/console.js';
import { expect, test } from '../support/fixtures.js';
import { confirm, expectStatus, markDocument, expectNotReloaded, payInSandbox, reserve } from '../support/steps.js';

/** Time until the sale opens. The product is created and gets its picture meanwhile. */
const UNTIL_OPENING_MS = 20_000;

/** Opens a screen by its link in the navigation. */
async function openScreen(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
}

/** Opens a form by its button, and returns it. */
async function openForm(page: Page, name: RegExp): Promise<Locator> {
  const action = page.locator('details.action').filter({ has: page.locator('summary').filter({ hasText: name }) }).first();
  await action.locator('summary').click();
  return action.locator('form');
}

/** Returns a picture as a browser makes it. */
async function png(page: Page): Promise<Buffer> {
  const url = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 800, height: 600 });
    const context = canvas.getContext('2d')!;
    context.fillStyle = 'teal';
    context.fillRect(0, 0, 800, 600);
    return canvas.toDataURL('image/png');
  });
  return Buffer.from(url.split(',')[1]!, 'base64');
}

async function openProduct(page: Page): Promise<void> {
  await openScreen(page, 'Products');
  await page.getByRole('link', { name: 'Evening Lamp' }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Evening Lamp');
}

/** Opens the page of the order that a shopper sees under this path. */
async function openOrder(page: Page, order: string): Promise<void> {
  await openScreen(page, 'Orders');
  await page.getByRole('searchbox', { name: 'Search' }).fill(order.split('/').at(-1)!);
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('rowheader').getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Order HF-/);
}

test('an evening as an operator', async ({ page, shop, newShopper }) => {
  test.slow();
  await setUp(page, await invite(shop, 'ada@example.com', 'admin'));

  await test.step('create a product, schedule it, and add a picture', async () => {
    await page.goto('/admin/products/new');
    await page.getByLabel('Name', { exact: true }).fill('Evening Lamp');
    await page.getByLabel('Slug').fill('evening-lamp');
    await page.getByLabel('Price').fill('49.90');
    await page.getByLabel('Currency').fill('USD');
    await page.getByLabel('Units for sale').fill('3');
    await page.getByLabel(/^Sale starts/).fill(new Date(Date.now() + UNTIL_OPENING_MS).toISOString().slice(0, 19));
    await page.getByRole('button', { name: 'Create product' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Evening Lamp');
    await page.getByRole('link', { name: /^Pictures/ }).click();
    const buffer = await png(page);
    await page.locator('input[type="file"]').setInputFiles({ name: 'lamp.png', mimeType: 'image/png', buffer });
    await page.locator('form', { has: page.locator('input[type="file"]') }).getByLabel('Alternative text').fill('A teal lamp');
    await page.getByRole('button', { name: 'Upload' }).click();
    await expect(page.getByRole('img', { name: 'A teal lamp' }).first()).toBeVisible();
  });

  const shoppers = [await newShopper(), await newShopper(), await newShopper()];
  const orders: string[] = [];

  await test.step('watch it sell out', async () => {
    await page.goto('/admin/live');
    await expect(page.locator('main').getByText('Evening Lamp').first()).toBeVisible();
    await page.locator('main').getByRole('link', { name: 'Evening Lamp' }).first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Evening Lamp');
    await markDocument(page);
    await shoppers[0]!.goto('/products/evening-lamp');
    await expect(shoppers[0]!.getByRole('img', { name: 'A teal lamp' }).first()).toBeVisible();
    await expect(shoppers[0]!.getByRole('button', { name: 'Reserve' })).toBeEnabled({ timeout: 60_000 });
    for (const shopper of shoppers) {
      await reserve(shopper, 'evening-lamp');
      orders.push(await confirm(shopper));
    }
    for (const shopper of shoppers.slice(0, 2)) {
      await payInSandbox(shopper, 'Pay');
      await expectStatus(shopper, 'paid');
    }
    await expect.poll(() => shop.product('evening-lamp')).toMatchObject({ available: 0, pending: 1, sold: 2 });
    await expect(page.locator('main')).toContainText('$99.80');
    await expectNotReloaded(page);
  });

  await test.step('raise and lower the stock', async () => {
    for (const [change, total] of [['+2', 5], ['-1', 4]] as const) {
      await openProduct(page);
      const form = await openForm(page, /^Change stock/);
      await form.getByLabel('Units to add or take away').fill(change);
      await form.getByLabel('Reason').fill(total === 5 ? 'found a box' : 'one is broken');
      await form.getByRole('button').click();
      await expect.poll(() => shop.product('evening-lamp')).toMatchObject({ total });
    }
  });

  await test.step('pause and resume', async () => {
    await openProduct(page);
    const pause = await openForm(page, /^Pause/);
    await pause.getByLabel('Reason').fill('a wrong picture');
    await pause.getByRole('button').click();
    await expect(page.locator('summary', { hasText: 'Resume sale' })).toBeVisible();
    const late = await newShopper();
    await late.goto('/products/evening-lamp');
    await expect(late.getByRole('heading', { name: 'The sale is paused' })).toBeVisible();
    const resume = await openForm(page, /^Resume/);
    await resume.getByLabel('Reason').fill('all is well');
    await resume.getByRole('button').click();
    await expect(page.locator('summary', { hasText: 'Pause sale' })).toBeVisible();
    await late.goto('/products/evening-lamp');
    await expect(late.getByRole('button', { name: 'Reserve' })).toBeEnabled();
  });

  await test.step('refund one order', async () => {
    await openOrder(page, orders[0]!);
    const form = await openForm(page, /^Refund/);
    await form.getByLabel('The unit').check();
    await form.getByLabel('Reason').fill('damaged in transit');
    await form.getByRole('button', { name: 'Refund' }).click();
    await expect(page.getByRole('status')).toContainText('The refund is due');
    // The provider returns the money, and the shopper's page follows by itself.
    await expect(shoppers[0]!.getByText('Refunded').first()).toBeVisible();
    await openScreen(page, 'Refunds');
    await page.getByRole('navigation', { name: 'States of refunds' }).getByRole('link', { name: 'Done' }).click();
    await expect(page.getByRole('rowheader').getByRole('link')).toHaveCount(1);
  });

  await test.step('cancel one order', async () => {
    await openOrder(page, orders[2]!);
    const form = await openForm(page, /^Cancel/);
    await form.getByLabel('Reason').fill('the shopper asked by phone');
    await form.getByRole('button', { name: 'Cancel order' }).click();
    await expect(page.getByRole('status')).toContainText('The order is cancelled');
    await expectStatus(shoppers[2]!, 'cancelled');
  });
  expect(await shop.product('evening-lamp')).toMatchObject({ total: 4, available: 3, held: 0, pending: 0, sold: 1 });

  await test.step('export the evening', async () => {
    await openScreen(page, 'Orders');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
    const lines = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
    expect(lines).toHaveLength(4);
    for (const status of ['refunded', 'paid', 'cancelled']) expect(lines.slice(1).filter((line) => line.includes(`,${status},`))).toHaveLength(1);
  });

  await test.step('read the audit log', async () => {
    await openScreen(page, 'Audit log');
    for (const action of ['product.add', 'product.pause', 'product.resume', 'refund.issue', 'order.cancel', 'order.export']) {
      await expect(page.getByRole('row').filter({ hasText: action }).first()).toContainText('ada@example.com');
    }
    await expect(page.getByRole('row').filter({ hasText: 'the shopper asked by phone' })).toHaveCount(1);
    await expect(page.getByRole('row').filter({ hasText: 'found a box' })).toHaveCount(1);
  });
});
