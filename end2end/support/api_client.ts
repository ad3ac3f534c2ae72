// An API client that changes stock without a browser.
import type { Product, Shop } from './shop.js';

export class ApiClient {
  readonly #shop: Shop;
  readonly #token: string;

  private constructor(shop: Shop, token: string) {
    this.#shop = shop;
    this.#token = token;
  }

  static async for(shop: Shop): Promise<ApiClient> {
    const credentials = JSON.parse(await shop.command('client', 'add', '--name', 'tests')) as Record<string, string>;
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'checkout', ...credentials });
    const response = await fetch(`${shop.url}/api/token`, { method: 'POST', body });
    const { access_token: token } = (await response.json()) as { access_token: string };
    return new ApiClient(shop, token);
  }

  /** Places a hold and returns its id. */
  async hold(product: Product, qty = 1): Promise<string> {
    const { hold_id: hold } = (await this.#request('POST', '/api/holds', { product_id: product.id, qty })) as { hold_id: string };
    return hold;
  }

  /** Releases a hold. */
  async release(hold: string): Promise<void> {
    await this.#request('DELETE', `/api/holds/${hold}`);
  }

  async #request(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    const response = await fetch(this.#shop.url + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text && JSON.parse(text);
  }
}
