// The checkout form: who buys, and where the order goes. A form with mistakes comes back with what was typed, and no address
// contains any of it.
import type { Page } from '@playwright/test';
import { expectAccessible, expectTargetSizes } from '../support/accessibility.js';
import { expect, test } from '../support/fixtures.js';
import { BUYER, detailsField, expectPaymentPage, expectStatus, fillDetails, payButton, RECIPIENT, reserve, type Details, type FieldName } from '../support/steps.js';

/** What the browser reports about a form that comes back with mistakes. */
const FORM_ERROR = /\b422\b.*\/actions\/order/;
/** For changes that a timer of at most 15 s triggers. */
const EXPIRY_TIMEOUT = { timeout: 60_000 };
/** Smallest height of a target (WCAG 2.2, 2.5.5). */
const MIN_TARGET_PX = 44;

/** Details that the browser accepts and the shop does not, and what the shop says about them. */
const MISTAKES: Details = { ...RECIPIENT, email: 'ada@localhost', name: ' ', postal_code: '' };
const MESSAGES = [
  ['email', 'Write it like ada@example.com.'],
  ['name', 'Name is needed.'],
  ['postal_code', 'Postal code is needed.'],
] as const;

/** What the browser fills in (HTML, "autofill field names"). */
const AUTOFILL: Record<FieldName, string> = {
  email: 'email',
  name: 'name',
  country: 'country',
  line1: 'address-line1',
  line2: 'address-line2',
  postal_code: 'postal-code',
  city: 'address-level2',
  state: 'address-level1',
};

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('mistakes are shown beside their fields, and no address contains what was typed', async ({ page, shop, newShopper, pageMonitor }) => {
      pageMonitor.allow(FORM_ERROR);
      const urls = urlsOf(page);
      await shop.addProduct({ stock: 3, ships: true });
      await reserve(page, 'lamp');
      const checkout = page.url();
      await fillDetails(page, MISTAKES);
      expect(await send(page)).toBe(422);
      await expectMistakes(page);
      await expect(detailsField(page, 'email')).toBeFocused();
      for (const name of ['country', 'line1', 'line2', 'city', 'state'] as const) {
        await expect(detailsField(page, name)).toHaveValue(MISTAKES[name] ?? '');
        await expect(detailsField(page, name)).not.toHaveAttribute('aria-invalid');
      }
      await expect(detailsField(page, 'email')).toHaveValue('ada@localhost');
      await expect(page).toHaveURL(javaScriptEnabled ? checkout : /\/actions\/order$/);
      expect(await shop.product('lamp')).toMatchObject({ held: 1, pending: 0 });

      await fillDetails(page, RECIPIENT);
      expect(await send(page)).toBe(303);
      const order = await expectPaymentPage(page);
      await page.goto(order);
      const details = page.getByRole('region', { name: 'Your details' });
      for (const text of ['ada@example.com', 'Ada Lovelace', 'Unter den Linden 1', '10117 Berlin', 'Germany']) await expect(details).toContainText(text);
      for (const url of urls) expect(decodeURIComponent(url)).not.toMatch(/ada@|Lovelace|Linden|Berlin|10117/i);

      const stranger = await newShopper();
      pageMonitor.allow(/\b404\b/);
      expect((await stranger.goto(order))?.status()).toBe(404);
      await expect(stranger.getByText('ada@example.com')).toHaveCount(0);
    });

    test('the browser itself asks for an empty field', async ({ page, shop }) => {
      await shop.addProduct({ stock: 1 });
      await reserve(page, 'lamp');
      const urls = urlsOf(page);
      await payButton(page).click();
      await expect(detailsField(page, 'email')).toBeFocused();
      expect(urls.filter((url) => url.includes('/actions/'))).toEqual([]);
    });

    test('a mistyped host: the address is corrected or kept, as the shopper likes', async ({ page, shop, pageMonitor }) => {
      pageMonitor.allow(FORM_ERROR);
      await shop.addProduct({ stock: 5 });
      const choices = [
        ['ada@gmail.com', () => page.getByRole('button', { name: 'Use ada@gmail.com' }).click()],
        ['ada@gmial.com', () => payButton(page).click()],
        ['ada@gmial.com', () => page.keyboard.press('Enter')],
      ] as const;
      for (const [email, choose] of choices) {
        await reserve(page, 'lamp');
        await fillDetails(page, { email: 'ada@gmial.com' });
        expect(await send(page)).toBe(422);
        const field = detailsField(page, 'email');
        await expect(page.getByTestId('email-hint')).toContainText('Did you mean ada@gmail.com?');
        await expect(field).toHaveAccessibleDescription(/Did you mean ada@gmail\.com/);
        await expect(field).toHaveValue('ada@gmial.com');
        await expect(field).toBeFocused();
        await choose();
        await page.goto(await expectPaymentPage(page));
        await expect(page.getByRole('region', { name: 'Your details' })).toContainText(email);
      }
    });

    test('each field has its autofill name, and the focus follows the page', async ({ page, shop }) => {
      await shop.addProduct({ stock: 1, ships: true });
      await reserve(page, 'lamp');
      await detailsField(page, 'email').focus();
      for (const [name, token] of Object.entries(AUTOFILL) as [FieldName, string][]) {
        const field = detailsField(page, name);
        await expect(field).toHaveAttribute('autocomplete', token);
        await expect(field).toBeFocused();
        await page.keyboard.press('Tab');
      }
      await expect(payButton(page)).toBeFocused();
    });

    test('countries are chosen from a list, and none is chosen already', async ({ page, shop }) => {
      await shop.addProduct({ stock: 1, ships: true });
      await reserve(page, 'lamp');
      const country = detailsField(page, 'country');
      await expect(country).toHaveValue('');
      const names = await country.locator('option').allTextContents();
      expect(names[0]).toBe('Choose a country');
      expect(names.length).toBeGreaterThan(240);
      expect(new Set(names).size).toBe(names.length);
      await country.selectOption('Germany');
      await expect(country).toHaveValue('DE');
    });

    test('a product that does not ship asks for no address', async ({ page, shop }) => {
      await shop.addProduct({ stock: 1 });
      await reserve(page, 'lamp');
      await expect(page.locator('#checkout').getByLabel('Name (optional)')).toBeVisible();
      for (const name of ['country', 'line1', 'city'] as const) await expect(detailsField(page, name)).toHaveCount(0);
    });

    test('a double click, and another tab with other details: one order with the first details', async ({ page, context, shop }) => {
      await shop.addProduct({ stock: 5, ships: true });
      await reserve(page, 'lamp');
      const other = await context.newPage();
      await other.goto(page.url());
      await fillDetails(page, RECIPIENT);
      await payButton(page).dblclick();
      const order = await expectPaymentPage(page);
      if (javaScriptEnabled) {
        // The other tab hears of the order at once.
        await other.getByRole('link', { name: 'Go to your order' }).click();
      } else {
        await fillDetails(other, { ...RECIPIENT, email: 'grace@example.com' });
        await payButton(other).click();
      }
      await expect(other).toHaveURL(order);
      await expect(other.getByRole('region', { name: 'Your details' })).toContainText('ada@example.com');
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 0, pending: 1 });
      await page.goto('/orders');
      await expect(page.getByTestId('order-row')).toHaveCount(1);
    });

    test('the back button after the payment', async ({ page, shop }) => {
      await shop.addProduct({ stock: 5, ships: true });
      await reserve(page, 'lamp');
      const checkout = page.url();
      await fillDetails(page, RECIPIENT);
      await payButton(page).click();
      await expectPaymentPage(page);
      await page.getByRole('button', { name: 'Pay', exact: true }).click();
      await expectStatus(page, 'paid');
      await page.goBack();
      await expectPaymentPage(page);
      await page.goBack();
      await expect(page).toHaveURL(checkout);
      await expect(page.getByText('You’ve ordered this')).toBeVisible();
      await expect(payButton(page)).toBeHidden();
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 0, pending: 0, sold: 1 });
    });

    test('the hold ends while a form with mistakes is open', async ({ page, shop, pageMonitor }) => {
      pageMonitor.allow(FORM_ERROR);
      await shop.addProduct({ stock: 1, holdSeconds: 15, ships: true });
      await reserve(page, 'lamp');
      const checkout = page.url();
      await fillDetails(page, MISTAKES);
      expect(await send(page)).toBe(422);
      await expectMistakes(page);
      // The page stays as it is until the hold has ended.
      await detailsField(page, 'name').fill('Ada Lovelace');
      await expect(page.getByTestId('hold-ended')).toContainText('has expired', EXPIRY_TIMEOUT);
      await expect(page).toHaveURL(checkout);
      expect(await shop.product('lamp')).toMatchObject({ available: 1, held: 0, pending: 0 });
    });

    test('a payment came first: the order is paid at once', async ({ page, shop }) => {
      await shop.addProduct({ stock: 1 });
      await reserve(page, 'lamp');
      await page.getByRole('link', { name: 'pay before ordering' }).click();
      await page.getByRole('button', { name: 'Pay', exact: true }).click();
      await expect(page.getByText('We already have your payment')).toBeVisible();
      await fillDetails(page, BUYER);
      await page.getByRole('button', { name: 'Place order' }).click();
      await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
      await expectStatus(page, 'paid');
    });

    test.describe('on a phone', () => {
      test.use({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });

      test('nothing scrolls sideways, and every field can be hit', async ({ page, shop, pageMonitor }) => {
        pageMonitor.allow(FORM_ERROR);
        await shop.addProduct({ stock: 1, ships: true });
        await reserve(page, 'lamp');
        await expectToFit(page);
        await fillDetails(page, MISTAKES);
        await payButton(page).click();
        await expectMistakes(page);
        await expectToFit(page);
        await fillDetails(page, { ...RECIPIENT, email: `${'ada.'.repeat(12)}lovelace@gmial.com` });
        await payButton(page).click();
        await expect(page.getByTestId('email-hint')).toBeVisible();
        await expectToFit(page);
      });
    });
  });
}

