// Lost connections: offline, hidden tab, frozen tab, sleeping machine, absent server. The page shows that it is disconnected,
// and shows the current state within two seconds of coming back.
import type { Page } from '@playwright/test';
import { ApiClient } from '../support/api_client.js';
import { expect, test } from '../support/fixtures.js';
import { confirm, connection, expectNotReloaded, expectStatus, expectStock, markDocument, payButton, payInSandbox, reserve, waitForTick, waitInPage } from '../support/steps.js';

/** The promise is two seconds (unit tests of the delay check it); the rest is a margin for a busy machine. */
const SYNC_TIMEOUT = { timeout: 6_000 };
/** Longer than the page waits between two attempts. */
const ATTEMPT_MS = 2_000;

test('offline and back online: a product', async ({ page, context, shop, pageMonitor }) => {
  pageMonitor.allow(/net::ERR_INTERNET_DISCONNECTED/);
  const product = await shop.addProduct({ stock: 5 });
  const client = await ApiClient.for(shop);
  await openLive(page, '/products/lamp');
  await context.setOffline(true);
  await expect(connection(page)).toHaveText('Reconnecting…');
  await expect(connection(page)).toBeVisible();
  await client.hold(product, 2);
  await expectStock(page, { available: 5, held: 0 });

  await context.setOffline(false);
  await expectStock(page, { available: 3, held: 2 }, SYNC_TIMEOUT);
  await expect(connection(page)).toHaveText('Live', SYNC_TIMEOUT);
  await client.hold(product);
  await expectStock(page, { available: 2, held: 3 });
  await expectNotReloaded(page);
});

test('offline and back online: an order that is paid meanwhile', async ({ page, context, shop, newShopper, pageMonitor }) => {
  pageMonitor.allow(/net::ERR_INTERNET_DISCONNECTED/);
  await shop.addProduct({ stock: 1 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await openLive(page, order);
  await context.setOffline(true);
  await expect(connection(page)).toHaveText('Reconnecting…');
  // The same shopper on another network.
  const elsewhere = await newShopper({ storageState: await context.storageState() });
  await elsewhere.goto(order);
  await payInSandbox(elsewhere, 'Pay');
  await expectStatus(elsewhere, 'paid');
  await expectStatus(page, 'pending');

  await context.setOffline(false);
  await expectStatus(page, 'paid', SYNC_TIMEOUT);
});

test('offline while a reservation expires: the page stays, and shows the expiry once online', async ({ page, context, shop }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 12 });
  await reserve(page, 'lamp');
  await waitForTick(page);
  await markDocument(page);
  await context.setOffline(true);
  await expect(page.getByTestId('countdown')).toHaveText('0:00');
  // The page must not load anything now: the browser would replace it with an error page.
  await waitInPage(page, ATTEMPT_MS);
  await expectNotReloaded(page);
  await context.setOffline(false);
  await expect(page.getByTestId('hold-ended')).toBeVisible(SYNC_TIMEOUT);
});

test('the server is absent while a reservation expires: the page stays, and shows the expiry once the server is back', async ({ page, context, shop, pageMonitor }) => {
  pageMonitor.allow(/net::ERR_CONNECTION_REFUSED/);
  await shop.addProduct({ stock: 1, holdSeconds: 12 });
  await reserve(page, 'lamp');
  await waitForTick(page);
  await markDocument(page);
  let isAbsent = true;
  await context.route('**/checkout/**', (route) => (isAbsent ? route.abort('connectionrefused') : route.continue()));
  await expect(page.getByTestId('countdown')).toHaveText('0:00');
  await waitInPage(page, ATTEMPT_MS);
  await expectNotReloaded(page);
  isAbsent = false;
  await expect(page.getByTestId('hold-ended')).toBeVisible(SYNC_TIMEOUT);
});

test('frozen by the browser and resumed', async ({ page, context, shop }) => {
  const product = await shop.addProduct({ stock: 5 });
  const client = await ApiClient.for(shop);
  await openLive(page, '/products/lamp');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await client.hold(product, 2);
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await expectStock(page, { available: 3, held: 2 }, SYNC_TIMEOUT);
  await expectNotReloaded(page);
});

test('a hidden tab closes its stream, and shows the current state when it is visible again', async ({ page, shop }) => {
  const product = await shop.addProduct({ stock: 5 });
  const client = await ApiClient.for(shop);
  await openLive(page, '/products/lamp');
  await expect.poll(() => watchers(shop.url)).toBe(1);
  await setVisibility(page, 'hidden');
  await expect.poll(() => watchers(shop.url)).toBe(0);
  await client.hold(product, 2);
  await expectStock(page, { available: 5 });
  await expect(connection(page)).toHaveText('Connecting…');
  await setVisibility(page, 'visible');
  await expectStock(page, { available: 3, held: 2 }, SYNC_TIMEOUT);
  await expectNotReloaded(page);
});

test('asleep with the machine: after waking, the page asks the server for the current state', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 600 });
  await reserve(page, 'lamp');
  await waitForTick(page);
  await markDocument(page);
  // While a machine sleeps, its wall clock advances and its monotonic clock stands still.
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 3_600_000;
  });
  await expect(page.locator('html')).not.toHaveAttribute('data-mark', 'kept', SYNC_TIMEOUT);
  await expect(payButton(page)).toBeVisible(SYNC_TIMEOUT);
});

/** Opens a page, waits until its stream is connected, and marks the document. */
async function openLive(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(connection(page)).toHaveText('Live');
  await markDocument(page);
}

/** Simulates hiding the tab or showing it again. */
async function setVisibility(page: Page, visibility: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    document.dispatchEvent(new Event('visibilitychange'));
  }, visibility);
}

/** Returns the number of open streams. */
async function watchers(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^holdfast_watchers(?:\{.*\})? (\d+)$/m.exec(metrics)?.[1]);
}
