// Signs webhooks with the official libraries in two languages. Each signer returns the request headers.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';

/** Python of the virtual environment that tools/interop.sh creates. */
const python = process.env.HOLDFAST_INTEROP_PYTHON;

export function interopPython() {
  if (!python) throw new Error('HOLDFAST_INTEROP_PYTHON is not set: run tools/interop.sh');
  return python;
}

function signInPython(request) {
  return execFileSync(interopPython(), [join(import.meta.dirname, 'sign_webhook.py')], { input: JSON.stringify(request), encoding: 'utf8' }).trim();
}

/** Secrets without the prefix are raw text, for the libraries and for the server. */
const isRaw = (secret) => !secret.startsWith('whsec_');

const standardHeaders = (id, timestamp, signature) => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': signature,
});

export const standardSigners = {
  'npm standardwebhooks': ({ secret, id, timestamp, body }) => {
    const webhook = new Webhook(secret, isRaw(secret) ? { format: 'raw' } : undefined);
    return standardHeaders(id, timestamp, webhook.sign(id, new Date(timestamp * 1000), body));
  },
  'PyPI standardwebhooks': ({ secret, id, timestamp, body }) =>
    standardHeaders(id, timestamp, signInPython({ scheme: 'standard', secret, id, timestamp, body, raw: isRaw(secret) })),
};

export const stripeSigners = {
  'npm stripe': ({ secret, timestamp, body }) => ({
    'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp }),
  }),
  'PyPI stripe': ({ secret, timestamp, body }) => ({
    'stripe-signature': signInPython({ scheme: 'stripe', secret, timestamp, body }),
  }),
};