test('after a mistake, a reload and the back button send no form again', async ({ page, shop, pageMonitor }) => {
  pageMonitor.allow(FORM_ERROR);
  await shop.addProduct({ stock: 5, ships: true });
  await reserve(page, 'lamp');
  const checkout = page.url();
  await fillDetails(page, MISTAKES);
  expect(await send(page)).toBe(422);
  await expectMistakes(page);
  await expect(page).toHaveURL(checkout);
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(request.url());
  });
  await page.reload();
  await expect(payButton(page)).toBeVisible();
  await expect(detailsField(page, 'email')).not.toHaveAttribute('aria-invalid');
  expect(posts).toEqual([]);

  await fillDetails(page, MISTAKES);
  expect(await send(page)).toBe(422);
  await expectMistakes(page);
  await expect(page).toHaveURL(checkout);
  await fillDetails(page, RECIPIENT);
  await payButton(page).click();
  await expectPaymentPage(page);
  await page.goBack();
  await expect(page).toHaveURL(checkout);
  await expect(page.getByText('You’ve ordered this')).toBeVisible();
  expect(posts).toHaveLength(2);
});

test('axe: the checkout form, empty, with mistakes and with a hint, and its order', async ({ page, shop, pageMonitor }) => {
  pageMonitor.allow(FORM_ERROR);
  await shop.addProduct({ stock: 1, ships: true });
  await reserve(page, 'lamp');
  await expectAccessible(page, 'empty');
  await fillDetails(page, MISTAKES);
  await payButton(page).click();
  await expectMistakes(page);
  await expectAccessible(page, 'with mistakes');
  await expectTargetSizes(page, 'with mistakes');
  await fillDetails(page, { ...RECIPIENT, email: 'ada@gmial.com' });
  await payButton(page).click();
  await expect(page.getByTestId('email-hint')).toBeVisible();
  await expectAccessible(page, 'with a hint');
  await expectTargetSizes(page, 'with a hint');
  await payButton(page).click();
  await page.goto(await expectPaymentPage(page));
  await expectAccessible(page, 'the order with its details');
});

/** Records the address of each request that the page sends from now on. */
function urlsOf(page: Page): string[] {
  const urls: string[] = [];
  page.on('request', (request) => urls.push(request.url()));
  page.on('framenavigated', (frame) => urls.push(frame.url()));
  return urls;
}

/** Sends the form, and returns the status of the response. */
async function send(page: Page): Promise<number> {
  const response = page.waitForResponse('**/actions/order');
  await payButton(page).click();
  return (await response).status();
}

/** Waits for the form with what the shop says about `MISTAKES`. */
async function expectMistakes(page: Page): Promise<void> {
  for (const [name, message] of MESSAGES) {
    await expect(detailsField(page, name)).toHaveAttribute('aria-invalid', 'true');
    await expect(detailsField(page, name)).toHaveAccessibleDescription(message);
  }
}

async function expectToFit(page: Page): Promise<void> {
  const { clientWidth, scrollWidth } = await page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    return { clientWidth, scrollWidth };
  });
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
  for (const target of await page.locator('#checkout').locator('input, select, .button').all()) {
    if (await target.isVisible()) expect((await target.boundingBox())!.height).toBeGreaterThanOrEqual(MIN_TARGET_PX);
  }
}
