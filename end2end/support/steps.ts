// The steps of a purchase. They work with and without JavaScript.
import { expect, type Locator, type Page } from '@playwright/test';

/** One of the three stock numbers on a product page. */
export function stockNumber(page: Page, name: 'available' | 'held' | 'sold'): Locator {
  return page.getByTestId(name);
}

/** The label that shows the state of the page's event stream. */
export function connection(page: Page): Locator {
  return page.getByTestId('connection');
}

type Stock = { available?: number; held?: number; sold?: number };

/** Waits until a product page shows these numbers. `held` includes units in unpaid orders. */
export async function expectStock(page: Page, stock: Stock, within?: { timeout: number }): Promise<void> {
  for (const name of ['available', 'held', 'sold'] as const) {
    const number = stock[name];
    if (number !== undefined) await expect(stockNumber(page, name)).toHaveText(new RegExp(`(^|\\D)${number}(\\D|$)`), within);
  }
}

export async function expectStatus(page: Page, status: 'pending' | 'paid' | 'cancelled', within?: { timeout: number }): Promise<void> {
  await expect(page.getByTestId('order-status')).toHaveAttribute('data-status', status, within);
}

/** Reserves a product and waits for the checkout page. */
export async function reserve(page: Page, slug: string, quantity = 1): Promise<void> {
  await page.goto(`/products/${slug}`);
  if (quantity > 1) await page.getByLabel('Quantity').fill(String(quantity));
  await page.getByRole('button', { name: 'Reserve' }).click();
  await expect(page).toHaveURL(/\/checkout\/[0-9a-f-]{36}$/);
}

/** Confirms the reservation, waits for the pending order, and returns its path. */
export async function confirm(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Confirm order' }).click();
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
  await expectStatus(page, 'pending');
  return new URL(page.url()).pathname;
}

/** Goes from a pending order to the payment sandbox and presses a button there. */
export async function payInSandbox(page: Page, button: 'Pay' | 'Decline' | 'Deliver twice' | 'Pay late'): Promise<void> {
  await page.getByRole('link', { name: 'Pay now' }).click();
  await expect(page).toHaveURL(/\/sandbox\/pay\/[0-9a-f-]{36}$/);
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** Marks the document, so that `expectNotReloaded` can recognise it. */
export async function markDocument(page: Page): Promise<void> {
  await page.evaluate(() => document.documentElement.setAttribute('data-mark', 'kept'));
}

/** Checks that the document is still the one that was marked. */
export async function expectNotReloaded(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-mark', 'kept');
}

/** Waits until the page's countdown ticks. From then on the page is hydrated. */
export async function waitForTick(page: Page): Promise<void> {
  const countdown = page.getByTestId('countdown');
  const before = await countdown.textContent();
  await expect(countdown).not.toHaveText(before!);
}

/** Waits for a time that the page's own timers measure. Throws if the page is reloaded meanwhile. */
export async function waitInPage(page: Page, ms: number): Promise<void> {
  await page.evaluate((delay) => new Promise((resolve) => setTimeout(resolve, delay)), ms);
}

/** Records the texts that an element shows from now on, and returns a function that reads them. */
export async function recordText(page: Page, testId: string): Promise<() => Promise<string[]>> {
  await page.evaluate((id) => {
    const element = document.querySelector(`[data-testid="${id}"]`)!;
    const texts = [element.textContent!];
    new MutationObserver(() => {
      if (texts.at(-1) !== element.textContent) texts.push(element.textContent!);
    }).observe(element, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { recordedTexts: texts });
  }, testId);
  return () => page.evaluate(() => (window as unknown as { recordedTexts: string[] }).recordedTexts);
}

export function inSeconds(seconds: number): Date {
  return new Date(Date.now() + seconds * 1_000);
}
