// Reads the mails of a development shop, which keeps them in memory.
import { expect } from '@playwright/test';
import type { Shop } from './shop.js';

export type SandboxMail = { id: string; to: string; subject: string; text: string };

/** Warning about the frame that shows a mail, in which no script may run. */
export const FRAME_WITHOUT_SCRIPTS = /Blocked script execution in 'about:srcdoc'/;

/** Waits for a mail whose subject matches. */
export async function waitForMail(shop: Shop, subject: RegExp): Promise<SandboxMail> {
  let found: SandboxMail | undefined;
  await expect
    .poll(async () => {
      const response = await fetch(`${shop.url}/sandbox/mail.json`);
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      const mails = (await response.json()) as SandboxMail[];
      found = mails.find((mail) => subject.test(mail.subject));
      return found ? 'arrived' : mails.map((mail) => mail.subject);
    }, `a mail about ${subject}`)
    .toBe('arrived');
  return found!;
}
