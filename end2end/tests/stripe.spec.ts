// Payments, refunds and mail through the double of Stripe: hosted payment page, signed webhooks, and SMTP.
import type { Page } from '@playwright/test';
import { invite, setUp } from '../support/console.js';
import { linkIn } from '../support/mailbox.js';
import { BUYER, cancelOrder, expectStatus, fillDetails, payButton, reserve } from '../support/steps.js';
import type { StripeDouble } from '../support/stripe_double/double.js';
import { expect, stateOf, test } from '../support/stripe_shop.js';

const BUYER_EMAIL = BUYER.email!;

/** Reserves lamps, sends the checkout form, and waits for the double's payment page. Returns the order's path. */
async function toPaymentPage(page: Page, double: StripeDouble, quantity = 1): Promise<string> {
  await reserve(page, 'lamp', quantity);
  await fillDetails(page, BUYER);
  await payButton(page).click();
  await expectSessionPage(page, double);
  return `/orders/${stateOf(double).sessions.at(-1)!.client_reference_id}`;
}

async function expectSessionPage(page: Page, double: StripeDouble): Promise<void> {
  await expect(page).toHaveURL(new RegExp(`^${double.url}/pay/cs_test_\\w+$`));
}

/** Presses a button of the double's payment page. */
async function press(page: Page, name: 'Pay by card' | 'Pay with a card that is declined' | 'Pay by bank debit'): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('a purchase: one session, a receipt by mail, and its link in another browser', async ({ page, shop, double, mailbox, newShopper }) => {
      await shop.addProduct({ stock: 3 });
      const order = await toPaymentPage(page, double, 2);
      await expect(page.getByTestId('total')).toHaveText('9980 usd');
      await expect(page.getByTestId('email')).toHaveText(BUYER_EMAIL);
      await press(page, 'Pay by card');
      await expect(page).toHaveURL(`${shop.url}${order}?returned=paid`);
      await expectStatus(page, 'paid');
      expect(await shop.product('lamp')).toMatchObject({ available: 1, pending: 0, sold: 2 });

      const [session, ...others] = stateOf(double).sessions;
      expect(others).toEqual([]);
      const id = order.split('/').at(-1);
      expect(session).toMatchObject({ client_reference_id: id, payment_status: 'paid', adaptive_pricing: { enabled: false } });
      expect(session!.metadata).toMatchObject({ order_id: id });
      expect(session!.success_url).toBe(`${shop.url}${order}?returned=paid`);
      expect(session!.cancel_url).toBe(`${shop.url}${order}`);

      const mail = await mailbox.waitFor(BUYER_EMAIL, /^Receipt: Desk Lamp/);
      expect(mail.from).toMatchObject([{ address: 'shop@example.com', name: 'Shop' }]);
      expect(mail.text).toContain('$99.80');
      expect(mail.html).toContain('$99.80');
      const elsewhere = await newShopper();
      await elsewhere.goto(linkIn(mail, shop.url));
      await expect(elsewhere).toHaveURL(new RegExp(`${order}$`));
      await expectStatus(elsewhere, 'paid');
      // The link opens this order and no other page of the shopper.
      await elsewhere.goto('/orders');
      await expect(elsewhere.getByTestId('order-row')).toHaveCount(0);
      expect((await mailbox.mails(BUYER_EMAIL)).filter(({ subject }) => subject.startsWith('Receipt'))).toHaveLength(1);
    });

    test('a declined card, the way back, and another try on the same page', async ({ page, shop, double }) => {
      await shop.addProduct({ stock: 1 });
      const order = await toPaymentPage(page, double);
      const paymentPage = page.url();
      await press(page, 'Pay with a card that is declined');
      await expect(page.getByRole('alert')).toContainText('declined');
      await page.getByRole('link', { name: 'Back to the shop' }).click();
      await expect(page).toHaveURL(new RegExp(`${order}$`));
      await expectStatus(page, 'pending');
      await page.getByRole('button', { name: 'Pay now' }).click();
      await expect(page).toHaveURL(paymentPage);
      await press(page, 'Pay by card');
      await expectStatus(page, 'paid');
      expect(double.control.calls('checkout.sessions.create')).toHaveLength(1);
    });
  });
}

test('the link of a mail leads to the same session in another browser', async ({ page, shop, double, mailbox, newShopper }) => {
  await shop.addProduct({ stock: 1 });
  await toPaymentPage(page, double);
  const mail = await mailbox.waitFor(BUYER_EMAIL, /^Order received: Desk Lamp/);
  const elsewhere = await newShopper();
  await elsewhere.goto(linkIn(mail, shop.url));
  await expectStatus(elsewhere, 'pending');
  await elsewhere.getByRole('button', { name: 'Pay now' }).click();
  await expectSessionPage(elsewhere, double);
  expect(elsewhere.url()).toBe(page.url());
  await press(elsewhere, 'Pay by card');
  await expectStatus(elsewhere, 'paid');
  expect(stateOf(double).sessions).toHaveLength(1);
});

