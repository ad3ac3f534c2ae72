// Trouble that tests order for the next calls.

/** The names of the calls that the double implements. */
export type CallName =
  | 'checkout.sessions.create'
  | 'checkout.sessions.retrieve'
  | 'checkout.sessions.expire'
  | 'refunds.create'
  | 'refunds.list'
  | 'refunds.retrieve'
  | 'payment_intents.retrieve'
  | 'events.list'
  | 'events.retrieve';

export type Fault =
  /** 500 without doing anything. Stripe repeats it for a repeated key. */
  | { kind: 'server_error' }
  /** 500 after doing it. */
  | { kind: 'server_error_after' }
  /** 429 without doing anything, with a Retry-After in seconds. */
  | { kind: 'rate_limit'; retry_after?: number }
  /** Does it, and never answers. */
  | { kind: 'hang' }
  /** Answers after a pause. Meanwhile the key is in use. */
  | { kind: 'slow'; ms: number };

export class Faults {
  readonly #ordered: { call: CallName | undefined; fault: Fault }[] = [];

  /** Orders a fault for the next call, or for the next call of a name. */
  order(fault: Fault, call?: CallName): void {
    this.#ordered.push({ call, fault });
  }

  /** Takes the first fault that is ordered for a call. */
  take(call: CallName): Fault | undefined {
    const at = this.#ordered.findIndex((ordered) => ordered.call === undefined || ordered.call === call);
    return at < 0 ? undefined : this.#ordered.splice(at, 1)[0]!.fault;
  }
}
