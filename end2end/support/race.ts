// Two shoppers compete for one unit: submits their forms at the same moment and returns each outcome.
import type { Page } from '@playwright/test';

/**
 * Delays each shopper's form until all have sent theirs, so that none arrives much earlier than the others. The routes stay in
 * place: removing one while its request is in flight can lose the response.
 */
export async function submitTogether(shoppers: Page[]): Promise<void> {
  let missing = shoppers.length;
  let release = () => {};
  const allSent = new Promise<void>((resolve) => (release = resolve));
  for (const shopper of shoppers) {
    await shopper.route('**/actions/reserve', async (route) => {
      missing -= 1;
      if (missing === 0) release();
      await allSent;
      await route.continue();
    });
  }
}

/** Waits for the outcome of a shopper's reservation. */
export async function outcome(shopper: Page): Promise<'reserved' | 'sold out'> {
  // A node that has not seen the other's commit yet shows the second text.
  const refusal = shopper.getByText(/Just missed it|There are enough again/).first();
  return Promise.race([
    shopper.waitForURL(/\/checkout\/[0-9a-f-]{36}$/).then(() => 'reserved' as const),
    refusal.waitFor().then(() => 'sold out' as const),
  ]);
}
