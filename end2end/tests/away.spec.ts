// Away and back: without a network, in a tab that nobody looks at, asleep. The page says when it hears nothing, and is
// right within two seconds of coming back.
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { Client } from '../shop/client.js';
import { expect, test } from '../shop/fixtures.js';
import { atProvider, confirm, connection, expectNotReloaded, expectStatus, expectStock, mark, reserve } from '../shop/steps.js';

/** The promise. */
const SOON = { timeout: 2_000 };

test('offline and back: a product', async ({ page, context, shop, witness }) => {
  witness.tolerate(/net::ERR_INTERNET_DISCONNECTED/);
  const product = await shop.addProduct({ stock: 5 });
  const client = await Client.of(shop);
  await onAir(page, '/products/lamp');
  await context.setOffline(true);
  await expect(connection(page)).toHaveText('Reconnecting…');
  await expect(connection(page)).toBeVisible();
  await client.hold(product, 2);
  await expectStock(page, { available: 5, held: 0 });

  await context.setOffline(false);
  await expectStock(page, { available: 3, held: 2 }, SOON);
  await expect(connection(page)).toHaveText('Live', SOON);
  await client.hold(product);
  await expectStock(page, { available: 2, held: 3 });
  await expectNotReloaded(page);
});

test('offline and back: an order that is paid elsewhere', async ({ page, context, shop, newShopper, witness }) => {
  witness.tolerate(/net::ERR_INTERNET_DISCONNECTED/);
  await shop.addProduct({ stock: 1 });
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await onAir(page, order);
  await context.setOffline(true);
  await expect(connection(page)).toHaveText('Reconnecting…');
  // The same shopper with another network.
  const elsewhere = await newShopper({ storageState: await context.storageState() });
  await elsewhere.goto(order);
  await atProvider(elsewhere, 'Pay');
  await expectStatus(elsewhere, 'paid');
  await expectStatus(page, 'pending');

  await context.setOffline(false);
  await expectStatus(page, 'paid', SOON);
  await expectNotReloaded(page);
});

test('offline while a reservation runs out: the page stays, and says so once it is back', async ({ page, context, shop }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 7 });
  await reserve(page, 'lamp');
  await mark(page);
  await context.setOffline(true);
  await expect(page.getByTestId('countdown')).toHaveText('0:00');
  // Long enough for the page to ask the server what became of it, which it had better not.
  await pause(2_000);
  await expectNotReloaded(page);
  await context.setOffline(false);
  await expect(page.getByTestId('hold-ended')).toBeVisible(SOON);
});

test('the server is away while a reservation runs out: the page stays, and says so once it is back', async ({ page, context, shop, witness }) => {
  witness.tolerate(/net::ERR_CONNECTION_REFUSED/);
  await shop.addProduct({ stock: 1, holdSeconds: 5 });
  await reserve(page, 'lamp');
  await mark(page);
  await context.route('**/checkout/**', (route) => route.abort('connectionrefused'));
  await expect(page.getByTestId('countdown')).toHaveText('0:00');
  await pause(2_000);
  await expectNotReloaded(page);
  await context.unroute('**/checkout/**');
  await expect(page.getByTestId('hold-ended')).toBeVisible(SOON);
});

test('frozen by the browser and woken', async ({ page, context, shop }) => {
  const product = await shop.addProduct({ stock: 5 });
  const client = await Client.of(shop);
  await onAir(page, '/products/lamp');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await client.hold(product, 2);
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await expectStock(page, { available: 3, held: 2 }, SOON);
  await expectNotReloaded(page);
});

test('a tab that nobody looks at hears nothing, and is right when it is looked at', async ({ page, shop }) => {
  const product = await shop.addProduct({ stock: 5 });
  const client = await Client.of(shop);
  await onAir(page, '/products/lamp');
  await expect.poll(() => watchers(shop.url)).toBe(1);
  await look(page, 'hidden');
  await expect.poll(() => watchers(shop.url)).toBe(0);
  await client.hold(product, 2);
  await expectStock(page, { available: 5 });
  await expect(connection(page)).toHaveText('Connecting…');
  await look(page, 'visible');
  await expectStock(page, { available: 3, held: 2 }, SOON);
  await expectNotReloaded(page);
});

test('asleep with its machine: what has passed is asked of the server', async ({ page, shop }) => {
  await shop.addProduct({ stock: 1, holdSeconds: 600 });
  await reserve(page, 'lamp');
  await mark(page);
  await expect(page.getByTestId('countdown')).toBeVisible();
  // The wall clock went on and the monotonic one stood still.
  await page.evaluate(() => {
    const asleep = Date.now;
    Date.now = () => asleep() + 3_600_000;
  });
  await expect(page.locator('html')).not.toHaveAttribute('data-mark', 'kept', SOON);
  await expect(page.getByRole('button', { name: 'Confirm order' })).toBeVisible(SOON);
});

/** Opens a page and waits until it hears from the server. */
async function onAir(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(connection(page)).toHaveText('Live');
  await mark(page);
}

/** As if the tab were put behind another, or in front again. */
async function look(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((is) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => is });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

/** How many streams the server feeds. */
async function watchers(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^holdfast_watchers(?:\{.*\})? (\d+)$/m.exec(metrics)?.[1]);
}
