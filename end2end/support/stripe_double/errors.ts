// Errors as Stripe's API answers them.

export type ErrorBody = { type: 'invalid_request_error' | 'idempotency_error' | 'api_error'; message: string; code?: string; param?: string };

/** An error response. */
export class StripeError extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Record<string, string>;

  constructor(status: number, body: ErrorBody, headers: Record<string, string> = {}) {
    super(body.message);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export function invalid(message: string, param?: string, code?: string): StripeError {
  return new StripeError(400, { type: 'invalid_request_error', message, ...(param && { param }), ...(code && { code }) });
}

export function unknownParameter(param: string): StripeError {
  return invalid(`Received unknown parameter: ${param}`, param, 'parameter_unknown');
}

export function missingParameter(param: string): StripeError {
  return invalid(`Missing required param: ${param}.`, param, 'parameter_missing');
}

/** An id that nothing has: 404 in a path, 400 in a parameter. */
export function missingResource(status: 400 | 404, kind: string, id: string, param: string): StripeError {
  return new StripeError(status, { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${kind}: '${id}'`, param });
}
