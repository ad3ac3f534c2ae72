// What shoppers do that no form expects: the back button, a reload after a form, two tabs, a double click. None of it does
// harm, with JavaScript or without.
import type { Page } from '@playwright/test';
import { expect, test } from '../shop/fixtures.js';
import { atProvider, confirm, expectStatus, expectStock, reserve } from '../shop/steps.js';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('back and forth: pages show what is, and nothing happens twice', async ({ page, shop }) => {
      await shop.addProduct({ stock: 5 });
      await reserve(page, 'lamp');
      const checkout = page.url();
      await page.goBack();
      await expect(page).toHaveURL(/\/products\/lamp$/);
      await expectStock(page, { available: 4, held: 1 });
      await page.goForward();
      await expect(page).toHaveURL(checkout);
      const order = await confirm(page);
      await page.goBack();
      await expect(page).toHaveURL(checkout);
      await expect(page.getByText('You have ordered this')).toBeVisible();
      await expect(page.getByRole('button', { name: 'Confirm order' })).toBeHidden();
      await page.getByRole('link', { name: 'Go to your order' }).click();
      await expect(page).toHaveURL(order);
      await atProvider(page, 'Pay');
      await expectStatus(page, 'paid');
      await page.goBack();
      await page.getByRole('button', { name: 'Deliver twice' }).click();
      await expectStatus(page, 'paid');
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 0, pending: 0, sold: 1 });
    });

    test('a reload after a form sends no form', async ({ page, shop }) => {
      await shop.addProduct({ stock: 5, limit: 1 });
      const posts = postsOf(page);
      await reserve(page, 'lamp');
      await page.reload();
      await expect(page.getByRole('button', { name: 'Confirm order' })).toBeVisible();
      await page.goto('/products/lamp');
      await page.getByRole('button', { name: 'Reserve' }).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await page.reload();
      await expect(page.getByRole('alert')).toBeVisible();
      expect(posts).toHaveLength(2);
      await page.goto('/orders');
      await page.getByTestId('hold-row').getByRole('link').click();
      const order = await confirm(page);
      await page.reload();
      await expectStatus(page, 'pending');
      await atProvider(page, 'Pay');
      await expectStatus(page, 'paid');
      await page.reload();
      await expect(page).toHaveURL(order);
      await expectStatus(page, 'paid');
      expect(posts).toHaveLength(4);
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 0, pending: 0, sold: 1 });
    });

    test('two tabs: one reservation makes one order, and the limit is the shopper’s', async ({ page, context, shop }) => {
      await shop.addProduct({ stock: 5, limit: 1 });
      const other = await context.newPage();
      await other.goto('/products/lamp');
      await reserve(page, 'lamp');
      await other.getByRole('button', { name: 'Reserve' }).click();
      await expect(other.getByRole('alert')).toContainText('limit for one shopper');
      await other.goto(page.url());
      const order = await confirm(page);
      await other.getByRole('button', { name: 'Confirm order' }).click();
      await expect(other).toHaveURL(order);
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 0, pending: 1, sold: 0 });

      await atProvider(page, 'Pay');
      await expectStatus(page, 'paid');
      // Without scripts the other tab asks again by itself, and the button may be gone by now.
      if (javaScriptEnabled) await expectStatus(other, 'paid');
      else await other.goto(order);
      await expect(other.getByRole('button', { name: 'Cancel order' })).toBeHidden();
    });

    test('two tabs: given back in one, confirmed in the other', async ({ page, context, shop }) => {
      await shop.addProduct({ stock: 5 });
      await reserve(page, 'lamp');
      const other = await context.newPage();
      await other.goto(page.url());
      await other.getByRole('button', { name: 'Give back' }).click();
      await expect(other.getByTestId('hold-ended')).toBeVisible();
      await page.getByRole('button', { name: 'Confirm order' }).click();
      await expect(page.getByTestId('hold-ended')).toContainText('You gave this reservation back');
      expect(await shop.product('lamp')).toMatchObject({ available: 5, held: 0, pending: 0, sold: 0 });
    });

    test('a second press while the shop is still thinking', async ({ page, shop }) => {
      await shop.addProduct({ stock: 5 });
      await page.goto('/products/lamp');
      const presses = javaScriptEnabled ? 1 : 2;
      expect(await pressTwice(page, 'Reserve', '/actions/reserve', presses)).toBe(presses);
      await expect(page).toHaveURL(/\/checkout\/[0-9a-f-]{36}$/);
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 1, pending: 0 });
      expect(await pressTwice(page, 'Confirm order', '/actions/order', 2)).toBe(2);
      await expectStatus(page, 'pending');
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 0, pending: 1 });
    });

    test('a double click on every button on the way', async ({ page, shop }) => {
      await shop.addProduct({ stock: 5 });
      await page.goto('/products/lamp');
      await page.getByRole('button', { name: 'Reserve' }).dblclick();
      await expect(page).toHaveURL(/\/checkout\/[0-9a-f-]{36}$/);
      await page.getByRole('button', { name: 'Confirm order' }).dblclick();
      await expectStatus(page, 'pending');
      await page.getByRole('link', { name: 'Pay now' }).click();
      await page.getByRole('button', { name: 'Pay', exact: true }).dblclick();
      await expectStatus(page, 'paid');
      await expect(page.getByTestId('refund')).toBeHidden();
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 0, pending: 0, sold: 1 });
      await page.goto('/orders');
      await expect(page.getByTestId('order-row')).toHaveCount(1);
      await expect(page.getByTestId('hold-row')).toHaveCount(0);
    });
  });
}

/** Every form that this page has sent, from now on. */
function postsOf(page: Page): string[] {
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(request.url());
  });
  return posts;
}

/** Presses again before the answer to the first press is there; says how many forms were sent, once it were that many. */
async function pressTwice(page: Page, name: string, action: string, wanted: number): Promise<number> {
  const answers: (() => Promise<void>)[] = [];
  await page.route(`**${action}`, async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    // The browser has given up waiting for all but the last.
    answers.push(() => route.fulfill({ response }).catch(() => {}));
  });
  const button = page.getByRole('button', { name });
  await button.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await button.boundingBox())!;
  // By the bare mouse, which does not wait for the page that is on its way.
  const press = () => page.mouse.click(x + width / 2, y + height / 2);
  await press();
  await expect.poll(() => answers.length).toBe(1);
  await press();
  await expect.poll(() => answers.length).toBe(wanted);
  for (const answer of answers) await answer();
  await page.unroute(`**${action}`);
  return answers.length;
}
