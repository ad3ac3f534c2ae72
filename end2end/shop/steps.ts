// The steps of a purchase, as a shopper takes them. The same for a browser with JavaScript and one without.
import { expect, type Locator, type Page } from '@playwright/test';

/** One of the three honest parts of a product's stock, on the page that shows one product. */
export function part(page: Page, name: 'available' | 'held' | 'sold'): Locator {
  return page.getByTestId(name);
}

/** Says whether the page hears from the server. */
export function connection(page: Page): Locator {
  return page.getByTestId('connection');
}

type Stock = { available?: number; held?: number; sold?: number };

/** Waits until a product's page says these numbers. `held` is all that may come back, ordered and unpaid units too. */
export async function expectStock(page: Page, stock: Stock, within?: { timeout: number }): Promise<void> {
  for (const name of ['available', 'held', 'sold'] as const) {
    const number = stock[name];
    if (number !== undefined) await expect(part(page, name)).toHaveText(new RegExp(`(^|\\D)${number}(\\D|$)`), within);
  }
}

export async function expectStatus(page: Page, status: 'pending' | 'paid' | 'cancelled', within?: { timeout: number }): Promise<void> {
  await expect(page.getByTestId('order-status')).toHaveAttribute('data-status', status, within);
}

/** From a product's page to the checkout. */
export async function reserve(page: Page, slug: string, quantity = 1): Promise<void> {
  await page.goto(`/products/${slug}`);
  if (quantity > 1) await page.getByLabel('Quantity').fill(String(quantity));
  await page.getByRole('button', { name: 'Reserve' }).click();
  await expect(page).toHaveURL(/\/checkout\/[0-9a-f-]{36}$/);
}

/** From the checkout to a pending order; says where it is. */
export async function confirm(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Confirm order' }).click();
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
  await expectStatus(page, 'pending');
  return new URL(page.url()).pathname;
}

/** From a pending order to the payment provider, and there the button of that name. */
export async function atProvider(page: Page, button: 'Pay' | 'Decline' | 'Deliver twice' | 'Pay late'): Promise<void> {
  await page.getByRole('link', { name: 'Pay now' }).click();
  await expect(page).toHaveURL(/\/sandbox\/pay\/[0-9a-f-]{36}$/);
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** Marks a document, to find out later whether it is still the same one. */
export async function mark(page: Page): Promise<void> {
  await page.evaluate(() => document.documentElement.setAttribute('data-mark', 'kept'));
}

/** Has the page been live since it was marked, without being loaded again? */
export async function expectNotReloaded(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-mark', 'kept');
}
