// The API reference: Scalar, with all its files from this server. The page monitor reports requests to third parties and
// violations of the content security policy.
import { expect, test } from '../support/fixtures.js';
import { expectAccessible } from '../support/accessibility.js';

test('a request can be tried', async ({ page, shop }) => {
  await shop.addProduct({ stock: 3 });
  await page.goto('/api/docs#tag/products/GET/api/products');
  await expect(page.getByRole('heading', { name: 'List the products' })).toBeVisible();
  await expect(page.getByText('Requests and responses are JSON.')).toBeAttached();
  await page.getByRole('button', { name: /Test Request/ }).first().click();
  const response = page.waitForResponse((it) => it.url().includes('/api/products?') && it.status() === 200);
  await page.getByRole('button', { name: /^Send/ }).first().click();
  expect(await (await response).json()).toHaveLength(1);
});

test('it fits a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/api/docs#tag/holds/POST/api/holds');
  await expect(page.getByRole('heading', { name: 'Place a hold' })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('it links to the OpenAPI document and the problems', async ({ page }) => {
    await page.goto('/api/docs');
    for (const path of ['/api/openapi.json', '/problems']) await expect(page.locator(`a[href="${path}"]`)).toBeVisible();
  });
});

test.describe('without the site files', () => {
  test('it says so, and stays accessible', async ({ page, pageMonitor }) => {
    pageMonitor.allow(/scalar\.js/);
    await page.route('**/scalar.js', (route) => route.fulfill({ status: 404 }));
    await page.goto('/api/docs');
    await expect(page.getByRole('alert')).toContainText('could not be loaded');
    await expectAccessible(page, 'without Scalar');
  });
});
