// The parameters of each call that the double implements, over the types of the official library.
import type Stripe from 'stripe';
import { invalid, missingParameter } from './errors.js';
import type { Form, Value } from './form.js';
import { between, boolean, currency, email, integer, list, metadata, object, oneOf, readForm, required, text, unsupported, url, type Rule, type Rules } from './schema.js';

type LineItem = Stripe.Checkout.SessionCreateParams.LineItem;
type PriceData = NonNullable<LineItem['price_data']>;
type ProductData = NonNullable<PriceData['product_data']>;
type IntentData = Stripe.Checkout.SessionCreateParams.PaymentIntentData;

/** A session's parameters after the checks: everything that the double needs is there. */
export type NewSession = Stripe.Checkout.SessionCreateParams & { success_url: string; items: Item[]; currency: string; amount: number };
export type Item = { name: string; unit_amount: number; quantity: number };

const MIN_EXPIRY_S = 30 * 60;
const MAX_EXPIRY_S = 24 * 60 * 60;
const MAX_AMOUNT = 99_999_999;
/** The least amounts that Stripe charges, in minor units; for other currencies the double takes any. */
const LEAST_AMOUNT: Record<string, number> = { usd: 50, eur: 50, gbp: 30, chf: 50, cad: 50, aud: 50, nzd: 50, jpy: 50, sek: 300, nok: 300, dkk: 250, pln: 200, mxn: 1000 };
/** Currencies whose last digit must be 0, and those that Stripe writes with two decimals although they have none. */
const DIVISIBLE_BY: Record<string, number> = { bhd: 10, jod: 10, kwd: 10, omr: 10, tnd: 10, isk: 100, ugx: 100 };

const expand = list(text(200), 20);
const id = text(255);

const productData: Rules<ProductData> = {
  name: required(text(1_500)),
  description: text(40_000),
  images: list(url, 8),
  metadata,
  tax_code: unsupported,
  tax_details: unsupported,
  unit_label: unsupported,
};

const priceData: Rules<PriceData> = {
  currency: required(currency),
  product: unsupported,
  product_data: required(object(productData)),
  recurring: unsupported,
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  unit_amount: required(between(0, MAX_AMOUNT)),
  unit_amount_decimal: unsupported,
};

const lineItem: Rules<LineItem> = {
  adjustable_quantity: unsupported,
  metadata,
  price: unsupported,
  price_data: required(object(priceData)),
  quantity: required(between(1, 999_999)),
  tax_rates: unsupported,
};

const intentData: Rules<IntentData> = {
  application_fee_amount: unsupported,
  capture_method: oneOf('automatic', 'automatic_async'),
  description: text(1_000),
  metadata,
  on_behalf_of: unsupported,
  receipt_email: email,
  setup_future_usage: unsupported,
  shipping: unsupported,
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
  transfer_data: unsupported,
  transfer_group: unsupported,
};

const newSession: Rules<Stripe.Checkout.SessionCreateParams> = {
  adaptive_pricing: object<NonNullable<Stripe.Checkout.SessionCreateParams['adaptive_pricing']>>({ enabled: boolean }),
  after_expiration: unsupported,
  allow_promotion_codes: boolean,
  allowed_payment_method_types: list(oneOf('card', 'sepa_debit', 'us_bank_account', 'link'), 10),
  automatic_tax: unsupported,
  billing_address_collection: oneOf('auto', 'required'),
  branding_settings: unsupported,
  cancel_url: url,
  client_reference_id: text(200),
  consent_collection: unsupported,
  currency,
  custom_fields: unsupported,
  custom_text: unsupported,
  customer: unsupported,
  customer_account: unsupported,
  customer_creation: oneOf('always', 'if_required'),
  customer_email: email,
  customer_update: unsupported,
  discounts: unsupported,
  excluded_payment_method_types: list(text(50), 50),
  expand,
  expires_at: integer,
  integration_identifier: text(200),
  invoice_creation: unsupported,
  line_items: required(list(object(lineItem), 100)),
  locale: text(10),
  managed_payments: object<NonNullable<Stripe.Checkout.SessionCreateParams['managed_payments']>>({ enabled: boolean }),
  metadata,
  mode: required(oneOf('payment', 'setup', 'subscription')),
  name_collection: unsupported,
  optional_items: unsupported,
  origin_context: oneOf('mobile_app', 'web'),
  payment_intent_data: object(intentData),
  payment_method_collection: oneOf('always', 'if_required'),
  payment_method_configuration: unsupported,
  payment_method_data: unsupported,
  payment_method_options: unsupported,
  permissions: unsupported,
  phone_number_collection: unsupported,
  redirect_on_completion: unsupported,
  return_url: unsupported,
  saved_payment_method_options: unsupported,
  setup_intent_data: unsupported,
  shipping_address_collection: unsupported,
  shipping_options: unsupported,
  submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe'),
  subscription_data: unsupported,
  success_url: required(url),
  tax_id_collection: unsupported,
  ui_mode: oneOf('hosted_page'),
  wallet_options: unsupported,
};

