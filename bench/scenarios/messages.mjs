// Mail and webhooks: how soon they follow a payment, how fast a backlog is delivered, and what that costs the holds.
import { Endpoint, MailServer } from '../messages/receivers.mjs';
import { each, pay, payAtRate, placeOrders, waitUntil } from '../messages/orders.mjs';
import { quick, rounds, seconds } from '../settings.mjs';
import { median, millis, percentile, share, whole } from '../stats.mjs';
import { titles, withTargets } from '../targets.mjs';

const PAID_PER_SECOND = 100;
const PAYING_SECONDS = quick ? 2 : 20;
const BACKLOG = quick ? 500 : 10_000;
const HOLD_CONNECTIONS = 64;
/** Time limit for everything to arrive. */
const ARRIVAL_LIMIT_S = 60;

export async function measure(bench) {
  const [mail, endpoint] = [await MailServer.start(), await Endpoint.start()];
  const prepare = async (store) => {
    Object.assign(store.env, {
      HOLDFAST_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
      HOLDFAST_MAIL_FROM: 'Shop <shop@example.com>',
      HOLDFAST_LINK_SECRETS: 'a secret that signs the links of the benchmark',
      HOLDFAST_PUBLIC_URL: 'https://shop.example',
      HOLDFAST_WEBHOOKS_ALLOW_PRIVATE: 'on',
    });
    await store.command('migrate');
    await store.command('webhook', 'add', '--url', endpoint.url, '--events', 'order.paid');
  };
  const measureAll = async (targets) => {
    const results = {};
    for (const target of targets) {
      const latency = await measureLatency(bench, target, mail, endpoint);
      const drain = await measureDrain(bench, target, endpoint);
      results[target.id] = { ...latency, ...drain };
    }
    return results;
  };
  try {
    return await withTargets(bench, 'messages', ['sqlite', 'postgres1'], measureAll, prepare);
  } finally {
    mail.stop();
    endpoint.stop();
  }
}

/** Pays orders at a constant rate, and measures from each payment to its mail and to its webhook. */
async function measureLatency(bench, target, mail, endpoint) {
  const product = await target.addProduct('mailed');
  const before = mail.count;
  const orders = await placeOrders(target, product, PAID_PER_SECOND * PAYING_SECONDS, { withContact: true });
  const confirmed = await waitUntil(() => mail.count - before >= orders.length, ARRIVAL_LIMIT_S);
  bench.check(confirmed, `${target.title}: ${mail.count - before} mails for ${orders.length} new orders`);
  const sent = await payAtRate(target, orders, PAID_PER_SECOND);
  const times = (order) => mail.accepted.get(order) ?? [];
  const has = (order) => times(order).length >= 2 && endpoint.received.has(order);
  await waitUntil(() => orders.every(has), ARRIVAL_LIMIT_S);
  const missing = orders.filter((order) => !has(order)).length;
  bench.check(missing === 0, `${target.title}: ${missing} of ${orders.length} paid orders lack a mail or a webhook`);
  const twice = orders.filter((order) => times(order).length > 2).length;
  bench.check(twice === 0, `${target.title}: ${twice} orders got a mail more than once`);
  const latencies = (at) => {
    const all = orders.filter(has).map((order) => at(order) - sent.get(order));
    return all.sort((a, b) => a - b);
  };
  const [mails, events] = [latencies((order) => times(order)[1]), latencies((order) => endpoint.received.get(order))];
  const summary = (all) => ({ p50: percentile(all, 50), p99: percentile(all, 99), max: all.at(-1) });
  const result = { mail: summary(mails), webhook: summary(events), orders: orders.length };
  console.error(`    ${target.title}: mail p99 ${millis(result.mail.p99)} ms, webhook p99 ${millis(result.webhook.p99)} ms`);
  return result;
}

/** Lets a backlog of webhooks build up, and delivers it while holds are placed. */
async function measureDrain(bench, target, endpoint) {
  const product = await target.addProduct('backlog');
  const held = await target.addProduct('held');
  const load = () => target.holds(bench, held, { connections: HOLD_CONNECTIONS, seconds });
  const runs = [];
  for (let round = 0; round < rounds; round += 1) {
    const orders = await placeOrders(target, product, BACKLOG, { withContact: false });
    endpoint.close();
    await each(orders, 32, (order) => pay(target, order));
    const quiet = await load();
    const before = endpoint.deliveries;
    const began = performance.now();
    endpoint.open();
    const drained = waitUntil(() => orders.every((order) => endpoint.received.has(order)), ARRIVAL_LIMIT_S);
    const busy = await load();
    const during = (endpoint.deliveries - before) / ((performance.now() - began) / 1000);
    bench.check(await drained, `${target.title}: the backlog was not delivered in ${ARRIVAL_LIMIT_S} s`);
    const last = Math.max(...orders.map((order) => endpoint.received.get(order) ?? began));
    const rate = orders.length / ((last - began) / 1000);
    runs.push({ rate, during, quiet: quiet.ms.p99, busy: busy.ms.p99, ratio: busy.ms.p99 / quiet.ms.p99 });
    console.error(`    ${target.title}: ${whole(rate)} deliveries/s; p99 of holds ${millis(quiet.ms.p99)} → ${millis(busy.ms.p99)} ms`);
  }
  const of = (name) => median(runs.map((run) => run[name]));
  return { drain: Object.fromEntries(Object.keys(runs[0]).map((name) => [name, of(name)])), runs };
}

export function tables(data) {
  const rows = Object.entries(data).map(([id, { mail, webhook, drain }]) => [
    titles[id],
    millis(mail.p50),
    millis(mail.p99),
    millis(webhook.p50),
    millis(webhook.p99),
    whole(drain.rate),
    millis(drain.quiet),
    millis(drain.busy),
  ]);
  return [
    {
      title: 'Mail and webhooks',
      head: ['', 'mail p50 ms', 'p99 ms', 'webhook p50 ms', 'p99 ms', 'deliveries/s', 'p99 of holds', 'while delivering'],
      rows,
      note: `From payment to mail and webhook at ${PAID_PER_SECOND} paid orders a second for ${PAYING_SECONDS} s; then a backlog of ${whole(BACKLOG)} webhooks to one fast endpoint, while ${HOLD_CONNECTIONS} connections place holds.`,
    },
  ];
}

export function goals(data) {
  return Object.entries(data).flatMap(([id, { mail, webhook, drain }]) => [
    goal(id, 'p99 from payment to mail', '< 1 s', `${millis(mail.p99)} ms`, mail.p99 < 1000),
    goal(id, 'p99 from payment to webhook', '< 1 s', `${millis(webhook.p99)} ms`, webhook.p99 < 1000),
    goal(id, 'deliveries a second', '≥ 500', whole(drain.rate), drain.rate >= 500),
    goal(id, 'p99 of holds while delivering, of that without', '≤ 1.10', share(drain.ratio), drain.ratio <= 1.1),
  ]);
}

const goal = (id, what, want, got, met) => ({ what: `${titles[id]}: ${what}`, want, got, met });
