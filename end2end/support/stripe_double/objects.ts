// New objects, with every field that Stripe returns. The official types check that none is missing.
import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';
import type { NewSession } from './parameters.js';
import { CARD, NO_EVIDENCE, SEPA_DEBIT } from './samples.js';

/** The version of Stripe's API that the official library is generated from. */
export const API_VERSION = '2026-10-28.endive';

/** How somebody pays on the payment page. */
export type Method = 'card' | 'sepa_debit';

export const nowS = (): number => Math.floor(Date.now() / 1_000);
export const newId = (prefix: string): string => `${prefix}_${randomBytes(12).toString('hex')}`;

export function newSession(request: NewSession, baseUrl: string): Stripe.Checkout.Session {
  const id = newId('cs_test');
  const created = nowS();
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: request.adaptive_pricing?.enabled ?? true },
    after_expiration: null,
    allow_promotion_codes: request.allow_promotion_codes ?? null,
    allowed_payment_method_types: request.allowed_payment_method_types ?? null,
    amount_subtotal: request.amount,
    amount_total: request.amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: request.billing_address_collection ?? null,
    cancel_url: request.cancel_url ?? null,
    client_reference_id: request.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created,
    currency: request.currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: null,
    customer_account: null,
    customer_creation: request.customer_creation ?? 'if_required',
    customer_details: request.customer_email === undefined ? null : customerDetails(request.customer_email),
    customer_email: request.customer_email ?? null,
    discounts: [],
    expires_at: request.expires_at ?? created + 24 * 60 * 60,
    integration_identifier: request.integration_identifier ?? null,
    invoice: null,
    invoice_creation: { enabled: false, invoice_data: { account_tax_ids: null, custom_fields: null, description: null, footer: null, issuer: null, metadata: {}, rendering_options: null } },
    livemode: false,
    locale: request.locale ?? null,
    managed_payments: request.managed_payments ? { enabled: request.managed_payments.enabled ?? false } : null,
    metadata: stringsOf(request.metadata),
    mode: 'payment',
    origin_context: request.origin_context ?? null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: request.payment_method_collection ?? 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: ['card', 'sepa_debit'],
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: request.submit_type ?? null,
    subscription: null,
    success_url: request.success_url,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${baseUrl}/pay/${id}`,
    wallet_options: null,
  };
}

function customerDetails(email: string): Stripe.Checkout.Session.CustomerDetails {
  return { address: null, business_name: null, email, individual_name: null, name: null, phone: null, tax_exempt: 'none', tax_ids: null };
}

export function newIntent(session: Stripe.Checkout.Session, request: NewSession): Stripe.PaymentIntent {
  const id = newId('pi');
  const data = request.payment_intent_data;
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: request.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${randomBytes(8).toString('hex')}`,
    confirmation_method: 'automatic',
    created: nowS(),
    currency: request.currency,
    customer: null,
    customer_account: null,
    description: data?.description ?? null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: session.managed_payments,
    metadata: stringsOf(data?.metadata),
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: { card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
    payment_method_types: session.payment_method_types,
    payment_record: null,
    processing: null,
    receipt_email: data?.receipt_email ?? null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: data?.statement_descriptor ?? null,
    statement_descriptor_suffix: data?.statement_descriptor_suffix ?? null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  };
}

/** A charge in the state `pending`. */
export function newCharge(intent: Stripe.PaymentIntent, method: Method, email: string | null): Stripe.Charge {
  return {
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { address: null, email, name: 'Jenny Rosen', phone: null, tax_id: null },
    calculated_statement_descriptor: null,
    captured: true,
    created: nowS(),
    currency: intent.currency,
    customer: null,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: null,
    paid: false,
    payment_intent: intent.id,
    payment_method: newId('pm'),
    payment_method_details: method === 'card' ? { type: 'card', card: CARD } : { type: 'sepa_debit', sepa_debit: SEPA_DEBIT },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: 'pending',
    transfer_data: null,
    transfer_group: null,
  };
}

/** A refund in the state `pending`. */
export function newRefund(charge: Stripe.Charge, amount: number, metadata: Record<string, string>, reason: Stripe.Refund.Reason | null): Stripe.Refund {
  return {
    id: newId('re'),
    object: 'refund',
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: nowS(),
    currency: charge.currency,
    customer: null,
    customer_account: null,
    destination_details: { card: { type: 'refund' }, type: 'card' },
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'pending',
    transfer_reversal: null,
  };
}

export function newDispute(charge: Stripe.Charge): Stripe.Dispute {
  return {
    id: newId('dp'),
    object: 'dispute',
    amount: charge.amount,
    balance_transactions: [],
    charge: charge.id,
    created: nowS(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: NO_EVIDENCE,
    evidence_details: { due_by: nowS() + 7 * 24 * 60 * 60, enhanced_eligibility: {}, has_evidence: false, past_due: false, submission_count: 0, submission_method: 'not_submitted' },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: 'fraudulent',
    status: 'needs_response',
  };
}

/** A line item of a session, for calls that expand `line_items`. */
export function lineItems(session: Stripe.Checkout.Session, request: NewSession): Stripe.ApiList<Stripe.LineItem> {
  const data = request.items.map(
    (item): Stripe.LineItem => ({
      id: newId('li'),
      object: 'item',
      adjustable_quantity: null,
      amount_discount: 0,
      amount_subtotal: item.unit_amount * item.quantity,
      amount_tax: 0,
      amount_total: item.unit_amount * item.quantity,
      currency: request.currency,
      description: item.name,
      metadata: null,
      price: null,
      quantity: item.quantity,
    }),
  );
  return { object: 'list', data, has_more: false, url: `/v1/checkout/sessions/${session.id}/line_items` };
}

function stringsOf(metadata: Stripe.MetadataParam | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, String(value)]));
}
