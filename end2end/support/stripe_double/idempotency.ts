// The store of responses under an `Idempotency-Key`, as Stripe stores them: for each POST that began to work, whatever came
// of it. Requests with invalid parameters leave nothing.
import { isDeepStrictEqual } from 'node:util';
import { invalid, StripeError } from './errors.js';
import type { Form } from './form.js';

export type Answer = { status: number; body: unknown; headers: Record<string, string> };
type Stored = { path: string; form: Form; answer: Answer | undefined };

const MAX_KEY_LENGTH = 255;

export class Idempotency {
  readonly #stored = new Map<string, Stored>();

  /** Returns the stored answer of a repeated request. Otherwise reserves the key. */
  begin(key: string, path: string, form: Form): Answer | undefined {
    if (key.length > MAX_KEY_LENGTH) throw invalid(`The idempotency key must be at most ${MAX_KEY_LENGTH} characters`);
    const stored = this.#stored.get(key);
    if (!stored) {
      this.#stored.set(key, { path, form, answer: undefined });
      return undefined;
    }
    if (stored.path !== path || !isDeepStrictEqual(stored.form, form)) {
      const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;
      throw new StripeError(400, { type: 'idempotency_error', message });
    }
    if (!stored.answer) {
      const message = `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`;
      throw new StripeError(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message });
    }
    return { ...stored.answer, headers: { ...stored.answer.headers, 'idempotent-replayed': 'true' } };
  }

  /** Stores the answer of a request that `begin` let through. */
  store(key: string, answer: Answer): void {
    const stored = this.#stored.get(key);
    if (stored) stored.answer = answer;
  }

  /** Frees the key of a request that did not begin to work. */
  release(key: string): void {
    this.#stored.delete(key);
  }
}
