// Controls for tests, as methods and over HTTP: `POST /_control/<name>` with a JSON object.
import { invalid } from './errors.js';
import type { CallName, Fault, Faults } from './faults.js';
import type { Form } from './form.js';
import type { Ledger, RefundOutcome } from './ledger.js';
import type { Endpoint, Webhooks } from './webhooks.js';

/** A call that the double has received. A call that hangs has no status. */
export type ReceivedCall = {
  method: string;
  path: string;
  call: CallName | undefined;
  params: Form;
  idempotency_key: string | undefined;
  stripe_version: string | undefined;
  status: number | undefined;
  replayed: boolean;
};

export class Control {
  readonly #ledger: Ledger;
  readonly #webhooks: Webhooks;
  readonly #faults: Faults;
  readonly #calls: ReceivedCall[];

  constructor(parts: { ledger: Ledger; webhooks: Webhooks; faults: Faults; calls: ReceivedCall[] }) {
    this.#ledger = parts.ledger;
    this.#webhooks = parts.webhooks;
    this.#faults = parts.faults;
    this.#calls = parts.calls;
  }

  /** Calls received so far, oldest first, of one name or of all. */
  calls(call?: CallName): ReceivedCall[] {
    return this.#calls.filter((received) => call === undefined || received.call === call);
  }

  /** Makes the next call fail, or the next call of a name. */
  failNext(fault: Fault, call?: CallName): void {
    this.#faults.order(fault, call);
  }

  /** Says how the next refunds end. */
  nextRefunds(...outcomes: RefundOutcome[]): void {
    this.#ledger.refundOutcomes.push(...outcomes);
  }

  /** Ends a pending refund. */
  settleRefund(refund: string, status: 'succeeded' | 'failed', reason?: string): void {
    this.#ledger.settleRefund(refund, status, reason);
  }

  /** Refunds a payment as somebody does in the dashboard: without the shop's metadata. Returns the refund's id. */
  refundInDashboard(paymentIntent: string, amount?: number): string {
    return this.#ledger.refund({ payment_intent: paymentIntent, reason: 'requested_by_customer', ...(amount !== undefined && { amount }) }).id;
  }

  /** Opens a dispute of a payment, and returns its id. */
  openDispute(paymentIntent: string): string {
    return this.#ledger.openDispute(paymentIntent).id;
  }

  closeDispute(dispute: string, status: 'won' | 'lost'): void {
    this.#ledger.closeDispute(dispute, status);
  }

  /** Ends a bank debit of a session. */
  settlePayment(session: string, succeeds: boolean): void {
    this.#ledger.settle(session, succeeds);
  }

  /** Ends a session as if its time were over. */
  expireSession(session: string): void {
    this.#ledger.expireSession(session);
  }

  configureEndpoint(endpoint: Endpoint): void {
    this.#webhooks.configure(endpoint);
  }

  holdWebhooks(): void {
    this.#webhooks.hold();
  }

  releaseWebhooks(order?: 'as created' | 'reversed'): void {
    this.#webhooks.release(order);
  }

  dropWebhooks(): void {
    this.#webhooks.drop();
  }

  /** Delivers an event again. */
  redeliver(eventId: string): void {
    const event = this.#ledger.events.find(({ id }) => id === eventId);
    if (!event) throw invalid(`No event ${eventId}`);
    this.#webhooks.deliver(event);
  }

  /** What exists, for tests that look at the provider's side. */
  state(): object {
    const { sessions, intents, charges, refunds, disputes, events } = this.#ledger;
    return {
      sessions: [...sessions.values()].map(({ session }) => session),
      payment_intents: [...intents.values()],
      charges: [...charges.values()],
      refunds: [...refunds.values()],
      disputes: [...disputes.values()],
      events,
      deliveries: this.#webhooks.deliveries,
    };
  }
}

// Bodies of control requests come from tests in this repository, so they are not checked any further.
type Body = Record<string, never>;

/** The control requests. Each answers JSON. */
export const controls: Record<string, (control: Control, body: Body) => unknown> = {
  calls: (control, body) => control.calls(body.call),
  fail_next: (control, { call, ...fault }) => control.failNext(fault as unknown as Fault, call),
  next_refunds: (control, body) => control.nextRefunds(...(body.outcomes as RefundOutcome[])),
  settle_refund: (control, body) => control.settleRefund(body.refund!, body.status!, body.reason),
  refund_in_dashboard: (control, body) => ({ refund: control.refundInDashboard(body.payment_intent!, body.amount) }),
  open_dispute: (control, body) => ({ dispute: control.openDispute(body.payment_intent!) }),
  close_dispute: (control, body) => control.closeDispute(body.dispute!, body.status!),
  settle_payment: (control, body) => control.settlePayment(body.session!, body.succeeds!),
  expire_session: (control, body) => control.expireSession(body.session!),
  configure_endpoint: (control, body) => control.configureEndpoint(body as unknown as Endpoint),
  hold_webhooks: (control) => control.holdWebhooks(),
  release_webhooks: (control, body) => control.releaseWebhooks(body.order),
  drop_webhooks: (control) => control.dropWebhooks(),
  redeliver: (control, body) => control.redeliver(body.event!),
  state: (control) => control.state(),
};
