// Records problems in the browser: console errors and warnings, script errors, failed requests, error responses and
// requests to third parties.
import type { BrowserContext, Request } from '@playwright/test';

export class PageMonitor {
  readonly #recorded: string[] = [];
  readonly #allowed: RegExp[] = [];

  watch(context: BrowserContext, scripts: boolean): void {
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.#recorded.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on('weberror', (error) => this.#recorded.push(`script error: ${error.error().stack ?? error.error().message}`));
    context.on('request', (request) => {
      if (!isLocal(request.url())) this.#recorded.push(`request to a third party: ${request.url()}`);
    });
    context.on('requestfailed', (request) => {
      if (!isAborted(request) && (scripts || !isBlockedScript(request))) {
        this.#recorded.push(`request failed: ${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
      }
    });
    context.on('response', (response) => {
      if (response.status() >= 400) {
        this.#recorded.push(`response ${response.status()}: ${response.request().method()} ${response.url()}`);
      }
    });
  }

  /** Ignores problems that the test causes on purpose. */
  allow(...expected: RegExp[]): void {
    this.#allowed.push(...expected);
  }

  get problems(): string[] {
    return this.#recorded.filter((line) => !this.#allowed.some((expected) => expected.test(line)));
  }
}

// All test shops run on this machine. Inline resources cause no request.
function isLocal(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return hostname === '127.0.0.1' || protocol === 'data:' || protocol === 'blob:';
}

// Leaving a page aborts its streams and pending requests.
function isAborted(request: Request): boolean {
  return request.failure()?.errorText === 'net::ERR_ABORTED';
}

// Chromium reports every script as blocked if JavaScript is off.
function isBlockedScript(request: Request): boolean {
  return request.resourceType() === 'script' && request.failure()?.errorText === 'csp';
}
