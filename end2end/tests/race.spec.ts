// The last unit: two who press at once, and one who waits for it to come back.
import { Client } from '../shop/client.js';
import { expect, test } from '../shop/fixtures.js';
import { outcome, sendTogether } from '../shop/race.js';
import { atProvider, confirm, expectNotReloaded, expectStatus, expectStock, mark } from '../shop/steps.js';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('two shoppers press Reserve for the last unit: one gets it, the other is told why not', async ({ page, shop, newShopper }) => {
      await shop.addProduct({ stock: 1 });
      const shoppers = [page, await newShopper()];
      for (const shopper of shoppers) {
        await shopper.goto('/products/lamp');
        await expectStock(shopper, { available: 1 });
      }
      await sendTogether(shoppers);
      await Promise.all(shoppers.map((shopper) => shopper.getByRole('button', { name: 'Reserve' }).click()));

      const outcomes = await Promise.all(shoppers.map(outcome));
      expect(outcomes.toSorted()).toEqual(['got it', 'too late']);
      const winner = shoppers[outcomes.indexOf('got it')]!;
      const loser = shoppers[outcomes.indexOf('too late')]!;
      await expect(loser.getByRole('alert')).toContainText('What others give back is for sale again at once');
      await expectStock(loser, { available: 0, held: 1, sold: 0 });
      await expect(loser.getByRole('button', { name: 'Reserve' })).toBeDisabled();
      await confirm(winner);
      await atProvider(winner, 'Pay');
      await expectStatus(winner, 'paid');
      expect(await shop.product('lamp')).toMatchObject({ total: 1, available: 0, held: 0, pending: 0, sold: 1 });
    });
  });
}

test('sold out, then it comes back: bought without a reload', async ({ page, shop }) => {
  const product = await shop.addProduct({ stock: 1 });
  const client = await Client.of(shop);
  const hold = await client.hold(product);
  await page.goto('/products/lamp');
  await expectStock(page, { available: 0, held: 1 });
  const button = page.getByRole('button', { name: 'Reserve' });
  await expect(button).toBeDisabled();
  await mark(page);

  await client.release(hold);
  await expect(button).toBeEnabled();
  await expectStock(page, { available: 1, held: 0 });
  await expectNotReloaded(page);
  await button.click();
  await confirm(page);
  await atProvider(page, 'Pay');
  await expectStatus(page, 'paid');
});
