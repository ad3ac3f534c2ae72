// Sees everything that goes wrong in a browser and that a shopper would never report: console messages, script errors,
// requests that failed, were refused or went to somebody else.
import type { BrowserContext, Request } from '@playwright/test';

export class Witness {
  readonly #seen: string[] = [];
  readonly #tolerated: RegExp[] = [];

  watch(context: BrowserContext, scripts: boolean): void {
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.#seen.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    context.on('weberror', (error) => this.#seen.push(`script error: ${error.error().stack ?? error.error().message}`));
    context.on('request', (request) => {
      if (!isOurs(request.url())) this.#seen.push(`request to somebody else: ${request.url()}`);
    });
    context.on('requestfailed', (request) => {
      if (!endedByLeaving(request) && (scripts || !switchedOff(request))) {
        this.#seen.push(`request failed: ${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
      }
    });
    context.on('response', (response) => {
      if (response.status() >= 400) {
        this.#seen.push(`answer ${response.status()}: ${response.request().method()} ${response.url()}`);
      }
    });
  }

  /** This test means to cause what matches. */
  tolerate(...expected: RegExp[]): void {
    this.#tolerated.push(...expected);
  }

  get complaints(): string[] {
    return this.#seen.filter((line) => !this.#tolerated.some((expected) => expected.test(line)));
  }
}

// Every shop of the tests is on this machine; what is written into the page itself asks nobody.
function isOurs(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return hostname === '127.0.0.1' || protocol === 'data:' || protocol === 'blob:';
}

// A page that is left takes its streams, and whatever it was still loading, with it.
function endedByLeaving(request: Request): boolean {
  return request.failure()?.errorText === 'net::ERR_ABORTED';
}

// Chromium reports every script as blocked where JavaScript is switched off.
function switchedOff(request: Request): boolean {
  return request.resourceType() === 'script' && request.failure()?.errorText === 'csp';
}
