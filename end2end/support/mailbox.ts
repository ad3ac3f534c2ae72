// Receives mail with maildev, an SMTP server of others, and reads it through maildev's JSON API.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { MailDev } from 'maildev';

/** The fields of a received mail that the tests use. */
export type Mail = { subject: string; to: { address: string }[]; from: { address: string; name?: string }[]; text: string; html: string };

export class Mailbox {
  /** Value for `HOLDFAST_SMTP_URL`. */
  readonly smtpUrl: string;
  readonly #api: string;
  readonly #folder: string;
  readonly #server: MailDev;

  private constructor(server: MailDev, folder: string) {
    const { smtp, api } = server.getServers()!;
    this.smtpUrl = `smtp://127.0.0.1:${smtp.getAddress().port}`;
    this.#api = `http://127.0.0.1:${api!.getAddress()!.port}/api`;
    this.#server = server;
    this.#folder = folder;
  }

  /** Starts a server on free ports. */
  static async start(): Promise<Mailbox> {
    const mailDirectory = mkdtempSync(join(tmpdir(), 'holdfast-mail-'));
    const server = new MailDev({ smtp: 0, ip: '127.0.0.1', web: 0, webIp: '127.0.0.1', silent: true, mailDirectory });
    await server.start();
    return new Mailbox(server, mailDirectory);
  }

  /** All mails to an address, oldest first. */
  async mails(to: string): Promise<Mail[]> {
    const response = await fetch(`${this.#api}/email`);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    const mails = (await response.json()) as (Mail & { time: string })[];
    return mails.filter((mail) => mail.to.some(({ address }) => address === to)).sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  }

  /** Waits for a mail whose subject matches. */
  async waitFor(to: string, subject: RegExp): Promise<Mail> {
    let found: Mail | undefined;
    await expect
      .poll(async () => {
        const mails = await this.mails(to);
        found = mails.find((mail) => subject.test(mail.subject));
        return found ? 'arrived' : mails.map((mail) => mail.subject);
      }, `a mail to ${to} about ${subject}`)
      .toBe('arrived');
    return found!;
  }

  async close(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The address in a mail that leads to the shop. */
export function linkIn(mail: Pick<Mail, 'text'>, shopUrl: string): string {
  const links = mail.text.match(/https?:\/\/\S+/g) ?? [];
  const link = links.find((url) => url.startsWith(`${shopUrl}/orders/`));
  if (!link) throw new Error(`no link to ${shopUrl} in: ${mail.text}`);
  return link;
}
