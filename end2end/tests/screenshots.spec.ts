// Pictures of the main pages, in both colour schemes and on a phone: target/screenshots. README shows one of them.
import { join } from 'node:path';
import { expect, test } from '../shop/fixtures.js';
import { repository } from '../shop/server.js';
import { atProvider, confirm, expectStatus, expectStock, reserve } from '../shop/steps.js';

const folder = join(repository, 'target/screenshots');
const looks = [
  { name: 'desktop-light', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'desktop-dark', viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  { name: 'phone-light', viewport: { width: 390, height: 844 }, colorScheme: 'light', deviceScaleFactor: 2, isMobile: true, hasTouch: true },
] as const;

for (const { name, ...look } of looks) {
  test(`pictures: ${name}`, async ({ shop, newShopper, witness }) => {
    witness.tolerate(/\b404\b.*\/nowhere/);
    await shop.seed();
    const page = await newShopper(look);
    const picture = (what: string) => page.screenshot({ path: join(folder, `${what}-${name}.png`), animations: 'disabled' });

    // A sale that is under way: many have bought, some have ordered, some are deciding.
    for (const [quantity, step] of [[26, 'pays'], [17, 'pays'], [6, 'orders'], [5, 'decides']] as const) {
      const other = await newShopper();
      await reserve(other, 'flash-phone', quantity);
      if (step !== 'decides') await confirm(other);
      if (step === 'pays') await atProvider(other, 'Pay');
    }

    await page.goto('/');
    await expect(page.locator('a[href="/products/flash-phone"]').first()).toBeVisible();
    await picture('home');
    await page.goto('/products/flash-phone');
    await expectStock(page, { available: 46, held: 11, sold: 43 });
    await picture('product');
    await reserve(page, 'flash-phone');
    await picture('checkout');
    const order = await confirm(page);
    await picture('order');
    await page.goto(`/sandbox/pay/${order.split('/').pop()}`);
    await picture('sandbox');
    await page.getByRole('button', { name: 'Pay', exact: true }).click();
    await expectStatus(page, 'paid');
    await reserve(page, 'aurora-headphones', 2);
    await confirm(page);
    await reserve(page, 'tide-watch');
    await page.goto('/orders');
    await expect(page.getByTestId('order-row')).toHaveCount(2);
    await expect(page.getByTestId('hold-row')).toHaveCount(1);
    await picture('orders');
    await page.goto('/nowhere');
    await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
    await picture('404');
    // Nothing may stick out of a narrow screen.
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
  });
}
