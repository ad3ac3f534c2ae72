// A purchase in Firefox, driven by the protocol that Firefox itself implements (WebDriver BiDi), not by a patched browser:
// `npm run test:firefox`. Chromium has all other tests; this one finds what only another engine does.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { Shop } from '../support/shop.js';
import { findFirefox } from './find_firefox.mjs';

const TIMEOUT_MS = 60_000;

let browser: Browser;
let shop: Shop;
const problems: string[] = [];

before(async () => {
  const executablePath = findFirefox();
  assert.ok(executablePath, 'Firefox is needed: tools/setup.sh firefox');
  browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true, timeout: TIMEOUT_MS });
});

after(async () => browser?.close());

beforeEach(async () => {
  shop = new Shop();
  await shop.open();
  problems.length = 0;
});

afterEach(async () => {
  await shop.command('audit');
  await shop.close();
  shop.remove();
  assert.deepEqual(shop.unexpectedErrors, []);
  assert.deepEqual(problems, []);
});

/** Opens a page of another visitor. Errors of its scripts fail the test. */
async function newShopper(): Promise<Page> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return page;
}

const textOf = (page: Page, selector: string): Promise<string> => page.$eval(selector, (element) => element.textContent?.trim() ?? '');

async function waitForText(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction((at, wanted) => document.querySelector(at)?.textContent?.includes(wanted) ?? false, {}, selector, text);
}

/** Presses a button or link, and waits for the page that it leads to. */
async function follow(page: Page, selector: string): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.locator(selector).click()]);
}

async function reserve(page: Page): Promise<void> {
  await page.goto(`${shop.url}/products/lamp`);
  await follow(page, '#reserve');
  assert.match(page.url(), /\/checkout\/[0-9a-f-]{36}$/);
}

test('Firefox: a shopper reserves, pays and gets the ticket', async () => {
  await shop.addProduct({ stock: 3, limit: 2 });
  const page = await newShopper();
  await reserve(page);
  await page.locator('#checkout input[name=email]').fill('ada@example.com');
  await follow(page, '#checkout button[type=submit]');
  assert.match(page.url(), /\/sandbox\/pay\//);
  await follow(page, 'button[value=pay]');
  await page.waitForSelector('[data-testid=order-status][data-status=paid]');
  assert.equal(await textOf(page, '[data-testid=place]'), 'No. 1 of 3');
});

test('Firefox: the stock, the tiles and the pill are live', async () => {
  await shop.addProduct({ stock: 3 });
  const page = await newShopper();
  await page.goto(`${shop.url}/products/lamp`);
  await page.waitForSelector('[data-testid=connection][data-state=live]');
  assert.equal(await textOf(page, '#available'), '3');
  const other = await newShopper();
  await reserve(other);
  await waitForText(page, '#available', '2');
  await page.waitForFunction(() => document.querySelectorAll('#stock-tiles [data-unit~=held]').length === 1);
  await waitForText(page, '#ticker', '1 reserved');
  await other.goto(shop.url);
  await waitForText(other, '[data-testid=pill]', 'Desk Lamp');
  const before = await textOf(other, '.pill-time');
  await other.waitForFunction((then) => document.querySelector('.pill-time')?.textContent !== then, {}, before);
});

test('Firefox: the form appears in place when the sale opens', async () => {
  await shop.addProduct({ stock: 3, startsAt: new Date(Date.now() + 8_000) });
  const page = await newShopper();
  await page.goto(`${shop.url}/products/lamp`);
  assert.equal(await page.$eval('form.reserve-form', (form) => (form as HTMLElement).hidden), true);
  await page.waitForFunction(() => !(document.querySelector('form.reserve-form') as HTMLElement).hidden);
  await follow(page, '#reserve');
  assert.match(page.url(), /\/checkout\//);
});
