// A double for one test, and the official client that is pointed at it.
import { after, before } from 'node:test';
import Stripe from 'stripe';
import { StripeDouble } from '../double.js';

export type Bench = { double: StripeDouble; stripe: Stripe };

/** Opens a double before the tests of a file, and closes it after them. `prepare` runs once it is open. */
export function useDouble(prepare: (bench: Bench) => Promise<void> = async () => {}): Bench {
  const bench = {} as Bench;
  before(async () => {
    bench.double = await StripeDouble.start();
    bench.stripe = clientOf(bench.double);
    await prepare(bench);
  });
  after(async () => bench.double.close());
  return bench;
}

export function clientOf(double: StripeDouble, key = double.key): Stripe {
  const { hostname: host, port } = new URL(double.url);
  return new Stripe(key, { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
}

/** The parameters of a session for one lamp. */
export function lamp(changes: Partial<Stripe.Checkout.SessionCreateParams> = {}): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    client_reference_id: 'order-1',
    customer_email: 'ada@example.com',
    line_items: [{ quantity: 2, price_data: { currency: 'usd', unit_amount: 4990, product_data: { name: 'Desk <Lamp>' } } }],
    success_url: 'http://127.0.0.1:1/orders/1?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://127.0.0.1:1/orders/1',
    metadata: { order_id: 'order-1' },
    payment_intent_data: { metadata: { order_id: 'order-1' } },
    adaptive_pricing: { enabled: false },
    ...changes,
  };
}

/** Presses a button of a session's page. Returns where the page leads to. */
export async function press(session: Stripe.Checkout.Session, payment: string): Promise<string> {
  const response = await fetch(session.url!, { method: 'POST', body: new URLSearchParams({ payment }), redirect: 'manual' });
  if (response.status !== 303) throw new Error(`${response.status} ${await response.text()}`);
  return response.headers.get('location')!;
}

/** Makes a session that is paid by card, and returns it. */
export async function paid(stripe: Stripe, changes: Partial<Stripe.Checkout.SessionCreateParams> = {}): Promise<Stripe.Checkout.Session & { payment_intent: string }> {
  const session = await stripe.checkout.sessions.create(lamp(changes));
  await press(session, 'card');
  return (await stripe.checkout.sessions.retrieve(session.id)) as Stripe.Checkout.Session & { payment_intent: string };
}
