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

/** The fields of the checkout form, by their names, and their labels. */
const LABELS = {
  email: 'E-mail',
  name: 'Name',
  country: 'Country',
  line1: 'Street and number',
  line2: 'Apartment, floor, company',
  postal_code: 'Postal code',
  city: 'City',
  state: 'State, province or region',
} as const;

export type FieldName = keyof typeof LABELS;

/** What a shopper enters in the checkout form. A country is entered by its code. */
export type Details = Partial<Record<FieldName, string>>;

/** The details that a product needs which does not ship. */
export const BUYER: Details = { email: 'ada@example.com' };

/** The details that a product needs which ships. */
export const RECIPIENT: Details = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  country: 'DE',
  line1: 'Unter den Linden 1',
  postal_code: '10117',
  city: 'Berlin',
};

/** A field of the checkout form. */
export function detailsField(page: Page, name: FieldName): Locator {
  return page.locator('#checkout').getByLabel(LABELS[name]);
}

/** The button that sends the checkout form. */
export function payButton(page: Page): Locator {
  return page.getByRole('button', { name: 'Continue to payment' });
}

/** Fills in the checkout form. */
export async function fillDetails(page: Page, details: Details): Promise<void> {
  for (const [name, value] of Object.entries(details) as [FieldName, string][]) {
    const field = detailsField(page, name);
    if (name === 'country') await field.selectOption(value);
    else await field.fill(value);
  }
}

/** Waits for the payment page of the order that was just placed, and returns the order's path. */
export async function expectPaymentPage(page: Page): Promise<string> {
  await expect(page).toHaveURL(/\/sandbox\/pay\/[0-9a-f-]{36}$/);
  return new URL(page.url()).pathname.replace('/sandbox/pay/', '/orders/');
}

/** Sends the checkout form, opens the pending order, and returns its path. */
export async function confirm(page: Page, details: Details = BUYER): Promise<string> {
  await fillDetails(page, details);
  await payButton(page).click();
  const order = await expectPaymentPage(page);
  await page.getByRole('link', { name: 'Go back without paying' }).click();
  await expect(page).toHaveURL(new RegExp(`${order}$`));
  await expectStatus(page, 'pending');
  return order;
}

/** Goes from a pending order to the payment sandbox and presses a button there. */
export async function payInSandbox(page: Page, button: 'Pay' | 'Decline' | 'Deliver twice' | 'Pay late'): Promise<void> {
  await page.getByRole('button', { name: 'Pay now' }).click();
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

/** Cancels the reservation of a checkout page. The page asks once. */
export async function cancelReservation(page: Page): Promise<void> {
  await page.getByText('Cancel reservation', { exact: true }).click();
  await page.getByRole('button', { name: 'Yes, cancel the reservation' }).click();
}

/** Cancels the order of an order's page. The page asks once. */
export async function cancelOrder(page: Page): Promise<void> {
  await page.getByText('Cancel order', { exact: true }).click();
  await page.getByRole('button', { name: 'Yes, cancel the order' }).click();
}
