// The languages: the browser's, the switch in the footer, and the texts that scripts write later.
import { expectAccessible } from '../support/accessibility.js';
import { expect, test } from '../support/fixtures.js';
import { connection, inSeconds, reserve, waitForTick } from '../support/steps.js';

test('a German browser gets German pages, numbers and live texts', async ({ shop, newShopper }) => {
  await shop.addProduct({ stock: 3 });
  await shop.addProduct({ slug: 'soon', stock: 2, startsAt: inSeconds(3600) });
  const page = await newShopper({ locale: 'de-DE' });
  await page.goto('/products/lamp');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de-DE');
  await expect(page.locator('.price').first()).toHaveText(/^49,90\s(US)?\$$/);
  await expect(page.getByRole('button', { name: 'Reservieren' })).toBeEnabled();
  await expect(connection(page)).toHaveText('Live');
  await reserve(await newShopper(), 'lamp');
  await expect(page.locator('#ticker')).toContainText('1 reserviert');
  await expectAccessible(page, 'a German page');
  await page.goto('/products/soon');
  await expect(page.getByRole('heading', { name: 'Der Verkauf startet bald' })).toBeVisible();
  // The browser writes the opening in the shopper's time zone, in the language of the page.
  await expect(page.locator('.sale-opening time').first()).not.toContainText(/[AP]M/);
  await page.getByRole('link', { name: 'Meine Bestellungen' }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Meine Bestellungen');
});

test('the switch changes the language, and leads back to the page', async ({ page, shop }) => {
  await shop.addProduct({ stock: 3 });
  await reserve(page, 'lamp');
  await waitForTick(page);
  const checkout = page.url();
  await page.getByRole('contentinfo').getByRole('button', { name: 'Deutsch' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  expect(page.url()).toBe(checkout);
  await expect(page.getByRole('button', { name: 'Weiter zur Zahlung' })).toBeVisible();
  await page.goto('/');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.getByRole('contentinfo').getByRole('button', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', /^en/);
  await expect(page).toHaveTitle(/Live drops · Holdfast$/);
});
