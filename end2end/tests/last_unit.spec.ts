// The last unit: two shoppers reserve it at the same moment, and one waits for it to become available again.
import { ApiClient } from '../support/api_client.js';
import { expect, test } from '../support/fixtures.js';
import { outcome, submitTogether } from '../support/race.js';
import { confirm, expectNotReloaded, expectStatus, expectStock, markDocument, payInSandbox } from '../support/steps.js';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('two shoppers reserve the last unit: one gets it, the other sees why not', async ({ page, shop, newShopper }) => {
      await shop.addProduct({ stock: 1 });
      const shoppers = [page, await newShopper()];
      for (const shopper of shoppers) {
        await shopper.goto('/products/lamp');
        await expectStock(shopper, { available: 1 });
      }
      await submitTogether(shoppers);
      await Promise.all(shoppers.map((shopper) => shopper.getByRole('button', { name: 'Reserve' }).click()));

      const outcomes = await Promise.all(shoppers.map(outcome));
      expect(outcomes.toSorted()).toEqual(['reserved', 'sold out']);
      const winner = shoppers[outcomes.indexOf('reserved')]!;
      const loser = shoppers[outcomes.indexOf('sold out')]!;
      await expect(loser.getByRole('alert')).toContainText('units that come back go on sale here right away');
      await expectStock(loser, { available: 0, held: 1, sold: 0 });
      await expect(loser.getByRole('button', { name: 'Reserve' })).toBeDisabled();
      await confirm(winner);
      await payInSandbox(winner, 'Pay');
      await expectStatus(winner, 'paid');
      expect(await shop.product('lamp')).toMatchObject({ total: 1, available: 0, held: 0, pending: 0, sold: 1 });
    });
  });
}

test('sold out, then available again: bought without a reload', async ({ page, shop }) => {
  const product = await shop.addProduct({ stock: 1 });
  const client = await ApiClient.for(shop);
  const hold = await client.hold(product);
  await page.goto('/products/lamp');
  await expectStock(page, { available: 0, held: 1 });
  const button = page.getByRole('button', { name: 'Reserve' });
  await expect(button).toBeDisabled();
  await markDocument(page);

  await client.release(hold);
  await expect(button).toBeEnabled();
  await expectStock(page, { available: 1, held: 0 });
  await expectNotReloaded(page);
  await button.click();
  await confirm(page);
  await payInSandbox(page, 'Pay');
  await expectStatus(page, 'paid');
});
