// What every test gets: a shop of its own, as many shoppers as it asks for, and at the end the questions that are asked
// of every test: was the console empty, do the books balance, did the server go quietly?
import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { Database } from './database.js';
import { Shop } from './shop.js';
import { Witness } from './witness.js';

type Fixtures = {
  /** How many servers the shop has: one, with a database file; or several, on one PostgreSQL database. */
  nodes: number;
  database: Database | undefined;
  shop: Shop;
  witness: Witness;
  /** Another person with another browser, who sees the same shop. */
  newShopper: (options?: BrowserContextOptions) => Promise<Page>;
};

export const test = base.extend<Fixtures>({
  nodes: [1, { option: true }],

  database: async ({ nodes }, use) => {
    if (nodes === 1) return use(undefined);
    const database = await Database.create();
    try {
      await use(database);
    } finally {
      await database.drop();
    }
  },

  shop: async ({ nodes, database }, use, info) => {
    const shop = new Shop(nodes, database?.url);
    try {
      await shop.open();
      await use(shop);
      // Whatever a test did, it leaves no unit unaccounted for. The command exits with 1 on any drift.
      await shop.command('audit');
      await shop.close();
      expect(shop.surprises, 'errors in the server log').toEqual([]);
    } finally {
      await shop.close().catch(() => {});
      if (info.status !== info.expectedStatus || info.errors.length > 0) {
        await info.attach('server.log', { body: shop.log, contentType: 'text/plain' });
      }
      shop.remove();
    }
  },

  witness: async ({}, use) => {
    const witness = new Witness();
    await use(witness);
    expect(witness.complaints, 'what went wrong unseen in the browser').toEqual([]);
  },

  baseURL: async ({ shop }, use) => use(shop.url),

  context: async ({ context, witness, javaScriptEnabled }, use) => {
    witness.watch(context, javaScriptEnabled !== false);
    await use(context);
  },

  newShopper: async ({ browser, witness, baseURL, javaScriptEnabled }, use) => {
    const contexts: Awaited<ReturnType<Browser['newContext']>>[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL, javaScriptEnabled, ...options });
      contexts.push(context);
      witness.watch(context, (options.javaScriptEnabled ?? javaScriptEnabled) !== false);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
});

export { expect };
