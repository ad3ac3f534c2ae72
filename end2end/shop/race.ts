// Two shoppers and one unit: how they press at the same moment, and how it ends for each.
import type { Page } from '@playwright/test';

/** Keeps each shopper's next form back until all have sent theirs, so that none arrives much before the others. */
export async function sendTogether(shoppers: Page[]): Promise<void> {
  let missing = shoppers.length;
  let go = () => {};
  const all = new Promise<void>((resolve) => (go = resolve));
  for (const shopper of shoppers) {
    await shopper.route(
      '**/actions/reserve',
      async (route) => {
        missing -= 1;
        if (missing === 0) go();
        await all;
        await route.continue();
      },
      { times: 1 },
    );
  }
}

/** What became of a shopper who has pressed Reserve. */
export async function outcome(shopper: Page): Promise<'got it' | 'too late'> {
  const refusal = shopper.getByRole('alert').filter({ hasText: 'Somebody was faster' });
  return Promise.race([
    shopper.waitForURL(/\/checkout\/[0-9a-f-]{36}$/).then(() => 'got it' as const),
    refusal.waitFor().then(() => 'too late' as const),
  ]);
}
