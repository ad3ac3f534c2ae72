// Screenshots of the main pages in light and dark mode and on a phone, in target/screenshots. README shows two of them.
import { join } from 'node:path';
import { invite, setUp } from '../support/console.js';
import { expect, test } from '../support/fixtures.js';
import { repository } from '../support/server.js';
import { confirm, expectStatus, expectStock, payInSandbox, reserve } from '../support/steps.js';

const folder = join(repository, 'target/screenshots');
const variants = [
  { name: 'desktop-light', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  { name: 'phone-light', viewport: { width: 390, height: 844 }, colorScheme: 'light', deviceScaleFactor: 2, isMobile: true, hasTouch: true },
] as const;

for (const { name, ...options } of variants) {
  test(`screenshots: ${name}`, async ({ shop, newShopper, pageMonitor }) => {
    pageMonitor.allow(/\b404\b.*\/nowhere/);
    await shop.seed();
    const page = await newShopper(options);
    const screenshot = (pageName: string) => page.screenshot({ path: join(folder, `${pageName}-${name}.png`), animations: 'disabled' });

    // A sale in progress: many units are sold, some ordered, some held. A few shoppers stand for a crowd, so the limit is raised meanwhile.
    const setLimit = async (units: number) => {
      await shop.command('product', 'edit', '--slug', 'flash-phone', '--limit', String(units), '--reason', 'a crowd');
      await expect.poll(async () => (await shop.product('flash-phone')).per_shopper_limit).toBe(units);
    };
    await setLimit(26);
    for (const [quantity, step] of [[26, 'pays'], [17, 'pays'], [6, 'orders'], [5, 'reserves']] as const) {
      const other = await newShopper();
      await reserve(other, 'flash-phone', quantity);
      if (step !== 'reserves') await confirm(other);
      if (step === 'pays') await payInSandbox(other, 'Pay');
    }
    await setLimit(2);

    await page.goto('/');
    await expect(page.locator('a[href="/products/flash-phone"]').first()).toBeVisible();
    await screenshot('home');
    await page.goto('/products/flash-phone');
    await expectStock(page, { available: 46, held: 11, sold: 43 });
    await screenshot('product');
    await reserve(page, 'flash-phone');
    await screenshot('checkout');
    const order = await confirm(page);
    await screenshot('order');
    await page.goto(`/sandbox/pay/${order.split('/').pop()}`);
    await screenshot('sandbox');
    await page.getByRole('button', { name: 'Pay', exact: true }).click();
    await expectStatus(page, 'paid');
    await screenshot('paid');
    await page.goto('/sandbox/mail');
    await page.getByRole('link', { name: /paid|receipt/i }).first().click();
    await screenshot('mail');
    await reserve(page, 'aurora-headphones', 2);
    await confirm(page);
    await reserve(page, 'tide-watch');
    await page.goto('/orders');
    await expect(page.getByTestId('order-row')).toHaveCount(2);
    await expect(page.getByTestId('hold-row')).toHaveCount(1);
    await screenshot('orders');
    await page.goto('/nowhere');
    await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
    await screenshot('404');

    // The console, during the same sale.
    const width = name.startsWith('desktop') ? 1440 : options.viewport.width;
    const operator = await newShopper({ ...options, viewport: { ...options.viewport, width } });
    await setUp(operator, await invite(shop, 'ada@example.com', 'admin'));
    const screens = { live: 'live?product=flash-phone', overview: 'live', products: 'products', orders: 'orders', refunds: 'refunds', payments: 'payments', webhooks: 'webhooks', outbox: 'outbox', clients: 'clients', health: 'health', 'audit-log': 'audit-log', operators: 'operators' };
    for (const [screen, address] of Object.entries(screens)) {
      await operator.goto(`/admin/${address}`);
      await expect(operator.getByRole('heading', { level: 1 })).toBeVisible();
      // The sidebar is as high as the window, so the window is made as high as the page.
      const height = await operator.evaluate(() => document.documentElement.scrollHeight);
      await operator.setViewportSize({ width, height });
      await operator.screenshot({ path: join(folder, `console-${screen}-${name}.png`), animations: 'disabled', fullPage: true });
    }

    // Nothing may overflow a narrow screen.
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
}
