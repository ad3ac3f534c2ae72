// README's walkthrough with curl ends with a paid order.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '../support/fixtures.js';
import { repository } from '../support/server.js';

const run = promisify(execFile);

test('the walkthrough in README', async ({ shop }) => {
  await shop.seed();
  const before = await shop.product('flash-phone');
  const { stdout } = await run(join(repository, 'end2end/walkthrough.sh'), [shop.url], { cwd: shop.folder, env: shop.env() });
  expect(stdout).toMatch(/"status" *: *"paid"/);
  const after = await shop.product('flash-phone');
  expect(after).toMatchObject({ sold: before.sold + 1, available: before.available - 1, held: before.held, pending: before.pending });
});
