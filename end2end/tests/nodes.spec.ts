// Two servers on one PostgreSQL database are one shop: any of them serves any shopper, what happens on one is seen on the
// other at once, and the last unit is sold once.
import { expect, test } from '../shop/fixtures.js';
import { outcome, sendTogether } from '../shop/race.js';
import { atProvider, confirm, expectNotReloaded, expectStatus, expectStock, mark, reserve } from '../shop/steps.js';

test.use({ nodes: 2 });

// How soon a page shows what was committed on the other node. Mostly at once; where the wake-up was lost, half a second
// later; and a busy machine has its own pace.
const SOON = { timeout: 2_000 };

test('a purchase by way of two nodes, seen on both', async ({ page, shop, newShopper }) => {
  const [a, b] = shop.urls as [string, string];
  await shop.addProduct({ stock: 3 });
  const watcher = await newShopper({ baseURL: b });
  await watcher.goto('/products/lamp');
  await expectStock(watcher, { available: 3, held: 0, sold: 0 });
  await expect(watcher.getByText('Live', { exact: true })).toBeVisible();
  await mark(watcher);

  await reserve(page, 'lamp');
  expect(page.url()).toContain(a);
  await expectStock(watcher, { available: 2, held: 1, sold: 0 }, SOON);

  // Cookies do not tell ports apart: the same browser, and so the same session, on the other node.
  await page.goto(b + new URL(page.url()).pathname);
  const order = await confirm(page);
  expect(page.url()).toBe(b + order);
  await mark(page);

  const till = await page.context().newPage();
  await till.goto(a + order);
  await expectStatus(till, 'pending');
  await atProvider(till, 'Pay');
  await expect.poll(async () => (await shop.product('lamp', a)).sold).toBe(1);
  await expectStatus(page, 'paid', SOON);
  await expectStock(watcher, { available: 2, held: 0, sold: 1 }, SOON);
  await expectNotReloaded(page);
  await expectNotReloaded(watcher);

  for (const node of [a, b]) {
    await till.goto(`${node}/orders`);
    await expect(till.locator(`a[href="${order}"]`).first()).toBeVisible();
    expect(await shop.product('lamp', node)).toMatchObject({ total: 3, available: 2, held: 0, pending: 0, sold: 1 });
  }
});

test('two shoppers, one on each node, press Reserve for the last unit', async ({ page, shop, newShopper }) => {
  const [a, b] = shop.urls as [string, string];
  await shop.addProduct({ stock: 1 });
  const shoppers = [page, await newShopper({ baseURL: b })];
  for (const shopper of shoppers) {
    await shopper.goto('/products/lamp');
    await expectStock(shopper, { available: 1, held: 0, sold: 0 });
  }
  await sendTogether(shoppers);
  await Promise.all(shoppers.map((shopper) => shopper.getByRole('button', { name: 'Reserve' }).click()));

  const outcomes = await Promise.all(shoppers.map(outcome));
  expect([...outcomes].sort()).toEqual(['got it', 'too late']);
  const winner = shoppers[outcomes.indexOf('got it')]!;
  const loser = shoppers[outcomes.indexOf('too late')]!;
  await expectStock(loser, { available: 0, held: 1, sold: 0 }, SOON);

  await confirm(winner);
  await atProvider(winner, 'Pay');
  await expect.poll(async () => (await shop.product('lamp', winner === page ? a : b)).sold).toBe(1);
  await expectStock(loser, { available: 0, held: 0, sold: 1 }, SOON);
  for (const node of [a, b]) {
    expect(await shop.product('lamp', node)).toMatchObject({ total: 1, available: 0, held: 0, pending: 0, sold: 1 });
  }
});
