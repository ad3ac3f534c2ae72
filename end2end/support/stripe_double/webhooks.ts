// Delivers events to the configured endpoint, signed by the official library, and again until the endpoint accepts them.
import Stripe from 'stripe';

/** A webhook endpoint as Stripe's dashboard configures it. Without `events` it gets all of them. */
export type Endpoint = { url: string; secret: string; events?: string[] };

/** One attempt to deliver an event. Without a `status`, the endpoint did not answer. */
export type Delivery = { event: string; type: string; attempt: number; status: number | undefined; answer: string };

/** Pauses before the next attempts, shorter than Stripe's, which begin with minutes. */
const PAUSES_MS = [100, 200, 400, 800, 1_600, 3_200];
const TIMEOUT_MS = 10_000;

export class Webhooks {
  /** All attempts so far. */
  readonly deliveries: Delivery[] = [];
  #endpoint: Endpoint | undefined;
  #held: Stripe.Event[] | undefined;
  #closed = false;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #aborts = new Set<AbortController>();

  /** Configures the endpoint. Events before this are not delivered. */
  configure(endpoint: Endpoint | undefined): void {
    this.#endpoint = endpoint;
  }

  /** Keeps events back until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  /** Delivers the events that were kept back, in the given order, and those that follow. */
  release(order: 'as created' | 'reversed' = 'as created'): void {
    const events = this.#held ?? [];
    this.#held = undefined;
    for (const event of order === 'reversed' ? events.reverse() : events) this.deliver(event);
  }

  /** Forgets the events that were kept back: the endpoint never gets them. */
  drop(): void {
    if (this.#held) this.#held = [];
  }

  /** Called for each new event. */
  onEvent(event: Stripe.Event): void {
    if (!this.#endpoint || this.#endpoint.events?.includes(event.type) === false) return;
    event.pending_webhooks = 1;
    if (this.#held) this.#held.push(event);
    else this.deliver(event);
  }

  /** Delivers an event, also one that was delivered before. */
  deliver(event: Stripe.Event, attempt = 1): void {
    if (!this.#endpoint || this.#closed) return;
    void this.#send(event, attempt, this.#endpoint).then((accepted) => {
      if (accepted) event.pending_webhooks = 0;
      else this.#retry(event, attempt);
    });
  }

  #retry(event: Stripe.Event, attempt: number): void {
    const pause = PAUSES_MS[attempt - 1];
    if (pause === undefined || this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.deliver(event, attempt + 1);
    }, pause);
    this.#timers.add(timer);
  }

  async #send(event: Stripe.Event, attempt: number, { url, secret }: Endpoint): Promise<boolean> {
    const payload = JSON.stringify(event, null, 2);
    const abort = new AbortController();
    this.#aborts.add(abort);
    const delivery: Delivery = { event: event.id, type: event.type, attempt, status: undefined, answer: '' };
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload, secret }),
        },
        body: payload,
        redirect: 'manual',
        signal: AbortSignal.any([abort.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      delivery.status = response.status;
      delivery.answer = await response.text();
    } catch (error) {
      delivery.answer = String(error);
    } finally {
      this.#aborts.delete(abort);
    }
    this.deliveries.push(delivery);
    return delivery.status !== undefined && delivery.status >= 200 && delivery.status < 300;
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const abort of this.#aborts) abort.abort();
  }
}
