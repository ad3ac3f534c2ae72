// The walkthroughs with curl: README's ends with a paid order, and that of the admin API with a refunded one.
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

test('the walkthrough of the admin API', async ({ shop }) => {
  const walkthrough = join(repository, 'end2end/walkthrough.sh');
  const { stdout } = await run(walkthrough, [shop.url, 'docs/ADMIN-API.md'], { cwd: shop.folder, env: shop.env() });
  expect(stdout).toMatch(/stale-revision.*"by":"API client Back office"/);
  expect(stdout).toMatch(/"state":"succeeded"/);
  expect(stdout).toMatch(/"status":"refunded"/);
  expect(stdout).toContain('refund.done_elsewhere');
  expect(stdout).toMatch(/^HF-.*,69\.00,6900,EUR,refunded,/m);
});
