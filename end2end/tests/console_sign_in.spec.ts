// Operators sign in to the console: invitation, password, second factor, recovery code. Each page is accessible, fits a phone
// and works without JavaScript.
import { expectAccessible, expectTargetSizes } from '../support/accessibility.js';
import { giveCode, givePassword, invite, nextCode, setUp } from '../support/console.js';
import { expect, test } from '../support/fixtures.js';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('an operator is invited, signs out, and signs in again', async ({ page, shop, pageMonitor }) => {
      pageMonitor.allow(/\b422\b/);
      const { key, codes } = await setUp(page, await invite(shop, 'ada@example.com', 'admin'));
      expect(codes).toHaveLength(10);
      await page.getByRole('link', { name: 'I have kept them' }).click();
      await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible();

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.goto('/admin/audit-log');
      await expect(page).toHaveURL(/\/admin\/sign-in\?next=/);
      await page.getByLabel('E-mail address').fill('ada@example.com');
      await page.getByLabel('Password').fill('a wrong password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByLabel('Password')).toHaveAccessibleDescription('The e-mail address or the password is wrong.');

      await givePassword(page, 'ada@example.com');
      await giveCode(page, nextCode(key));
      await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible();
      await page.getByRole('button', { name: 'Sign out' }).click();

      await givePassword(page, 'ada@example.com');
      await giveCode(page, codes[0]!);
      await page.goto('/admin/account');
      await expect(page.getByText('9 recovery codes left')).toBeVisible();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await givePassword(page, 'ada@example.com');
      await giveCode(page, codes[0]!);
      await expect(page.getByLabel('Code')).toHaveAccessibleDescription(/it was used before/);
    });
  });
}

test('an administrator invites an operator and disables them, as the audit log shows', async ({ page, shop, newShopper, pageMonitor }) => {
  pageMonitor.allow(/\b403\b/);
  await setUp(page, await invite(shop, 'ada@example.com', 'admin'));
  await page.goto('/admin/operators');
  await page.getByLabel('E-mail address').fill('vera@example.com');
  await page.getByLabel('Name (optional)').fill('Vera');
  await page.getByLabel('Role', { exact: true }).selectOption('viewer');
  await page.getByRole('button', { name: 'Invite' }).click();
  const link = new URL(await page.getByTestId('one-time-link').innerText());
  expect(link.origin).toBe(shop.url);

  const vera = await newShopper();
  await setUp(vera, link.pathname);
  await vera.goto('/admin/account');
  await expect(vera.getByRole('link', { name: 'Operators' })).toHaveCount(0);
  expect((await vera.goto('/admin/operators'))?.status()).toBe(403);

  await page.goto('/admin/operators');
  await page.getByRole('button', { name: 'Disable vera@example.com' }).click();
  await expect(page.getByRole('status')).toHaveText(/The operator is disabled/);
  await vera.goto('/admin/account');
  await expect(vera).toHaveURL(/\/admin\/sign-in/);

  await page.getByRole('link', { name: 'Audit log' }).click();
  await page.getByLabel('Action').fill('operator.disable');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expect(page.getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('cell', { name: 'operator vera@example.com' })).toBeVisible();
  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
  expect(csv.suggestedFilename()).toBe('audit-log.csv');
});

test('axe: the pages of the sign-in', async ({ page, shop, pageMonitor }) => {
  pageMonitor.allow(/\b(403|410|422|429)\b/);
  const link = await invite(shop, 'ada@example.com', 'admin');
  await page.goto(link);
  await expectAccessible(page, 'set up');
  const { key } = await setUp(page, link);
  await expectAccessible(page, 'recovery codes');
  await page.goto(link);
  await expectAccessible(page, 'a link that was used');
  for (const path of ['/admin/account', '/admin/account/second-factor', '/admin/operators', '/admin/audit-log']) {
    await page.goto(path);
    await expectAccessible(page, path);
    await expectTargetSizes(page, path);
  }
  await page.getByLabel('Who').fill('nobody');
  await page.getByRole('button', { name: 'Filter' }).click();
  await expectAccessible(page, 'an empty audit log');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expectAccessible(page, 'sign in');
  await givePassword(page, 'ada@example.com', 'a wrong password');
  await expectAccessible(page, 'a wrong password');
  await givePassword(page, 'ada@example.com');
  await expectAccessible(page, 'second step');
  await giveCode(page, nextCode(key));
  await expect(page.getByRole('navigation', { name: 'Screens' })).toBeVisible();
});

test('every page fits a phone', async ({ page, shop }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const link = await invite(shop, 'a-rather-long-address-of-an-operator@example.com', 'admin');
  await page.goto(link);
  const fits = async (path: string) => {
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(overflow, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
  };
  await fits('set up');
  await setUp(page, link);
  await fits('recovery codes');
  for (const path of ['/admin/account', '/admin/account/second-factor', '/admin/operators', '/admin/audit-log']) {
    await page.goto(path);
    await fits(path);
  }
  await page.locator('.topbar summary').click();
  await fits('the open menu');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await fits('sign in');
});
