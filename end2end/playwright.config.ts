// The browser tests run on the release build, because that is what shoppers get. Every test has its own shop: a server
// on a free port with a database of its own (shop/fixtures.ts), so any of them may run alone, together or twice.
import { defineConfig, devices } from '@playwright/test';
import { findBrowser } from './browser.mjs';

const results = '../target/test-results';
// Chromium's own sandbox does not work for root, which is what containers mostly are.
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export default defineConfig({
  testDir: 'tests',
  outputDir: '../target/playwright',
  fullyParallel: true,
  workers: 2,
  // A test that passes at the second attempt has found something out; it is not to be repeated until it fits.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: `${results}/browser.json` }]],
  use: {
    ...devices['Desktop Chrome'],
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: findBrowser(),
      args: [
        ...asRoot,
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
