// A whole purchase by the keyboard alone, and at every step it is seen where the focus is.
import type { Locator, Page } from '@playwright/test';
import { Client } from '../shop/client.js';
import { expect, test } from '../shop/fixtures.js';
import { connection, expectStatus } from '../shop/steps.js';

const MOST_STEPS = 40;

test('a purchase by keyboard', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5 });
  await page.goto('/');
  await expect(connection(page)).toHaveText('Live');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
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
  await tabTo(page, page.getByRole('button', { name: 'Confirm order' }));
  await page.keyboard.press('Space');
  await expectStatus(page, 'pending');
  await tabTo(page, page.getByRole('link', { name: 'Pay now' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Pay', exact: true }));
  await page.keyboard.press('Space');
  await expectStatus(page, 'paid');
  expect(await shop.product('lamp')).toMatchObject({ available: 2, held: 0, pending: 0, sold: 3 });
});

test('a button that has nothing to do keeps the focus, until it has', async ({ page, shop }) => {
  const product = await shop.addProduct({ stock: 2 });
  const client = await Client.of(shop);
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

test('the focus goes round every page once, forwards and back', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5 });
  for (const path of ['/', '/products/lamp', '/orders']) {
    await page.goto(path);
    const there = await round(page, 'Tab');
    expect(there.length).toBeGreaterThan(5);
    expect(there).toEqual(there.toSorted((a, b) => a - b));
    await page.getByRole('contentinfo').getByRole('link', { name: 'My orders' }).focus();
    const back = await round(page, 'Shift+Tab');
    expect(back.toReversed()).toEqual(there);
  }
});

/** Steps on until that has the focus; whatever has it on the way shows it. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    await page.keyboard.press('Tab');
    await expectFocusSeen(page);
    if (await wanted.evaluate((it) => it === document.activeElement)) return;
  }
  throw new Error(`${wanted} was not reached`);
}

/** An outline of two pixels at least, of its own or of the box that it stretches over, that stands out from the page. */
async function expectFocusSeen(page: Page): Promise<void> {
  const focus = await page.evaluate(() => {
    const it = document.activeElement!;
    const outlines = [null, '::after'].map((part) => getComputedStyle(it, part));
    const seen = outlines.some((o) => o.outlineStyle !== 'none' && Number.parseFloat(o.outlineWidth) >= 2 && !/, 0\)|transparent/.test(o.outlineColor));
    const { top, bottom } = it.getBoundingClientRect();
    return { it: it.outerHTML.slice(0, 80), seen, inView: bottom > 0 && top < innerHeight };
  });
  expect(focus, focus.it).toMatchObject({ seen: true, inView: true });
}

/** Everything that has the focus from here to that end of the page, by its place in the document. */
async function round(page: Page, key: 'Tab' | 'Shift+Tab'): Promise<number[]> {
  const focused = () => page.evaluate(() => [...document.body.querySelectorAll('*')].indexOf(document.activeElement!));
  const stops = [await focused()].filter((stop) => stop >= 0);
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    await page.keyboard.press(key);
    const stop = await focused();
    // At the end the focus leaves the page, or begins anew.
    if (stop < 0 || stops.includes(stop)) return stops;
    await expectFocusSeen(page);
    stops.push(stop);
  }
  throw new Error(`no end: ${stops.join()}`);
}
