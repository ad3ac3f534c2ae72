// Sums up a page's transfer size by kind, and finds requests to third parties.

const CODE = /\.(js|wasm)$/;
const STYLE = /\.css$/;

/** @param {{url: string, transferSize: number}[]} requests as Lighthouse recorded them */
export function weigh(requests, shop) {
  // Inline resources (data: URLs) are not requests.
  const fetched = requests.filter(({ url }) => /^https?:/.test(url));
  const sum = (kind) =>
    fetched
      .filter(({ url }) => kind.test(new URL(url).pathname))
      .reduce((bytes, { transferSize }) => bytes + transferSize, 0);
  const thirdParties = fetched.filter(({ url }) => new URL(url).origin !== new URL(shop).origin).map(({ url }) => url);
  return { code: sum(CODE), style: sum(STYLE), requests: fetched.length, thirdParties };
}
