// Pictures of a product: an operator uploads, orders and describes them, and shoppers see them. Everything works without
// JavaScript.
import { deflateSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expectAccessible, expectTargetSizes } from '../support/accessibility.js';
import { invite, setUp } from '../support/console.js';
import { expect, test } from '../support/fixtures.js';

type File = { name: string; mimeType: string; buffer: Buffer };

/** A PNG file of one colour. */
function png(name: string, [red, green, blue]: [number, number, number], width = 800, height = 600): File {
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([red, green, blue]))]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const data = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const buffer = Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
  return { name, mimeType: 'image/png', buffer };
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

function crc32(data: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const RED = png('red.png', [200, 30, 30]);
const BLUE = png('blue.png', [30, 30, 200]);

/** Whether the picture with this text has loaded. Pictures outside the screen load when they come near it. */
async function expectLoaded(page: Page, alt: string): Promise<void> {
  const picture = page.getByRole('img', { name: alt, exact: true });
  await picture.scrollIntoViewIfNeeded();
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth)).toBeGreaterThan(0);
}

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow, 'the page scrolls sideways').toBeLessThanOrEqual(0);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with JavaScript' : 'without JavaScript', () => {
    test.use({ javaScriptEnabled });

    test('an operator uploads two pictures and orders them, and a shopper sees them', async ({ page, shop, newShopper }) => {
      const { id } = await shop.addProduct({ stock: 3 });
      await setUp(page, await invite(shop, 'sam@example.com', 'seller'));
      await page.goto(`/admin/products/${id}/pictures`);
      await expect(page.getByText('No pictures yet')).toBeVisible();
      await expect(page.getByLabel('Alternative text')).toHaveValue('Desk Lamp');
      await page.getByLabel('Pictures', { exact: true }).setInputFiles([RED, BLUE]);
      await page.getByRole('button', { name: 'Upload' }).click();
      await expect(page.getByRole('status')).toHaveText('The pictures are added.');
      await expect(page.locator('.picture-tile')).toHaveCount(2);

      await page.getByLabel('Alternative text of picture 1').fill('The red lamp');
      await page.getByRole('button', { name: 'Save the text of picture 1' }).click();
      await page.getByLabel('Alternative text of picture 2').fill('The blue lamp');
      await page.getByRole('button', { name: 'Save the text of picture 2' }).click();
      await expect(page.getByRole('status')).toHaveText('The alternative text is changed.');
      await page.getByRole('button', { name: 'Move later picture 1' }).click();
      await expect(page.getByLabel('Alternative text of picture 1')).toHaveValue('The blue lamp');
      await expectLoaded(page, 'The red lamp');

      for (const viewport of [{ width: 1280, height: 900 }, { width: 360, height: 740 }]) {
        const shopper = await newShopper({ viewport });
        await shopper.goto('/');
        await expectLoaded(shopper, 'The blue lamp');
        await shopper.goto('/products/lamp');
        const pictures = shopper.locator('.gallery-picture img');
        await expect(pictures).toHaveCount(2);
        await expect(pictures.first()).toHaveAttribute('alt', 'The blue lamp');
        await expect(pictures.first()).not.toHaveAttribute('loading', 'lazy');
        await expect(pictures.last()).toHaveAttribute('loading', 'lazy');
        await expectLoaded(shopper, 'The blue lamp');
        await shopper.getByRole('link', { name: 'Picture 2 of 2: The red lamp' }).click();
        await expect(shopper.locator('#picture-2')).toBeInViewport({ ratio: 0.9 });
        await expectLoaded(shopper, 'The red lamp');
        await expectNoSidewaysScroll(shopper);
      }

      await page.getByRole('button', { name: 'Remove picture 2' }).click();
      await expect(page.getByRole('status')).toHaveText('The picture is removed.');
      await expect(page.locator('.picture-tile')).toHaveCount(1);
    });
  });
}

test('files that are no pictures are refused beside the field, and the others are added', async ({ page, shop, pageMonitor }) => {
  pageMonitor.allow(/\b422\b/);
  const { id } = await shop.addProduct({ stock: 3 });
  await setUp(page, await invite(shop, 'sam@example.com', 'seller'));
  await page.goto(`/admin/products/${id}/pictures`);
  const text = { name: 'notes.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') };
  await page.getByLabel('Pictures', { exact: true }).setInputFiles([text, RED]);
  await page.getByRole('button', { name: 'Upload' }).click();
  await expect(page.getByRole('status')).toHaveText('One picture is added.');
  const field = page.getByLabel('Pictures', { exact: true });
  await expect(field).toHaveAccessibleDescription(/notes\.png: this is not a PNG, JPEG or WebP picture\./);
  await expect(page.locator('.picture-tile')).toHaveCount(1);
});

test('axe: the pictures in the console and in the shop', async ({ page, shop }) => {
  const { id } = await shop.addProduct({ stock: 3 });
  await setUp(page, await invite(shop, 'sam@example.com', 'seller'));
  await page.goto(`/admin/products/${id}/pictures`);
  await expectAccessible(page, 'no pictures');
  await page.getByLabel('Pictures', { exact: true }).setInputFiles([RED, BLUE]);
  await page.getByRole('button', { name: 'Upload' }).click();
  await expect(page.locator('.picture-tile')).toHaveCount(2);
  for (const viewport of [{ width: 1280, height: 900 }, { width: 360, height: 740 }]) {
    await page.setViewportSize(viewport);
    for (const path of [`/admin/products/${id}/pictures`, '/products/lamp', '/']) {
      await page.goto(path);
      await expectAccessible(page, path);
      await expectTargetSizes(page, path);
      await expectNoSidewaysScroll(page);
    }
  }
});
