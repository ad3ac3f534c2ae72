// Who signs: the official libraries of two languages. Each answers the headers of a request.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import Stripe from 'stripe';

/** Its own environment, as tools/interop.sh makes it. */
const python = process.env.HOLDFAST_INTEROP_PYTHON;

function byPython(request) {
  if (!python) throw new Error('HOLDFAST_INTEROP_PYTHON is not set: run tools/interop.sh');
  return execFileSync(python, [join(import.meta.dirname, 'sign.py')], { input: JSON.stringify(request), encoding: 'utf8' }).trim();
}

/** The form of a secret tells the libraries how to read it, and so it tells this server. */
const isRaw = (secret) => !secret.startsWith('whsec_');

const standardHeaders = (id, at, signature) => ({
  'webhook-id': id,
  'webhook-timestamp': String(at),
  'webhook-signature': signature,
});

export const standardSigners = {
  'npm standardwebhooks': ({ secret, id, at, body }) => {
    const webhook = new Webhook(secret, isRaw(secret) ? { format: 'raw' } : undefined);
    return standardHeaders(id, at, webhook.sign(id, new Date(at * 1000), body));
  },
  'PyPI standardwebhooks': ({ secret, id, at, body }) =>
    standardHeaders(id, at, byPython({ scheme: 'standard', secret, id, at, body, raw: isRaw(secret) })),
};

export const stripeSigners = {
  'npm stripe': ({ secret, at, body }) => ({
    'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: at }),
  }),
  'PyPI stripe': ({ secret, at, body }) => ({ 'stripe-signature': byPython({ scheme: 'stripe', secret, at, body }) }),
};