test('two tabs lead to the same session', async ({ page, context, shop, double }) => {
  await shop.addProduct({ stock: 1 });
  const order = await toPaymentPage(page, double);
  const tabs = [page, await context.newPage()];
  for (const tab of tabs) await tab.goto(shop.url + order);
  await Promise.all(tabs.map((tab) => tab.getByRole('button', { name: 'Pay now' }).click()));
  for (const tab of tabs) await expectSessionPage(tab, double);
  expect(tabs[1]!.url()).toBe(tabs[0]!.url());
  expect(stateOf(double).sessions).toHaveLength(1);
  await press(tabs[0]!, 'Pay by card');
  await expectStatus(tabs[0]!, 'paid');
  await press(tabs[1]!, 'Pay by card');
  await expect(tabs[1]!.getByRole('heading', { name: 'You have paid' })).toBeVisible();
  expect(stateOf(double).payment_intents).toHaveLength(1);
});

test('a bank debit: processing, then paid by itself', async ({ page, shop, double }) => {
  await shop.addProduct({ stock: 1 });
  await toPaymentPage(page, double);
  await press(page, 'Pay by bank debit');
  await expect(page.getByRole('heading', { name: 'We’re confirming your payment' })).toBeVisible();
  await expectStatus(page, 'pending');
  await expect(page.getByRole('button', { name: 'Pay now' })).toHaveCount(0);
  double.control.settlePayment(stateOf(double).sessions[0]!.id, true);
  await expectStatus(page, 'paid');
});

test('an order that the shopper cancels closes its session', async ({ page, shop, double }) => {
  await shop.addProduct({ stock: 1 });
  const order = await toPaymentPage(page, double);
  await page.goto(shop.url + order);
  await cancelOrder(page);
  await expectStatus(page, 'cancelled');
  await expect.poll(() => stateOf(double).sessions.map(({ status }) => status)).toEqual(['expired']);
});

test('a webhook that comes late: the order is paid once', async ({ page, shop, double }) => {
  await shop.addProduct({ stock: 1 });
  double.control.holdWebhooks();
  await toPaymentPage(page, double);
  await press(page, 'Pay by card');
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}\?returned=paid$/);
  // The shop asks the provider when the shopper returns, so that nobody waits for the webhook.
  await expectStatus(page, 'paid');
  expect(stateOf(double).deliveries).toEqual([]);
  double.control.releaseWebhooks('reversed');
  await expect.poll(() => stateOf(double).deliveries.length).toBeGreaterThan(0);
  await expect.poll(() => stateOf(double).deliveries.every(({ status }) => status === 200)).toBe(true);
  expect(await shop.product('lamp')).toMatchObject({ available: 0, sold: 1 });
});

test('a refund of the console reaches the provider once, and the order page says so', async ({ page, shop, double, mailbox, newShopper }) => {
  await shop.addProduct({ stock: 2 });
  const shopper = await newShopper();
  const order = await toPaymentPage(shopper, double, 2);
  await press(shopper, 'Pay by card');
  await expectStatus(shopper, 'paid');
  // The provider does it, and its answer is lost.
  double.control.failNext({ kind: 'server_error_after' }, 'refunds.create');
  await setUp(page, await invite(shop, 'ada@example.org', 'admin'));
  await page.goto(`/admin/orders?q=${order.split('/').at(-1)}`);
  await page.getByRole('rowheader').getByRole('link').click();
  const action = page.locator('details.action').filter({ has: page.locator('summary', { hasText: 'Refund…' }) });
  await action.locator('summary').click();
  await action.getByLabel('Amount').fill('49.90');
  await action.getByLabel('Reason').fill('damaged in transit');
  await action.getByRole('button', { name: 'Refund' }).click();
  await expect(page.getByRole('status').first()).toBeVisible();
  await expect(shopper.getByTestId('refund')).toContainText('$49.90 was returned', { timeout: 30_000 });
  const { refunds, payment_intents } = stateOf(double);
  expect(refunds.map(({ amount, status, payment_intent }) => [amount, status, payment_intent])).toEqual([[4_990, 'succeeded', payment_intents[0]!.id]]);
  expect(refunds[0]!.metadata).toHaveProperty('refund_id');
  await mailbox.waitFor(BUYER_EMAIL, /^Refund done: Desk Lamp/);
});

test('a refund made at the provider shows on the order', async ({ page, shop, double }) => {
  await shop.addProduct({ stock: 1 });
  await toPaymentPage(page, double);
  await press(page, 'Pay by card');
  await expectStatus(page, 'paid');
  double.control.refundInDashboard(stateOf(double).payment_intents[0]!.id);
  await expect(page.getByTestId('refund')).toContainText('$49.90 was returned');
});
