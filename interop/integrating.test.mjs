// The receivers in docs/INTEGRATING.md, run as they stand. Its Rust code is a documentation test of the crate `integrations`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from './shop.mjs';
import { interopPython, standardSigners } from './signers.mjs';

const document = readFileSync(join(import.meta.dirname, '../docs/INTEGRATING.md'), 'utf8');
const TIMEOUT_MS = 20_000;

/** Returns the code block that follows a marker. */
function codeOf(language) {
  const [, code] = document.match(new RegExp(`<!-- receiver: ${language} -->\\n\`\`\`\\w+\\n(.*?)\\n\`\`\`\\n`, 's')) ?? [];
  assert.ok(code, `docs/INTEGRATING.md has no receiver in ${language}`);
  return code;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The example body of the document. */
const example = JSON.stringify(JSON.parse(document.match(/```json\n(\{\n.*?\n\})\n```/s)[1]));

const programs = {
  node: () => [process.execPath, ['--input-type=module', '--eval', codeOf('node')]],
  python: () => [interopPython(), ['-c', codeOf('python')]],
};

for (const [language, program] of Object.entries(programs)) {
  test(`the receiver in ${language} accepts what the shop signs, and nothing else`, async (context) => {
    const [port, secret] = [await freePort(), `whsec_${Buffer.alloc(32, 3).toString('base64')}`];
    const env = { ...process.env, PORT: String(port), HOLDFAST_ENDPOINT_SECRET: secret };
    const receiver = spawn(...program(), { cwd: import.meta.dirname, env, stdio: ['ignore', 'pipe', 'pipe'] });
    context.after(async () => {
      receiver.kill();
      if (receiver.exitCode === null && receiver.signalCode === null) await once(receiver, 'exit');
    });
    let [output, errors] = ['', ''];
    receiver.stdout.on('data', (data) => (output += data));
    receiver.stderr.on('data', (data) => (errors += data));

    const post = (headers, body) => fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
    const sign = (changes = {}) => standardSigners['npm standardwebhooks']({ secret, id: 'msg_1', timestamp: now(), body: example, ...changes });
    const until = async (what, condition) => {
      for (const deadline = Date.now() + TIMEOUT_MS; !(await condition()); await sleep(20)) {
        assert.ok(Date.now() < deadline && receiver.exitCode === null, `${what} did not happen:\n${output}${errors}`);
      }
    };
    await until('the start', () => post({}, '{}').then(() => true, () => false));
    assert.equal((await post(sign(), example)).status, 204, errors);
    const other = `whsec_${Buffer.alloc(32, 4).toString('base64')}`;
    const both = `${sign({ secret: other })['webhook-signature']} ${sign()['webhook-signature']}`;
    assert.equal((await post({ ...sign(), 'webhook-signature': both }, example)).status, 204);
    for (const [headers, body] of [
      [sign(), example.replace('24900', '1')],
      [{ ...sign(), 'webhook-id': 'msg_2' }, example],
      [sign({ secret: other }), example],
      [sign({ timestamp: now() - 400 }), example],
    ]) {
      assert.equal((await post(headers, body)).status, 400);
    }
    const lines = () => output.split(/\r?\n/).filter(Boolean);
    await until('the output', () => lines().length >= 2);
    assert.deepEqual(lines(), Array(2).fill('order.paid 0192f0c1-7a00-7000-8000-000000000003'));
  });
}
