// Compares the main states of the storefront with the pictures in end2end/snapshots, so that a change of looks is seen in review.
// `make snapshots` renews them. Small differences between browsers are tolerated; times, codes and numbers are covered.
import type { BrowserContextOptions, Page } from '@playwright/test';
import { expect, test } from '../support/fixtures.js';
import type { Shop } from '../support/shop.js';
import { BUYER, confirm, expectStatus, expectStock, fillDetails, payInSandbox, reserve } from '../support/steps.js';

/** Part of the pixels that may differ: fonts are drawn a little differently by each version of the browser. */
const MAX_DIFFERENT_PIXELS = 0.015;

/** Noon on the 15th of a month, counted from this one. Times of the same length keep the lines of a text where they are. */
function fifteenth(months: number): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 15, 12));
}

const VARIANTS: Record<string, BrowserContextOptions> = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark', reducedMotion: 'reduce' },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: 'light', isMobile: true, hasTouch: true, reducedMotion: 'reduce' },
};

/** Parts that are different each time: times, countdowns, the ticker, order numbers and codes. */
const CHANGING = ['time', '[role="timer"]', '.countdown', '.pill-time', '.ticker', '.ticket-code', '.code'];

async function addProducts(shop: Shop): Promise<void> {
  await shop.seed();
  await shop.addProduct({ slug: 'coming', name: 'Tidal Lamp', stock: 40, startsAt: fifteenth(2) });
  await shop.addProduct({ slug: 'over', name: 'Harbour Bell', stock: 12, startsAt: fifteenth(-3), endsAt: fifteenth(-2) });
  await shop.addProduct({ slug: 'last', name: 'Last Lantern', stock: 2 });
  await shop.addProduct({ slug: 'gone', name: 'Gone Gong', stock: 1 });
}

async function compare(page: Page, name: string): Promise<void> {
  const mask = CHANGING.map((selector) => page.locator(selector));
  await page.evaluate(() => document.fonts.ready);
  await expect(page).toHaveScreenshot(`${name}.png`, { mask, maxDiffPixelRatio: MAX_DIFFERENT_PIXELS, animations: 'allow' });
}

for (const [variant, options] of Object.entries(VARIANTS)) {
  test(`looks: ${variant}`, async ({ shop, newShopper }) => {
    await addProducts(shop);
    const buyer = await newShopper();
    await reserve(buyer, 'gone');
    await confirm(buyer);
    await payInSandbox(buyer, 'Pay');
    await expectStatus(buyer, 'paid');
    await reserve(buyer, 'last', 2);

    const page = await newShopper(options);
    await page.goto('/products/last');
    await expectStock(page, { available: 0, held: 2 });
    await compare(page, `drop-in-carts-${variant}`);
    for (const [slug, state] of [['gone', 'sold-out'], ['coming', 'coming'], ['over', 'ended']] as const) {
      await page.goto(`/products/${slug}`);
      await expect(page.locator('#buy')).toBeVisible();
      await compare(page, `drop-${state}-${variant}`);
    }
    await page.goto('/products/flash-phone');
    await expectStock(page, { available: 100 });
    await compare(page, `drop-open-${variant}`);
    await reserve(page, 'flash-phone');
    await fillDetails(page, BUYER);
    await compare(page, `checkout-${variant}`);
    await page.goto('/');
    await compare(page, `home-${variant}`);
    await page.getByTestId('pill').click();
    await confirm(page);
    await compare(page, `order-pending-${variant}`);
    await payInSandbox(page, 'Pay');
    await expectStatus(page, 'paid');
    await compare(page, `order-paid-${variant}`);
  });
}
