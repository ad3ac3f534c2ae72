// An operator of the console: signs in over HTTP and measures requests.
import { createHmac, randomBytes } from 'node:crypto';
import http from 'node:http';

const EMAIL = 'bench@example.com';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.match(/.{5}/g).map((five) => BASE32[parseInt(five, 2)]).join('');
}

/** Returns the code that an authenticator app shows now (RFC 6238). */
function totp(key) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / STEP_MS)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = digest.at(-1) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export class Operator {
  constructor(address) {
    this.address = address;
    this.cookie = undefined;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  }

  /** Invites an administrator by the command line, and uses the link: production demands a second factor. */
  static async signIn(store, server) {
    const { link } = JSON.parse(await store.command('operator', 'add', '--email', EMAIL, '--role', 'admin', '--json'));
    const operator = new Operator(server.address);
    const key = randomBytes(20);
    const form = { new_password: randomBytes(24).toString('hex'), secret: base32(key), code: totp(key) };
    const { status, headers, body } = await operator.request(new URL(link).pathname, { form });
    const cookie = headers['set-cookie']?.[0].split(';')[0];
    if (status >= 400 || !cookie) throw new Error(`the operator could not sign in: ${status} ${body}`);
    operator.cookie = cookie;
    return operator;
  }

  /**
   * Makes a request. Times are in milliseconds. With `onlyFirstByte` the rest of the response is not read.
   * @returns {Promise<{status: number, headers: object, body: string, bytes: number, firstByteMs: number, ms: number}>}
   */
  request(path, { form, onlyFirstByte = false } = {}) {
    const { address, agent, cookie } = this;
    const body = form && new URLSearchParams(form).toString();
    const headers = {
      accept: 'text/html',
      ...(cookie ? { cookie } : {}),
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded', origin: address } : {}),
    };
    return new Promise((resolve, reject) => {
      const began = performance.now();
      const request = http.request(new URL(path, address), { method: form ? 'POST' : 'GET', headers, agent });
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks = [];
        let firstByteMs;
        const finish = () => {
          const ms = performance.now() - began;
          const all = Buffer.concat(chunks);
          const { statusCode: status, headers } = response;
          resolve({ status, headers, body: all.toString(), bytes: all.length, firstByteMs: firstByteMs ?? ms, ms });
        };
        response.on('data', (chunk) => {
          firstByteMs ??= performance.now() - began;
          chunks.push(chunk);
          if (!onlyFirstByte) return;
          finish();
          response.destroy();
        });
        response.on('end', finish);
        // An export that is not read to its end closes its connection, which is no error.
        response.on('error', (error) => (onlyFirstByte ? undefined : reject(error)));
      });
      request.end(body);
    });
  }
}
