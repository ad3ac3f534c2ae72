// Two servers on one PostgreSQL database: either serves any shopper, changes on one appear on the other, and the last unit
// is sold once.
import { expect, test } from '../support/fixtures.js';
import { outcome, submitTogether } from '../support/race.js';
import { confirm, expectNotReloaded, expectStatus, expectStock, markDocument, payInSandbox, reserve } from '../support/steps.js';

test.use({ nodes: 2 });

// A page shows a commit on the other node at once, or half a second later if the notification was lost. The rest is a margin
// for a busy machine.
const SYNC_TIMEOUT = { timeout: 6_000 };

test('a purchase across two nodes appears on both', async ({ page, shop, newShopper }) => {
  const [a, b] = shop.urls as [string, string];
  await shop.addProduct({ stock: 3 });
  const watcher = await newShopper({ baseURL: b });
  await watcher.goto('/products/lamp');
  await expectStock(watcher, { available: 3, held: 0, sold: 0 });
  await expect(watcher.getByText('Live', { exact: true })).toBeVisible();
  await markDocument(watcher);

  await reserve(page, 'lamp');
  expect(page.url()).toContain(a);
  await expectStock(watcher, { available: 2, held: 1, sold: 0 }, SYNC_TIMEOUT);

  // Cookies ignore ports, so the browser has the same session on the other node.
  await page.goto(b + new URL(page.url()).pathname);
  const order = await confirm(page);
  expect(page.url()).toBe(b + order);

  const paymentTab = await page.context().newPage();
  await paymentTab.goto(a + order);
  await expectStatus(paymentTab, 'pending');
  await payInSandbox(paymentTab, 'Pay');
  await expect.poll(async () => (await shop.product('lamp', a)).sold).toBe(1);
  await expectStatus(page, 'paid', SYNC_TIMEOUT);
  await expectStock(watcher, { available: 2, held: 0, sold: 1 }, SYNC_TIMEOUT);
  await expectNotReloaded(watcher);

  for (const node of [a, b]) {
    await paymentTab.goto(`${node}/orders`);
    await expect(paymentTab.locator(`a[href="${order}"]`).first()).toBeVisible();
    expect(await shop.product('lamp', node)).toMatchObject({ total: 3, available: 2, held: 0, pending: 0, sold: 1 });
  }
});

test('two shoppers, one on each node, reserve the last unit', async ({ page, shop, newShopper }) => {
  const [a, b] = shop.urls as [string, string];
  await shop.addProduct({ stock: 1 });
  const shoppers = [page, await newShopper({ baseURL: b })];
  for (const shopper of shoppers) {
    await shopper.goto('/products/lamp');
    await expectStock(shopper, { available: 1, held: 0, sold: 0 });
  }
  await submitTogether(shoppers);
  await Promise.all(shoppers.map((shopper) => shopper.getByRole('button', { name: 'Reserve' }).click()));

  const outcomes = await Promise.all(shoppers.map(outcome));
  expect([...outcomes].sort()).toEqual(['reserved', 'sold out']);
  const winner = shoppers[outcomes.indexOf('reserved')]!;
  const loser = shoppers[outcomes.indexOf('sold out')]!;
  await expectStock(loser, { available: 0, held: 1, sold: 0 }, SYNC_TIMEOUT);

  await confirm(winner);
  await payInSandbox(winner, 'Pay');
  await expect.poll(async () => (await shop.product('lamp', winner === page ? a : b)).sold).toBe(1);
  await expectStock(loser, { available: 0, held: 0, sold: 1 }, SYNC_TIMEOUT);
  for (const node of [a, b]) {
    expect(await shop.product('lamp', node)).toMatchObject({ total: 1, available: 0, held: 0, pending: 0, sold: 1 });
  }
});
