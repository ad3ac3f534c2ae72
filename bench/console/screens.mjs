// The screens of the console that are measured, each with its address, on a database that fill.*.sql has filled.

const DAYS_MS = 30 * 86_400_000;
/** The kinds of rows in the ids of fill.*.sql. */
const ORDER = '002';
const PRODUCT = '00a';

function id(ms, kind, n) {
  const hex = ms.toString(16).padStart(12, '0') + `7${kind}8` + n.toString(16).padStart(15, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Returns the screens. `now` and `orders` are those that the database was filled with.
 * @returns {{name: string, path: string, onlyFirstByte?: boolean}[]}
 */
export function screens(now, orders) {
  const orderMs = (n) => now - DAYS_MS + Math.floor((n * DAYS_MS) / orders);
  const middle = Math.floor(orders / 2);
  const order = id(orderMs(middle), ORDER, middle);
  const [popular, other] = [0, 17].map((n) => id(now - DAYS_MS - 100_000, PRODUCT, n));
  const day = (ms) => new Date(ms).toISOString().slice(0, 10);
  const period = `since=${day(orderMs(middle))}&until=${day(orderMs(middle))}`;
  const deep = `after=${id(orderMs(middle), '000', 0)}`;
  const list = (path, title, queries) =>
    Object.entries(queries).map(([name, query]) => ({ name: `${title}, ${name}`, path: query ? `${path}?${query}` : path }));
  const each = (name, values) => Object.fromEntries(values.map((value) => [`${name} ${value}`, `${name}=${value}`]));
  return [
    { name: 'Live', path: '/admin/live' },
    ...list('/admin/products', 'Products', { 'first page': '', search: 'q=product+17' }),
    ...list('/admin/orders', 'Orders', {
      'first page': '',
      'deep page': deep,
      'oldest first': 'sort=placed',
      ...each('status', ['pending', 'paid', 'cancelled', 'refunded']),
      'popular product': `product=${popular}`,
      'other product': `product=${other}`,
      'popular product and refunded': `product=${popular}&status=refunded`,
      'other product, deep page': `product=${other}&${deep}`,
      'one day': period,
      'one day and cancelled': `${period}&status=cancelled`,
      'search by id': `q=${order}`,
      'search by transaction': `q=tx-${middle}`,
      'search by shopper': 'q=customer-5',
      'search for nothing': 'q=nobody',
    }),
    { name: 'One order', path: `/admin/orders/${order}` },
    ...list('/admin/payments', 'Payments', {
      'first page': '',
      'deep page': deep,
      ...each('outcome', ['applied', 'parked', 'duplicate', 'ignored', 'refund_due', 'refunded']),
      ...each('status', ['success', 'failure', 'processing']),
      'popular product': `product=${popular}`,
      'search by transaction': `q=tx-${middle}`,
      'search for nothing': 'q=nobody',
    }),
    ...list('/admin/refunds', 'Refunds', {
      'first page': '',
      'deep page': deep,
      ...each('state', ['due', 'sending', 'succeeded', 'failed', 'all']),
      'popular product': `product=${popular}`,
      'one day': period,
      'search for nothing': 'q=nobody',
    }),
    { name: 'API clients', path: '/admin/clients' },
    ...list('/admin/audit-log', 'Audit log', {
      'first page': '',
      'rare action': 'action=client.revoke',
      'group of actions': 'action=product',
      'one actor': `actor=${encodeURIComponent('operator3@example.com')}`,
    }),
    { name: 'Health', path: '/admin/health' },
    ...['/admin/orders.csv', '/admin/orders.jsonl', '/admin/audit-log.csv'].map((path) => ({
      name: `Export ${path}, first byte`,
      path,
      onlyFirstByte: true,
    })),
  ];
}
