// Stopping the server ends event streams at once, so shutdown does not wait for watchers.
import { expect, test } from '../support/fixtures.js';
import { expectStock } from '../support/steps.js';

test('the server stops quickly while pages watch it', async ({ page, shop, newShopper, pageMonitor }) => {
  await shop.addProduct({ stock: 3 });
  const other = await newShopper();
  for (const watcher of [page, other]) {
    await watcher.goto('/products/lamp');
    await expectStock(watcher, { available: 3 });
    await expect(watcher.getByText('Live', { exact: true })).toBeVisible();
  }
  // The pages try to reconnect.
  pageMonitor.allow(/net::ERR_/);
  const start = Date.now();
  await shop.close();
  // The server would wait 10 s for requests that do not end.
  expect(Date.now() - start).toBeLessThan(8_000);
});
