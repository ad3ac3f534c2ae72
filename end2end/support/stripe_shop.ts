// A shop that takes money through the double of Stripe and sends mail to maildev.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type Stripe from 'stripe';
import { test as base, expect } from './fixtures.js';
import { Mailbox } from './mailbox.js';
import { repository } from './server.js';
import { StripeDouble } from './stripe_double/double.js';

/** The events that docs/INTEGRATING.md says to select: the shop must do with these. */
const EVENTS = eventsOf(readFileSync(join(repository, 'docs/INTEGRATING.md'), 'utf8'));

function eventsOf(document: string): string[] {
  const [, list] = /<!-- stripe events -->\n```text\n(.*?)\n```/s.exec(document) ?? [];
  if (!list) throw new Error('docs/INTEGRATING.md has no list of events');
  return list.split('\n');
}

/** What exists at the double. */
export type StripeState = {
  sessions: Stripe.Checkout.Session[];
  payment_intents: Stripe.PaymentIntent[];
  refunds: Stripe.Refund[];
  deliveries: { type: string; status: number | undefined; answer: string }[];
};

export const stateOf = (double: StripeDouble): StripeState => double.control.state() as StripeState;

export const test = base.extend<{ double: StripeDouble; mailbox: Mailbox }>({
  double: async ({}, use) => {
    const double = await StripeDouble.start();
    await use(double);
    await double.close();
  },

  mailbox: async ({}, use) => {
    const mailbox = await Mailbox.start();
    await use(mailbox);
    await mailbox.close();
  },

  // Links in mails and the addresses after a payment need the shop's own address before it starts.
  settings: async ({ double, mailbox }, use) => {
    const address = `127.0.0.1:${await freePort()}`;
    const secret = `whsec_${randomBytes(24).toString('hex')}`;
    double.control.configureEndpoint({ url: `http://${address}/api/webhooks/payment`, secret, events: EVENTS });
    await use({
      HOLDFAST_ADDR: address,
      HOLDFAST_PUBLIC_URL: `http://${address}`,
      HOLDFAST_PAYMENT_PROVIDER: 'stripe',
      HOLDFAST_STRIPE_KEY: double.key,
      HOLDFAST_STRIPE_API: double.url,
      HOLDFAST_STRIPE_SECRETS: secret,
      HOLDFAST_SMTP_URL: mailbox.smtpUrl,
      HOLDFAST_MAIL_FROM: 'Shop <shop@example.com>',
      HOLDFAST_LINK_SECRETS: randomBytes(32).toString('hex'),
    });
  },
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export { expect };
