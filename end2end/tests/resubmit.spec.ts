// Back button, reload after a form, two tabs and double clicks. None of them has a second effect, with or without JavaScript.
import type { Page } from '@playwright/test';
import { expect, test } from '../support/fixtures.js';
import { BUYER, cancelReservation, confirm, connection, expectPaymentPage, expectStatus, expectStock, fillDetails, payButton, payInSandbox, reserve } from '../support/steps.js';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('back and forward: pages show the current state, and nothing happens twice', async ({ page, shop }) => {
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
      await expectPaymentPage(page);
      await page.goBack();
      await expect(page).toHaveURL(checkout);
      await expect(page.getByText('You’ve ordered this')).toBeVisible();
      await expect(payButton(page)).toBeHidden();
      await page.getByRole('link', { name: 'Go to your order' }).click();
      await expect(page).toHaveURL(order);
      await payInSandbox(page, 'Pay');
      await expectStatus(page, 'paid');
      await page.goBack();
      await page.getByRole('button', { name: 'Deliver twice' }).click();
      await expectStatus(page, 'paid');
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 0, pending: 0, sold: 1 });
    });

    test('reloading after a form does not resend it', async ({ page, shop }) => {
      await shop.addProduct({ stock: 5, limit: 2 });
      const posts = postsOf(page);
      await reserve(page, 'lamp');
      await page.reload();
      await expect(payButton(page)).toBeVisible();
      await page.goto('/products/lamp');
      await page.getByLabel('Quantity').fill('2');
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
      await payInSandbox(page, 'Pay');
      await expectStatus(page, 'paid');
      await page.reload();
      await expect(page).toHaveURL(order);
      await expectStatus(page, 'paid');
      expect(posts).toHaveLength(5);
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 0, pending: 0, sold: 1 });
    });

    test('two tabs: one reservation becomes one order, and the limit applies to both tabs', async ({ page, context, shop }) => {
      await shop.addProduct({ stock: 5, limit: 1 });
      const other = await context.newPage();
      await other.goto('/products/lamp');
      await reserve(page, 'lamp');
      await other.getByRole('button', { name: 'Reserve' }).click();
      await expect(other.getByRole('alert')).toContainText('reached the limit');
      await other.goto(page.url());
      const order = await confirm(page);
      if (javaScriptEnabled) {
        // The other tab hears of the order at once.
        await other.getByRole('link', { name: 'Go to your order' }).click();
      } else {
        await fillDetails(other, { email: 'grace@example.com' });
        await payButton(other).click();
      }
      await expect(other).toHaveURL(order);
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 0, pending: 1, sold: 0 });

      await payInSandbox(page, 'Pay');
      await expectStatus(page, 'paid');
      // Without scripts the other tab reloads by itself from time to time; the test does not wait for that.
      if (javaScriptEnabled) await expectStatus(other, 'paid');
      else await other.goto(order);
      await expect(other.getByText('Cancel order', { exact: true })).toBeHidden();
    });

    test('two tabs: cancelled in one, ordered in the other', async ({ page, context, shop }) => {
      await shop.addProduct({ stock: 5 });
      await reserve(page, 'lamp');
      const other = await context.newPage();
      await other.goto(page.url());
      await cancelReservation(other);
      await expect(other.getByTestId('hold-ended')).toBeVisible();
      // With scripts, this tab hears of it at once.
      if (!javaScriptEnabled) {
        await fillDetails(page, BUYER);
        await payButton(page).click();
      }
      await expect(page.getByTestId('hold-ended')).toContainText('You cancelled this reservation');
      expect(await shop.product('lamp')).toMatchObject({ available: 5, held: 0, pending: 0, sold: 0 });
    });

    test('a second press before the response', async ({ page, shop }) => {
      await shop.addProduct({ stock: 5 });
      await page.goto('/products/lamp');
      // Once hydrated, the form ignores a second press.
      if (javaScriptEnabled) await expect(connection(page)).toHaveText('Live');
      await pressTwice(page, 'Reserve', '/actions/reserve', javaScriptEnabled ? 1 : 2);
      await expect(page).toHaveURL(/\/checkout\/[0-9a-f-]{36}$/);
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 1, pending: 0 });
      await fillDetails(page, BUYER);
      await pressTwice(page, 'Continue to payment', '/actions/order', 2);
      await page.goto(await expectPaymentPage(page));
      await expectStatus(page, 'pending');
      expect(await shop.product('lamp')).toMatchObject({ available: 4, held: 0, pending: 1 });
    });

    test('a double click on each button of a purchase', async ({ page, shop }) => {
      await shop.addProduct({ stock: 5 });
      await page.goto('/products/lamp');
      await page.getByRole('button', { name: 'Reserve' }).dblclick();
      await expect(page).toHaveURL(/\/checkout\/[0-9a-f-]{36}$/);
      await fillDetails(page, BUYER);
      await payButton(page).dblclick();
      await expectPaymentPage(page);
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

/** Records each form that the page sends from now on. */
function postsOf(page: Page): string[] {
  const posts: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST') posts.push(request.url());
  });
  return posts;
}

/** Presses a button twice before the first response, and checks how many forms are sent. */
async function pressTwice(page: Page, name: string, action: string, expected: 1 | 2): Promise<void> {
  const before = page.url();
  let sent = 0;
  const responses: (() => Promise<void>)[] = [];
  await page.route(`**${action}`, async (route) => {
    sent += 1;
    const response = await route.fetch({ maxRedirects: 0 });
    // The browser drops all requests but the last, so fulfilling the others fails.
    responses.push(() => route.fulfill({ response }).catch(() => {}));
  });
  const button = page.getByRole('button', { name });
  await button.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await button.boundingBox())!;
  // The mouse does not wait for the pending navigation, as `button.click` would.
  const press = () => page.mouse.click(x + width / 2, y + height / 2);
  await press();
  await expect.poll(() => responses.length).toBe(1);
  await press();
  await expect.poll(() => responses.length).toBe(expected);
  for (const respond of responses) await respond();
  // The page sends its forms before the next page opens, so this counts all of them.
  await expect(page).not.toHaveURL(before);
  expect(sent).toBe(expected);
}
