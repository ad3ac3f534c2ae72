// Visits every page of the shop in the states that look different, with long names and large numbers.
import { expect, type Page } from '@playwright/test';
import { FRAME_WITHOUT_SCRIPTS, waitForMail } from './sandbox_mail.js';
import type { Shop } from './shop.js';
import { RECIPIENT, cancelReservation, confirm, detailsField, expectStatus, fillDetails, payButton, payInSandbox, reserve } from './steps.js';

const LONG_PRODUCT = {
  slug: 'lamp',
  name: 'Donaudampfschifffahrtsgesellschaftskapitänskajütentischlampe',
  price: '1234567.89',
  stock: 123_456,
  limit: 3,
  extendSeconds: 3_600,
  ships: true,
};

/** The problems that keep a shopper from a payment page, as the order's page is told of them. */
const PAYMENT_PROBLEMS = ['no-provider', 'provider-busy', 'provider-refused', 'processing'];

/** The errors that the visit causes: a page that does not exist, forms with mistakes, and payment pages that cannot be opened. */
export const EXPECTED_ERRORS = [
  /\b404\b.*\/nowhere/,
  /\b422\b.*\/actions\/order/,
  /\b(409|502|503)\b.*\/orders\/[0-9a-f-]{36}\?no=/,
  FRAME_WITHOUT_SCRIPTS,
];

/** Calls `check` with the name of each page once it is open. */
export async function visitEveryPage(page: Page, shop: Shop, check: (name: string) => Promise<void>): Promise<void> {
  await shop.seed();
  await shop.addProduct(LONG_PRODUCT);
  const at = async (path: string, name: string) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await check(name);
  };
  await at('/', 'home');
  await at('/orders', 'no orders');
  await at('/products/ember-lamp', 'an upcoming sale');
  await at('/products/drift-backpack', 'an ended sale');
  await at('/products/lamp', 'a product');
  await reserve(page, 'lamp', 2);
  await check('a reservation');
  await page.goto('/products/lamp');
  await page.getByLabel('Quantity').fill('3');
  await page.getByRole('button', { name: 'Reserve' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await check('a refusal');
  await reserve(page, 'lamp');
  await cancelReservation(page);
  await expect(page.getByTestId('hold-ended')).toBeVisible();
  await check('a cancelled reservation');
  await reserve(page, 'lamp');
  const long = 'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch';
  await fillDetails(page, { ...RECIPIENT, email: `${long}@localhost`, line1: long, postal_code: '', city: long });
  await payButton(page).click();
  await expect(detailsField(page, 'email')).toHaveAttribute('aria-invalid', 'true');
  await check('a checkout with errors');
  await fillDetails(page, { ...RECIPIENT, email: `${long}@gmial.com` });
  await payButton(page).click();
  await expect(page.getByTestId('email-hint')).toBeVisible();
  await check('a checkout with a hint');
  const order = await confirm(page, RECIPIENT);
  await check('an order');
  for (const problem of PAYMENT_PROBLEMS) await at(`${order}?no=${problem}`, `an order that cannot be paid: ${problem}`);
  await at(order.replace('/orders/', '/sandbox/pay/'), 'the payment sandbox');
  await page.goto(order);
  await payInSandbox(page, 'Pay');
  await expectStatus(page, 'paid');
  await check('a paid order');
  // The order is paid already, so this payment is returned. Until then the page reloads by itself.
  await page.goto(order.replace('/orders/', '/sandbox/pay/'));
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
  await expect(page.getByTestId('refund')).toContainText('was returned');
  await check('an order with a refund');
  await shop.addProduct({ slug: 'mug', stock: 5 });
  await reserve(page, 'mug');
  await confirm(page);
  await payInSandbox(page, 'Decline');
  await expectStatus(page, 'cancelled');
  await check('an order whose payment was declined');
  await at('/orders', 'my orders');
  await at('/link-expired', 'a link that has stopped working');
  const mail = await waitForMail(shop, /^Receipt/);
  await at('/sandbox/mail', 'the mails');
  await page.goto(`/sandbox/mail/${mail.id}`);
  // axe cannot run in the frame with the mail, which allows no scripts.
  await page.locator('iframe').evaluate((frame) => frame.remove());
  await check('a mail');
  for (const path of ['/nowhere', '/problems', '/problems/sold-out']) await at(path, path);
}
