// What a page brings with it, as it came over the wire: in bytes, by kind, and from whom.

const CODE = /\.(js|wasm)$/;
const STYLE = /\.css$/;

/** @param {{url: string, transferSize: number}[]} requests as Lighthouse saw them */
export function weigh(requests, shop) {
  // What the page carries in itself (data:) was not asked of anybody.
  const asked = requests.filter(({ url }) => /^https?:/.test(url));
  const sum = (kind) =>
    asked
      .filter(({ url }) => kind.test(new URL(url).pathname))
      .reduce((bytes, { transferSize }) => bytes + transferSize, 0);
  const strangers = asked.filter(({ url }) => new URL(url).origin !== new URL(shop).origin).map(({ url }) => url);
  return { code: sum(CODE), style: sum(STYLE), requests: asked.length, strangers };
}
