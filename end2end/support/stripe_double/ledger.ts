// State of the double: sessions, payment intents, charges, refunds, disputes and events, and how they change.
import type Stripe from 'stripe';
import { invalid, missingResource } from './errors.js';
import { API_VERSION, newCharge, newDispute, newId, newIntent, newRefund, newSession, nowS, type Method } from './objects.js';
import type { NewSession } from './parameters.js';

type EventType = Stripe.Event['type'];
/** The object that an event of this type is about. */
type ObjectOf<T extends EventType> = Extract<Stripe.Event, { type: T }>['data']['object'];

/** How a refund ends that the API or the dashboard makes. */
export type RefundOutcome = 'succeeded' | 'pending' | 'failed' | 'insufficient_funds' | 'balance_insufficient';
/** What somebody does on the payment page. */
export type Payment = 'card' | 'declined_card' | 'bank_debit';

export class Ledger {
  readonly sessions = new Map<string, { session: Stripe.Checkout.Session; request: NewSession }>();
  readonly intents = new Map<string, Stripe.PaymentIntent>();
  readonly charges = new Map<string, Stripe.Charge>();
  readonly refunds = new Map<string, Stripe.Refund>();
  readonly disputes = new Map<string, Stripe.Dispute>();
  /** All events, oldest first. */
  readonly events: Stripe.Event[] = [];
  /** How the next refunds end, in order; then all succeed. */
  readonly refundOutcomes: RefundOutcome[] = [];
  readonly #onEvent: (event: Stripe.Event) => void;

  constructor(onEvent: (event: Stripe.Event) => void) {
    this.#onEvent = onEvent;
  }

  openSession(request: NewSession, baseUrl: string): Stripe.Checkout.Session {
    const session = newSession(request, baseUrl);
    this.sessions.set(session.id, { session, request });
    return session;
  }

  /** Returns a session after ending it if its time is over. */
  session(id: string): Stripe.Checkout.Session {
    const { session } = this.sessions.get(id) ?? missing('checkout.session', id, 'session');
    if (session.status === 'open' && session.expires_at <= nowS()) this.#expire(session);
    return session;
  }

  expireSession(id: string): Stripe.Checkout.Session {
    const session = this.session(id);
    if (session.status !== 'open') {
      throw invalid(`Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`);
    }
    this.#expire(session);
    return session;
  }

