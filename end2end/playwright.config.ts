// The browser tests run against the release build. Each test has its own shop: a server on a free port with its own
// database (support/fixtures.ts), so tests can run alone, in parallel or repeatedly.
import { defineConfig, devices } from '@playwright/test';
import { findBrowser } from './find_browser.mjs';

const results = '../target/test-results';
// Chromium's sandbox does not work for root, the usual user in containers.
const rootArgs = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

export default defineConfig({
  testDir: 'tests',
  outputDir: '../target/playwright',
  snapshotPathTemplate: '{testDir}/../snapshots/{arg}{ext}',
  fullyParallel: true,
  workers: 2,
  // A test that passes only when retried has found a defect.
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Generous, because a busy machine is slow. Tests of a promised time limit set their own.
  timeout: 120_000,
  expect: { timeout: 20_000 },
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
        ...rootArgs,
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
