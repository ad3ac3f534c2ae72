// A purchase in Firefox, driven by the protocol that Firefox itself implements (WebDriver BiDi), not by a patched browser:
// `npm run test:firefox`. Chromium has all other tests; this one finds what only another engine does.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import puppeteer, { type Browser, type ElementHandle, type Page } from 'puppeteer-core';
import { ApiClient } from '../support/api_client.js';
import { Shop } from '../support/shop.js';
import { findFirefox } from './find_firefox.mjs';

const TIMEOUT_MS = 60_000;
const POLL_MS = 50;

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

/** Whether Firefox reports a stream that was open when its page was left. */
const isInterrupted = (message: string): boolean => message.includes('was interrupted while the page was loading');

/** Opens a page of another visitor. Errors of its scripts fail the test. */
async function newShopper(): Promise<Page> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultNavigationTimeout(TIMEOUT_MS);
  page.on('pageerror', (error) => {
    if (!isInterrupted(String(error))) problems.push(String(error));
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !isInterrupted(message.text())) problems.push(message.text());
  });
  return page;
}

/** Repeats a question until its answer is yes. Puppeteer's own waiting functions compile code, which the pages' policy forbids. */
async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + TIMEOUT_MS;
  while (!(await isTrue().catch(() => false))) {
    assert.ok(Date.now() < end, `in vain: ${what}`);
    await sleep(POLL_MS);
  }
}

async function element(page: Page, selector: string): Promise<ElementHandle> {
  await until(selector, async () => (await page.$(selector)) !== null);
  return (await page.$(selector))!;
}

const textOf = async (page: Page, selector: string): Promise<string> =>
  (await element(page, selector)).evaluate((it) => it.textContent?.trim() ?? '');

const waitForText = (page: Page, selector: string, text: string): Promise<void> =>
  until(`${text} in ${selector}`, async () => (await textOf(page, selector)).includes(text));

/** Presses a button or link, and waits for the page that it leads to. */
async function follow(page: Page, selector: string): Promise<void> {
  const before = page.url();
  await (await element(page, selector)).click();
  await until(`a page after ${selector}`, async () => page.url() !== before && (await page.$('main h1, main h2')) !== null);
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
  await (await element(page, '#checkout input[name=email]')).type('ada@example.com');
  await follow(page, '#checkout button[type=submit]');
  assert.match(page.url(), /\/sandbox\/pay\//);
  await follow(page, 'form:has(input[name=act][value=pay]) button');
  await element(page, '[data-testid=order-status][data-status=paid]');
  assert.equal(await textOf(page, '[data-testid=place]'), 'No. 1 of 3');
});

test('Firefox: the stock, the tiles and the pill are live', async () => {
  await shop.addProduct({ stock: 3 });
  const page = await newShopper();
  await page.goto(`${shop.url}/products/lamp`);
  await element(page, '[data-testid=connection][data-state=live]');
  assert.equal(await textOf(page, '#available'), '3');
  // Not in another page: a page in the background closes its stream.
  await (await ApiClient.for(shop)).hold(await shop.product('lamp'));
  await waitForText(page, '#available', '2');
  await until('one held tile', async () => (await page.$$('#stock-tiles [data-unit~=held]')).length === 1);
  await waitForText(page, '#ticker', '1 reserved');
  const other = await newShopper();
  await reserve(other);
  await other.goto(shop.url);
  await waitForText(other, '[data-testid=pill]', 'Desk Lamp');
  const before = await textOf(other, '.pill-time');
  await until('a tick of the pill', async () => (await textOf(other, '.pill-time')) !== before);
});

test('Firefox: the form appears in place when the sale opens', async () => {
  await shop.addProduct({ stock: 3, startsAt: new Date(Date.now() + 8_000) });
  const page = await newShopper();
  await page.goto(`${shop.url}/products/lamp`);
  const isHidden = (): Promise<boolean> => page.$eval('form.reserve-form', (form) => (form as HTMLElement).hidden);
  assert.equal(await isHidden(), true);
  await until('the form', async () => !(await isHidden()));
  await follow(page, '#reserve');
  assert.match(page.url(), /\/checkout\//);
});