/** Parses the parameters of `POST /v1/checkout/sessions`, and checks what depends on more than one of them. */
export function readNewSession(form: Form, nowS: number): NewSession {
  const read = readForm(newSession, form);
  if (read.mode !== 'payment') throw invalid('The double implements only the mode payment', 'mode', 'not_implemented_by_the_double');
  const lines = read.line_items ?? [];
  if (lines.length === 0) throw missingParameter('line_items');
  const items = lines.map(({ price_data: price, quantity }) => ({ name: price!.product_data!.name, unit_amount: price!.unit_amount!, quantity: quantity! }));
  const currencies = new Set(lines.map(({ price_data: price }) => price!.currency));
  const [only] = currencies;
  if (only === undefined || currencies.size > 1) throw invalid('All prices on a Checkout Session must have the same currency.', 'line_items');
  if (read.currency !== undefined && read.currency !== only) throw invalid(`The prices do not support the currency ${read.currency}.`, 'currency');
  checkExpiry(read.expires_at, nowS);
  const amount = items.reduce((sum, item) => sum + item.unit_amount * item.quantity, 0);
  checkAmount(amount, only, items);
  return { ...read, success_url: read.success_url!, items, currency: only, amount };
}

function checkExpiry(expiresAt: number | undefined, nowS: number): void {
  if (expiresAt === undefined) return;
  if (expiresAt < nowS + MIN_EXPIRY_S) throw invalid('The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.', 'expires_at');
  if (expiresAt > nowS + MAX_EXPIRY_S) throw invalid('The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.', 'expires_at');
}

function checkAmount(amount: number, code: string, items: Item[]): void {
  const least = LEAST_AMOUNT[code] ?? 1;
  if (amount < least) throw invalid(`The Checkout Session's total amount due must add up to at least ${least} ${code}`, 'line_items', 'amount_too_small');
  if (amount > MAX_AMOUNT) throw invalid(`The Checkout Session's total amount must be no more than ${MAX_AMOUNT} ${code}`, 'line_items', 'amount_too_large');
  const divisor = DIVISIBLE_BY[code] ?? 1;
  const odd = items.findIndex((item) => item.unit_amount % divisor !== 0);
  if (odd >= 0) throw invalid(`Invalid integer: amounts in ${code} must be divisible by ${divisor}`, `line_items[${odd}][price_data][unit_amount]`, 'parameter_invalid_integer');
}

const newRefund: Rules<Stripe.RefundCreateParams> = {
  amount: between(1, MAX_AMOUNT),
  charge: id,
  currency: unsupported,
  customer: unsupported,
  expand,
  instructions_email: unsupported,
  metadata,
  origin: unsupported,
  payment_intent: id,
  reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
  refund_application_fee: unsupported,
  reverse_transfer: unsupported,
};

export function readNewRefund(form: Form): Stripe.RefundCreateParams {
  const read = readForm(newRefund, form);
  if (read.charge === undefined && read.payment_intent === undefined) {
    throw invalid('One of the following params should be provided for this request: payment_intent or charge.', 'payment_intent', 'parameter_missing');
  }
  return read;
}

const range: Rule<Stripe.RangeQueryParam | number> = {
  read(value: Value | undefined, path: string) {
    if (value === undefined || typeof value === 'string') return integer.read(value, path);
    return object<Stripe.RangeQueryParam>({ gt: integer, gte: integer, lt: integer, lte: integer }).read(value, path);
  },
};
const page = { ending_before: id, limit: between(1, 100), starting_after: id };

const refundList: Rules<Stripe.RefundListParams> = { ...page, charge: id, created: range, expand, payment_intent: id };
export const readRefundList = (form: Form): Stripe.RefundListParams => readForm(refundList, form);

const eventList: Rules<Stripe.EventListParams> = {
  ...page,
  created: range,
  delivery_success: unsupported,
  expand,
  type: text(100),
  types: list(text(100), 20),
};

export function readEventList(form: Form): Stripe.EventListParams {
  const read = readForm(eventList, form);
  if (read.type !== undefined && read.types !== undefined) throw invalid('You may pass only one of `type` and `types`.', 'types');
  return read;
}

/** Parses the parameters of a call that only takes `expand`. */
export const readExpand = (form: Form): { expand?: string[] } => readForm<{ expand?: string[] }>({ expand }, form);
/** Parses the parameters of a call about a payment intent. */
export const readIntentRetrieve = (form: Form): Stripe.PaymentIntentRetrieveParams =>
  readForm<Stripe.PaymentIntentRetrieveParams>({ client_secret: text(255), expand }, form);