  #expire(session: Stripe.Checkout.Session): void {
    Object.assign(session, { status: 'expired', url: null });
    const intent = this.#intentOf(session);
    if (intent) {
      Object.assign(intent, { status: 'canceled', canceled_at: nowS(), cancellation_reason: 'abandoned' });
      this.#emit('payment_intent.canceled', intent);
    }
    this.#emit('checkout.session.expired', session);
  }

  /** Pays on the page of an open session. A declined card leaves it open. */
  pay(id: string, payment: Payment): void {
    const session = this.session(id);
    if (session.status !== 'open') throw invalid(`The session is ${session.status}`);
    const intent = this.#intentOf(session) ?? this.#newIntent(session);
    const method: Method = payment === 'bank_debit' ? 'sepa_debit' : 'card';
    const charge = newCharge(intent, method, session.customer_email);
    this.charges.set(charge.id, charge);
    Object.assign(intent, { latest_charge: charge.id, payment_method: charge.payment_method, last_payment_error: null });
    if (payment === 'declined_card') {
      this.#fail(charge, intent);
      return;
    }
    Object.assign(session, { status: 'complete', url: null });
    if (payment === 'bank_debit') {
      intent.status = 'processing';
      this.#emit('charge.pending', charge);
      this.#emit('payment_intent.processing', intent);
    } else {
      this.#succeed(charge, intent);
      session.payment_status = 'paid';
    }
    this.#emit('checkout.session.completed', session);
  }

  /** Ends a bank debit that is under way. */
  settle(id: string, succeeds: boolean): void {
    const session = this.session(id);
    const intent = this.#intentOf(session);
    const charge = this.charges.get(String(intent?.latest_charge));
    if (!intent || charge?.status !== 'pending') throw invalid('No payment of this session is under way');
    if (succeeds) {
      this.#succeed(charge, intent);
      session.payment_status = 'paid';
      this.#emit('checkout.session.async_payment_succeeded', session);
    } else {
      this.#fail(charge, intent);
      this.#emit('checkout.session.async_payment_failed', session);
    }
  }

  #newIntent(session: Stripe.Checkout.Session): Stripe.PaymentIntent {
    const intent = newIntent(session, this.sessions.get(session.id)!.request);
    this.intents.set(intent.id, intent);
    session.payment_intent = intent.id;
    this.#emit('payment_intent.created', intent);
    return intent;
  }

  #intentOf(session: Stripe.Checkout.Session): Stripe.PaymentIntent | undefined {
    return this.intents.get(String(session.payment_intent));
  }

  #succeed(charge: Stripe.Charge, intent: Stripe.PaymentIntent): void {
    const outcome: Stripe.Charge.Outcome = { advice_code: null, network_advice_code: null, network_decline_code: null, network_status: 'approved_by_network', reason: null, seller_message: 'Payment complete.', type: 'authorized' };
    Object.assign(charge, { status: 'succeeded', paid: true, amount_captured: charge.amount, balance_transaction: newId('txn'), outcome });
    Object.assign(intent, { status: 'succeeded', amount_received: intent.amount });
    this.#emit('charge.succeeded', charge);
    this.#emit('payment_intent.succeeded', intent);
  }

  #fail(charge: Stripe.Charge, intent: Stripe.PaymentIntent): void {
    const error: Stripe.PaymentIntent.LastPaymentError = { type: 'card_error', code: 'card_declined', decline_code: 'generic_decline', message: 'Your card was declined.', charge: charge.id };
    Object.assign(charge, { status: 'failed', failure_code: error.code, failure_message: error.message });
    Object.assign(intent, { status: 'requires_payment_method', last_payment_error: error, payment_method: null });
    this.#emit('charge.failed', charge);
    this.#emit('payment_intent.payment_failed', intent);
  }

  /** Makes a refund. The API and the dashboard come here. */
  refund(request: Stripe.RefundCreateParams): Stripe.Refund {
    const charge = this.#chargeToRefund(request);
    const left = charge.amount - charge.amount_refunded;
    const amount = request.amount ?? left;
    if (left === 0) throw invalid(`Charge ${charge.id} has already been refunded.`, undefined, 'charge_already_refunded');
    if (amount > left) throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, 'amount');
    const dispute = [...this.disputes.values()].find((open) => open.charge === charge.id && open.status !== 'won');
    if (dispute) throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, undefined, 'charge_disputed');
    const outcome = this.refundOutcomes.shift() ?? 'succeeded';
    if (outcome === 'balance_insufficient') throw invalid('You have insufficient funds in your Stripe account for this refund.', undefined, 'balance_insufficient');
    const metadata = Object.fromEntries(Object.entries(request.metadata || {}).map(([name, value]) => [name, String(value)]));
    const refund = newRefund(charge, amount, metadata, request.reason ?? null);
    this.refunds.set(refund.id, refund);
    charge.amount_refunded += amount;
    charge.refunded = charge.amount_refunded === charge.amount;
    if (outcome === 'succeeded') Object.assign(refund, { status: 'succeeded', balance_transaction: newId('txn') });
    else refund.pending_reason = 'processing';
    this.#emit('refund.created', refund);
    this.#emit('charge.refunded', charge);
    if (outcome === 'failed') this.settleRefund(refund.id, 'failed', 'expired_or_canceled_card');
    if (outcome === 'insufficient_funds') this.settleRefund(refund.id, 'failed', 'insufficient_funds');
    return refund;
  }

  #chargeToRefund({ charge: chargeId, payment_intent: intentId }: Stripe.RefundCreateParams): Stripe.Charge {
    if (chargeId !== undefined && !this.charges.has(chargeId)) throw missingResource(400, 'charge', chargeId, 'charge');
    const intent = intentId === undefined ? undefined : this.intents.get(intentId);
    if (intentId !== undefined && !intent) throw missingResource(400, 'payment_intent', intentId, 'payment_intent');
    if (chargeId !== undefined && intent && intent.latest_charge !== chargeId) throw invalid('The charge is not one of this payment intent', 'charge');
    const charge = this.charges.get(chargeId ?? String(intent?.latest_charge));
    if (charge?.status !== 'succeeded') {
      throw invalid(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, 'payment_intent', 'payment_intent_unexpected_state');
    }
    return charge;
  }

  /** Ends a refund that is pending. A failed one gives the amount back to the charge. */
  settleRefund(id: string, status: 'succeeded' | 'failed', reason = 'unknown'): Stripe.Refund {
    const refund = this.refunds.get(id) ?? missing('refund', id, 'id');
    if (refund.status !== 'pending') throw invalid(`The refund is ${refund.status}`);
    delete refund.pending_reason;
    if (status === 'succeeded') {
      Object.assign(refund, { status, balance_transaction: newId('txn') });
    } else {
      Object.assign(refund, { status, failure_reason: reason, failure_balance_transaction: newId('txn') });
      const charge = this.charges.get(String(refund.charge))!;
      charge.amount_refunded -= refund.amount;
      charge.refunded = false;
    }
    this.#emit('refund.updated', refund);
    this.#emit('charge.refund.updated', refund);
    if (status === 'failed') this.#emit('refund.failed', refund);
    return refund;
  }

  openDispute(intentId: string): Stripe.Dispute {
    const intent = this.intents.get(intentId) ?? missing('payment_intent', intentId, 'intent');
    const charge = this.charges.get(String(intent.latest_charge));
    if (charge?.status !== 'succeeded') throw invalid('Only a successful charge can be disputed');
    const dispute = newDispute(charge);
    this.disputes.set(dispute.id, dispute);
    charge.disputed = true;
    this.#emit('charge.dispute.created', dispute);
    return dispute;
  }

  closeDispute(id: string, status: 'won' | 'lost'): Stripe.Dispute {
    const dispute = this.disputes.get(id) ?? missing('dispute', id, 'dispute');
    Object.assign(dispute, { status, is_charge_refundable: status === 'won' });
    this.#emit('charge.dispute.closed', dispute);
    return dispute;
  }

  /** Finds an object by its id, for calls that expand one. */
  find(id: string): object | undefined {
    return this.intents.get(id) ?? this.charges.get(id) ?? this.refunds.get(id) ?? this.sessions.get(id)?.session;
  }

  #emit<T extends EventType>(type: T, object: ObjectOf<T>): void {
    // The compiler cannot see that type and object belong to one member of the union.
    const event = {
      id: newId('evt'),
      object: 'event',
      api_version: API_VERSION,
      created: nowS(),
      data: { object: structuredClone(object) },
      livemode: false,
      pending_webhooks: 0,
      request: { id: null, idempotency_key: null },
      type,
    } satisfies Stripe.EventBase as unknown as Stripe.Event;
    this.events.push(event);
    this.#onEvent(event);
  }
}

function missing(kind: string, id: string, param: string): never {
  throw missingResource(404, kind, id, param);
}

