// Stopping the server while people watch: their streams end at once, so it does not wait for them.
import { expect, test } from '../shop/fixtures.js';
import { expectStock } from '../shop/steps.js';

test('the server ends quickly while pages watch it', async ({ page, shop, newShopper, witness }) => {
  await shop.addProduct({ stock: 3 });
  const other = await newShopper();
  for (const watcher of [page, other]) {
    await watcher.goto('/products/lamp');
    await expectStock(watcher, { available: 3 });
    await expect(watcher.getByText('Live', { exact: true })).toBeVisible();
  }
  // The pages try to reconnect, which is what they should do.
  witness.tolerate(/net::ERR_/);
  const asked = Date.now();
  await shop.close();
  expect(Date.now() - asked).toBeLessThan(2_000);
});
