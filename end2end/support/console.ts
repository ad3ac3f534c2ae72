// The console as an operator uses it: one-time links, forms, and the codes of an authenticator app.
import { createHmac } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import type { Shop } from './shop.js';

export const PASSWORD = 'four unrelated words';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

/** Adds an operator with the command line. Returns the path of their one-time link. */
export async function invite(shop: Shop, email: string, role: string): Promise<string> {
  const added = JSON.parse(await shop.command('operator', 'add', '--email', email, '--role', role, '--json'));
  return new URL(added.link).pathname;
}

/** Sets password and second factor behind a one-time link. Returns the app's key and the recovery codes. */
export async function setUp(page: Page, link: string): Promise<{ key: string; codes: string[] }> {
  await page.goto(link);
  const key = (await page.locator('.key code').innerText()).replaceAll(' ', '');
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByLabel('Six-digit code').fill(codeAt(key, Date.now()));
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Your recovery codes' })).toBeVisible();
  return { key, codes: await page.locator('.codes code').allInnerTexts() };
}

/** Fills in the sign-in page, and waits for the page that asks for the second factor. */
export async function givePassword(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto('/admin/sign-in');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export async function giveCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** Returns the code of the next time step, which the server accepts as well. Each code works once. */
export function nextCode(key: string): string {
  return codeAt(key, Date.now() + STEP_MS);
}

/** Returns the code that an app with this key shows at a time (RFC 6238). */
export function codeAt(key: string, timeMs: number): string {
  const bits = [...key].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(timeMs / STEP_MS)));
  const digest = createHmac('sha1', bytes).update(step).digest();
  const offset = digest[19]! & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
