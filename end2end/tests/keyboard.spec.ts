// A purchase by keyboard. The focused element must be visibly marked at each step.
import type { Locator, Page } from '@playwright/test';
import { ApiClient } from '../support/api_client.js';
import { expect, test } from '../support/fixtures.js';
import { connection, detailsField, expectPaymentPage, expectStatus, payButton } from '../support/steps.js';

const MAX_STEPS = 40;

test('a purchase by keyboard', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5 });
  await page.goto('/');
  await expect(connection(page)).toHaveText('Live');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
  await tabTo(page, page.getByRole('link', { name: 'Desk Lamp' }));
  await page.keyboard.press('Enter');

  await expect(page).toHaveURL(/\/products\/lamp$/);
  await expect(connection(page)).toHaveText('Live');
  const quantity = page.getByLabel('Quantity');
  await tabTo(page, quantity);
  await page.keyboard.press('ArrowUp');
  await expect(quantity).toHaveValue('2');
  const more = page.getByRole('button', { name: 'One more' });
  await tabTo(page, more);
  await page.keyboard.press('Space');
  await expect(quantity).toHaveValue('3');
  await expect(more).toBeFocused();
  await tabTo(page, page.getByRole('button', { name: 'Reserve' }));
  await page.keyboard.press('Enter');

  await expect(page).toHaveURL(/\/checkout\//);
  await tabTo(page, detailsField(page, 'email'));
  await page.keyboard.type('ada@example.com');
  await tabTo(page, payButton(page));
  await page.keyboard.press('Space');
  await expectPaymentPage(page);
  await tabTo(page, page.getByRole('link', { name: 'Go back without paying' }));
  await page.keyboard.press('Enter');
  await expectStatus(page, 'pending');
  await tabTo(page, page.getByRole('button', { name: 'Pay now' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Pay', exact: true }));
  await page.keyboard.press('Space');
  await expectStatus(page, 'paid');
  expect(await shop.product('lamp')).toMatchObject({ available: 2, held: 0, pending: 0, sold: 3 });
});

test('a disabled button keeps the focus until it is enabled', async ({ page, shop }) => {
  const product = await shop.addProduct({ stock: 2 });
  const client = await ApiClient.for(shop);
  await page.goto('/products/lamp');
  await expect(connection(page)).toHaveText('Live');
  const [less, more] = ['One less', 'One more'].map((name) => page.getByRole('button', { name })) as [Locator, Locator];
  await expect(less).toBeDisabled();
  await more.focus();
  await page.keyboard.press('Space');
  await expect(more).toBeDisabled();
  await page.keyboard.press('Space');
  await expect(page.getByLabel('Quantity')).toHaveValue('2');
  await expect(more).toBeFocused();

  const hold = await client.hold(product, 2);
  const reserve = page.getByRole('button', { name: 'Reserve' });
  await expect(reserve).toBeDisabled();
  await reserve.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('notice')).toHaveCount(0);
  await client.release(hold);
  await expect(reserve).toBeEnabled();
  await expect(reserve).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/checkout\//);
});

test('the focus visits each element once, forwards and backwards', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5 });
  for (const path of ['/', '/products/lamp', '/orders']) {
    await page.goto(path);
    // Hydration changes the document, and so the elements' positions.
    if (path !== '/orders') await expect(connection(page)).toHaveText('Live');
    const there = await focusOrder(page, 'Tab');
    expect(there.length).toBeGreaterThan(5);
    expect(there).toEqual(there.toSorted((a, b) => a - b));
    await page.getByRole('contentinfo').getByRole('button').last().focus();
    const back = await focusOrder(page, 'Shift+Tab');
    // The bar at the bottom appears where the form is out of view, which is only so on the way back.
    expect(back.toReversed().filter((place) => there.includes(place))).toEqual(there);
  }
});

/** Presses Tab until an element has the focus. Each element on the way must be visibly marked. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    await page.keyboard.press('Tab');
    await expectFocusVisible(page);
    if (await wanted.evaluate((it) => it === document.activeElement)) return;
  }
  throw new Error(`${wanted} did not get the focus`);
}

/** Checks that the focused element is in view and has a visible outline of at least two pixels. */
async function expectFocusVisible(page: Page): Promise<void> {
  const focus = await page.evaluate(() => {
    const element = document.activeElement!;
    const outlines = [null, '::after'].map((part) => getComputedStyle(element, part));
    const outlined = outlines.some((o) => o.outlineStyle !== 'none' && Number.parseFloat(o.outlineWidth) >= 2 && !/, 0\)|transparent/.test(o.outlineColor));
    const { top, bottom } = element.getBoundingClientRect();
    return { html: element.outerHTML.slice(0, 80), outlined, inView: bottom > 0 && top < innerHeight };
  });
  expect(focus, focus.html).toMatchObject({ outlined: true, inView: true });
}

/** Returns the document positions of all elements that get the focus, from here to the end of the page. */
async function focusOrder(page: Page, key: 'Tab' | 'Shift+Tab'): Promise<number[]> {
  const focused = () => page.evaluate(() => [...document.body.querySelectorAll('*')].indexOf(document.activeElement!));
  const stops = [await focused()].filter((stop) => stop >= 0);
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    await page.keyboard.press(key);
    const stop = await focused();
    // After the last element, the focus leaves the page or starts again.
    if (stop < 0 || stops.includes(stop)) return stops;
    await expectFocusVisible(page);
    stops.push(stop);
  }
  throw new Error(`the focus never left the page: ${stops.join()}`);
}
