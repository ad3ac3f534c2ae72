// A walk through the whole shop: every page, in the states that differ in shape, with names and numbers as long as they get.
import { expect, type Page } from '@playwright/test';
import type { Shop } from './shop.js';
import { atProvider, confirm, expectStatus, reserve } from './steps.js';

const LONG = {
  slug: 'lamp',
  name: 'Donaudampfschifffahrtsgesellschaftskapitänskajütentischlampe',
  price: '1234567.89',
  stock: 123_456,
  limit: 3,
  extendSeconds: 3_600,
};

/** Calls `look` with a name for each page as it is reached. */
export async function tour(page: Page, shop: Shop, look: (what: string) => Promise<void>): Promise<void> {
  await shop.seed();
  await shop.addProduct(LONG);
  const at = async (path: string, what: string) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await look(what);
  };
  await at('/', 'home');
  await at('/orders', 'no orders');
  await at('/products/ember-lamp', 'a sale to come');
  await at('/products/drift-backpack', 'a sale that is over');
  await at('/products/lamp', 'a product');
  await reserve(page, 'lamp', 2);
  await look('a reservation');
  await page.goto('/products/lamp');
  await page.getByLabel('Quantity').fill('3');
  await page.getByRole('button', { name: 'Reserve' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await look('a refusal');
  await reserve(page, 'lamp');
  await page.getByRole('button', { name: 'Give back' }).click();
  await expect(page.getByTestId('hold-ended')).toBeVisible();
  await look('a reservation that has ended');
  await reserve(page, 'lamp');
  const order = await confirm(page);
  await look('an order');
  await at(order.replace('/orders/', '/sandbox/pay/'), 'the test provider');
  await page.goto(order);
  await atProvider(page, 'Pay');
  await expectStatus(page, 'paid');
  await look('an order that is paid');
  await at('/orders', 'my orders');
  for (const path of ['/nowhere', '/problems', '/problems/sold-out', '/api/docs']) await at(path, path);
}
