// A client of the shop's API: changes the stock without a browser, as fast as a test wants it changed.
import type { Product, Shop } from './shop.js';

export class Client {
  readonly #shop: Shop;
  readonly #token: string;

  private constructor(shop: Shop, token: string) {
    this.#shop = shop;
    this.#token = token;
  }

  static async of(shop: Shop): Promise<Client> {
    const credentials = JSON.parse(await shop.command('client', 'add', '--name', 'tests')) as Record<string, string>;
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'checkout', ...credentials });
    const answer = await fetch(`${shop.url}/api/token`, { method: 'POST', body });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return new Client(shop, token);
  }

  /** Holds some units; says under which id. */
  async hold(product: Product, qty = 1): Promise<string> {
    const { hold_id: hold } = (await this.#ask('POST', '/api/holds', { product_id: product.id, qty })) as { hold_id: string };
    return hold;
  }

  /** Gives a hold's units back. */
  async release(hold: string): Promise<void> {
    await this.#ask('DELETE', `/api/holds/${hold}`);
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    const answer = await fetch(this.#shop.url + path, { method, headers, body: body && JSON.stringify(body) });
    const said = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${said}`);
    return said && JSON.parse(said);
  }
}
