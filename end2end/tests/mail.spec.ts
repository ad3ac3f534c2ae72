// The mails of a development shop: an order gets one, and its link opens the order in another browser.
import { expect, test } from '../support/fixtures.js';
import { linkIn } from '../support/mailbox.js';
import { FRAME_WITHOUT_SCRIPTS, waitForMail } from '../support/sandbox_mail.js';
import { BUYER, confirm, expectStatus, payInSandbox, reserve } from '../support/steps.js';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('an order gets a mail, and its link opens the order elsewhere', async ({ page, shop, newShopper, pageMonitor }) => {
      pageMonitor.allow(FRAME_WITHOUT_SCRIPTS, /\b403\b.*\/open\?/, /\b404\b.*\/orders\//);
      await shop.addProduct({ stock: 5 });
      await reserve(page, 'lamp');
      const order = await confirm(page);
      await reserve(page, 'lamp');
      const other = await confirm(page);

      const mail = await waitForMail(shop, /^Order received: Desk Lamp/);
      expect(mail.to).toBe(BUYER.email);
      await page.goto('/sandbox/mail');
      await expect(page.getByRole('link', { name: mail.subject }).first()).toBeVisible();
      await page.goto(`/sandbox/mail/${mail.id}`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(mail.subject);
      await expect(page.locator('pre')).toContainText('We’ve got your order');
      // A page whose policy forbids the frame would show an error in its place.
      expect(page.frames().map((frame) => frame.url())).toContain('about:srcdoc');

      const link = linkIn(mail, shop.url);
      const [opened, closed] = link.includes(order) ? [order, other] : [other, order];
      const elsewhere = await newShopper();
      await elsewhere.goto(link);
      await expect(elsewhere).toHaveURL(new RegExp(`${opened}$`));
      await expectStatus(elsewhere, 'pending');
      expect((await elsewhere.goto(closed))?.status()).toBe(404);
      await elsewhere.goto(opened);
      await payInSandbox(elsewhere, 'Pay');
      await elsewhere.goto(opened);
      await expectStatus(elsewhere, 'paid');
      const receipt = await waitForMail(shop, /^Receipt: Desk Lamp/);
      expect(linkIn(receipt, shop.url)).toContain(opened);

      const stranger = await newShopper();
      const forged = link.slice(0, -1) + (link.endsWith('0') ? '1' : '0');
      expect((await stranger.goto(forged))?.status()).toBe(403);
      await expect(stranger.getByRole('heading', { level: 1 })).toHaveText('This link has stopped working');
      expect((await stranger.goto(opened))?.status()).toBe(404);
    });
  });
}
