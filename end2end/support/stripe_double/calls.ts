// The calls of Stripe's API that the double implements.
import type Stripe from 'stripe';
import { invalid, missingResource } from './errors.js';
import type { CallName } from './faults.js';
import type { Form } from './form.js';
import type { Ledger } from './ledger.js';
import { lineItems, nowS } from './objects.js';
import { readEventList, readExpand, readIntentRetrieve, readNewRefund, readNewSession, readRefundList } from './parameters.js';

type Context = { ledger: Ledger; baseUrl: string; id: string };
/** Checks the parameters of a call, and returns the function that does it. `id` is the one in the path. */
type Prepare = (context: Context, form: Form) => () => object;
type Route = { call: CallName; method: string; path: RegExp; prepare: Prepare };

const routes: Route[] = [
  { call: 'checkout.sessions.create', method: 'POST', path: /^\/v1\/checkout\/sessions$/, prepare: createSession },
  { call: 'checkout.sessions.retrieve', method: 'GET', path: /^\/v1\/checkout\/sessions\/(\w+)$/, prepare: retrieveSession },
  { call: 'checkout.sessions.expire', method: 'POST', path: /^\/v1\/checkout\/sessions\/(\w+)\/expire$/, prepare: expireSession },
  { call: 'refunds.create', method: 'POST', path: /^\/v1\/refunds$/, prepare: createRefund },
  { call: 'refunds.list', method: 'GET', path: /^\/v1\/refunds$/, prepare: listRefunds },
  { call: 'refunds.retrieve', method: 'GET', path: /^\/v1\/refunds\/(\w+)$/, prepare: retrieveRefund },
  { call: 'payment_intents.retrieve', method: 'GET', path: /^\/v1\/payment_intents\/(\w+)$/, prepare: retrieveIntent },
  { call: 'events.list', method: 'GET', path: /^\/v1\/events$/, prepare: listEvents },
  { call: 'events.retrieve', method: 'GET', path: /^\/v1\/events\/(\w+)$/, prepare: retrieveEvent },
];

/** Finds the call of a request, and the id in its path. */
export function routeOf(method: string, path: string): (Route & { id: string }) | undefined {
  const route = routes.find((known) => known.method === method && known.path.test(path));
  return route && { ...route, id: route.path.exec(path)![1] ?? '' };
}

function createSession({ ledger, baseUrl }: Context, form: Form): () => object {
  const request = readNewSession(form, nowS());
  return () => withExpanded(ledger, ledger.openSession(request, baseUrl), request.expand);
}

function retrieveSession({ ledger, id }: Context, form: Form): () => object {
  const { expand } = readExpand(form);
  return () => withExpanded(ledger, ledger.session(id), expand);
}

function expireSession({ ledger, id }: Context, form: Form): () => object {
  const { expand } = readExpand(form);
  return () => withExpanded(ledger, ledger.expireSession(id), expand);
}

function createRefund({ ledger }: Context, form: Form): () => object {
  const request = readNewRefund(form);
  return () => withExpanded(ledger, ledger.refund(request), request.expand);
}

function listRefunds({ ledger }: Context, form: Form): () => object {
  const { charge, payment_intent: intent, created, expand, ...page } = readRefundList(form);
  const isWanted = (refund: Stripe.Refund) =>
    (charge === undefined || refund.charge === charge) && (intent === undefined || refund.payment_intent === intent) && inRange(refund.created, created);
  return () => withExpanded(ledger, paginate([...ledger.refunds.values()].filter(isWanted).reverse(), page, '/v1/refunds'), expand);
}

function retrieveRefund({ ledger, id }: Context, form: Form): () => object {
  const { expand } = readExpand(form);
  return () => withExpanded(ledger, found(ledger.refunds.get(id), 'refund', id, 'id'), expand);
}

function retrieveIntent({ ledger, id }: Context, form: Form): () => object {
  const { expand } = readIntentRetrieve(form);
  return () => withExpanded(ledger, found(ledger.intents.get(id), 'payment_intent', id, 'intent'), expand);
}

function listEvents({ ledger }: Context, form: Form): () => object {
  const { created, expand, type, types, ...page } = readEventList(form);
  const wanted = types ?? (type === undefined ? undefined : [type]);
  const isWanted = (event: Stripe.Event) => (wanted === undefined || wanted.includes(event.type)) && inRange(event.created, created);
  return () => withExpanded(ledger, paginate(ledger.events.filter(isWanted).reverse(), page, '/v1/events'), expand);
}

function retrieveEvent({ ledger, id }: Context, form: Form): () => object {
  readExpand(form);
  return () => found(ledger.events.find((event) => event.id === id), 'event', id, 'id');
}

function found<T>(object: T | undefined, kind: string, id: string, param: string): T {
  if (object === undefined) throw missingResource(404, kind, id, param);
  return object;
}

function inRange(created: number, range: Stripe.RangeQueryParam | number | undefined): boolean {
  if (range === undefined) return true;
  if (typeof range === 'number') return created === range;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
  return created > gt && created >= gte && created < lt && created <= lte;
}

const DEFAULT_PAGE = 10;

/** One page of a list whose newest object is first. */
function paginate<T extends { id: string }>(all: T[], page: Stripe.PaginationParams, url: string): Stripe.ApiList<T> {
  const { limit = DEFAULT_PAGE, starting_after: after, ending_before: before } = page;
  const positionOf = (id: string, param: string) => {
    const at = all.findIndex((object) => object.id === id);
    if (at < 0) throw missingResource(400, 'object', id, param);
    return at;
  };
  const from = after === undefined ? 0 : positionOf(after, 'starting_after') + 1;
  const to = before === undefined ? all.length : positionOf(before, 'ending_before');
  const rest = all.slice(from, to);
  // Before a cursor come the objects that are next to it.
  const data = before === undefined ? rest.slice(0, limit) : rest.slice(-limit);
  return { object: 'list', data, has_more: rest.length > data.length, url };
}

/** Replaces ids by their objects, and adds the line items of a session, along the paths of `expand`. */
function withExpanded(ledger: Ledger, object: object, paths: string[] | undefined): object {
  const copy = structuredClone(object) as Record<string, unknown>;
  for (const path of paths ?? []) expandPath(ledger, copy, path.split('.'), path);
  return copy;
}

function expandPath(ledger: Ledger, object: Record<string, unknown>, [name, ...rest]: string[], path: string): void {
  const record = ledger.sessions.get(String(object.id));
  if (name === 'line_items' && record) {
    object[name] = lineItems(record.session, record.request);
    return;
  }
  const value = object[name!];
  if (value === undefined) throw invalid(`This property cannot be expanded (${path}).`, 'expand');
  if (Array.isArray(value)) {
    for (const element of value) expandPath(ledger, element, rest, path);
    return;
  }
  const full = typeof value === 'string' ? structuredClone(ledger.find(value)) : value;
  if (full === undefined || full === null) return;
  object[name!] = full;
  if (rest.length > 0) expandPath(ledger, full as Record<string, unknown>, rest, path);
}
