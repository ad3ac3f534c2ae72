// The ticket of a paid order: its place, the code of its link, the image for sharing, and the receipt on paper.
import { expectAccessible } from '../support/accessibility.js';
import { expect, test } from '../support/fixtures.js';
import { confirm, expectStatus, payInSandbox, reserve } from '../support/steps.js';

const PNG = [0x89, 0x50, 0x4e, 0x47];

test('a paid order is a ticket with its place, a code and an image', async ({ page, shop, newShopper, pageMonitor }) => {
  await shop.addProduct({ stock: 5 });
  const first = await newShopper();
  await reserve(first, 'lamp', 2);
  await confirm(first);
  await payInSandbox(first, 'Pay');
  await expectStatus(first, 'paid');
  await expect(first.getByTestId('place')).toHaveText('No. 1–2 of 5');

  await reserve(page, 'lamp');
  const order = await confirm(page);
  expect((await page.request.get(`${order}/ticket.png`)).status(), 'before the payment').toBe(404);
  await payInSandbox(page, 'Pay');
  await expectStatus(page, 'paid');
  await expect(page.getByTestId('place')).toHaveText('No. 3 of 5');
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  await expectAccessible(page, 'a ticket');

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Save as an image' }).click();
  expect((await download).suggestedFilename()).toBe('ticket.png');
  const image = await page.request.get(`${order}/ticket.png`);
  expect([image.status(), image.headers()['content-type'], image.headers()['cache-control']]).toEqual([200, 'image/png', 'private, no-store']);
  expect([...(await image.body()).subarray(0, 4)]).toEqual(PNG);

  pageMonitor.allow(/\b404\b/);
  expect((await first.request.get(`${order}/ticket.png`)).status(), 'for another shopper').toBe(404);
});

test('paper shows the ticket and the receipt alone', async ({ page, shop }) => {
  await shop.addProduct({ stock: 5 });
  await reserve(page, 'lamp');
  await confirm(page);
  await payInSandbox(page, 'Pay');
  await expectStatus(page, 'paid');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByTestId('ticket')).toBeVisible();
  await expect(page.locator('.receipt')).toBeVisible();
  for (const hidden of ['.site-header', '.site-footer', '.print-button', '.actions']) await expect(page.locator(hidden).first()).toBeHidden();
});
