// Fixtures of every test: its own shop and any number of shoppers. After each test, the browser console must be empty, the
// audit clean, the server log free of errors, and the server must stop cleanly.
import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { Database } from './database.js';
import { Shop } from './shop.js';
import { PageMonitor } from './page_monitor.js';

type Fixtures = {
  /** Number of servers: one with SQLite, or several on one PostgreSQL database. */
  nodes: number;
  database: Database | undefined;
  /** Settings of the servers, as environment variables. */
  settings: NodeJS.ProcessEnv;
  shop: Shop;
  pageMonitor: PageMonitor;
  /** Opens a page for another shopper, in another browser context. */
  newShopper: (options?: BrowserContextOptions) => Promise<Page>;
};

export const test = base.extend<Fixtures>({
  nodes: [1, { option: true }],
  settings: [{}, { option: true }],

  database: async ({ nodes }, use) => {
    if (nodes === 1) return use(undefined);
    const database = await Database.create();
    try {
      await use(database);
    } finally {
      await database.drop();
    }
  },

  shop: async ({ nodes, database, settings }, use, info) => {
    const shop = new Shop(nodes, database?.url, settings);
    try {
      await shop.open();
      await use(shop);
      // The audit exits with 1 if the stock counters do not match the rows.
      await shop.command('audit');
      await shop.close();
      expect(shop.unexpectedErrors, 'errors in the server log').toEqual([]);
    } finally {
      await shop.close().catch(() => {});
      if (info.status !== info.expectedStatus || info.errors.length > 0) {
        await info.attach('server.log', { body: shop.log, contentType: 'text/plain' });
      }
      shop.remove();
    }
  },

  pageMonitor: async ({}, use) => {
    const pageMonitor = new PageMonitor();
    await use(pageMonitor);
    expect(pageMonitor.problems, 'unexpected errors and requests in the browser').toEqual([]);
  },

  baseURL: async ({ shop }, use) => use(shop.url),

  context: async ({ context, pageMonitor, javaScriptEnabled }, use) => {
    pageMonitor.watch(context, javaScriptEnabled !== false);
    await use(context);
  },

  newShopper: async ({ browser, pageMonitor, baseURL, javaScriptEnabled }, use) => {
    const contexts: Awaited<ReturnType<Browser['newContext']>>[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL, javaScriptEnabled, ...options });
      contexts.push(context);
      pageMonitor.watch(context, (options.javaScriptEnabled ?? javaScriptEnabled) !== false);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
});

export { expect };
