//! Payment webhooks, by any of their three schemes.

use super::PAYMENTS;
use crate::{
    docs::{
        call::{Call, Sample, Schemas},
        common::{Parameter, Security},
        examples,
    },
    problem::Kind,
    webhooks::{event::PaymentEventBody, payment::Receipt},
};
use http::StatusCode;
use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema, Type, schema::SchemaType},
};

/// Our own form, or Stripe's.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the headers say which it is; this is the schema")]
enum WebhookBody {
    Order(OrderEvent),
    Hold(HoldEvent),
    Stripe(StripeEvent),
}

/// A [`PaymentEvent`] that names an order.
struct OrderEvent;

/// A [`PaymentEvent`] that names a hold.
struct HoldEvent;

impl PartialSchema for OrderEvent {
    fn schema() -> RefOr<Schema> {
        event_about("order_id", "hold_id", "What happened to a payment for an order.")
    }
}

impl PartialSchema for HoldEvent {
    fn schema() -> RefOr<Schema> {
        event_about("hold_id", "order_id", "What happened to a payment for a hold, before its order exists.")
    }
}

impl ToSchema for OrderEvent {
    fn schemas(known: &mut Schemas) {
        PaymentEventBody::schemas(known);
    }
}

impl ToSchema for HoldEvent {
    fn schemas(known: &mut Schemas) {
        PaymentEventBody::schemas(known);
    }
}

/// The schema of an event that has the one member and not the other, as a field that may be absent cannot say.
fn event_about(member: &str, other: &str, says: &str) -> RefOr<Schema> {
    let mut schema = PaymentEventBody::schema();
    if let RefOr::T(Schema::Object(event)) = &mut schema {
        let mut only = |name: &str, kind| {
            if let Some(RefOr::T(Schema::Object(field))) = event.properties.get_mut(name) {
                field.schema_type = SchemaType::new(kind);
            }
        };
        only(member, Type::String);
        only(other, Type::Null);
        event.required.insert(0, member.to_owned());
        event.description = Some(says.to_owned());
    }
    schema
}

/// An event as Stripe sends it. What is about nothing of this shop's is answered 200 and left alone, whatever is in it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "each kind of event is read by a type of its own; this is the schema")]
struct StripeEvent {
    /// Stripe's id of the event, which is its idempotency key.
    #[schema(min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    id: String,
    /// What happened, such as `checkout.session.completed`.
    r#type: String,
    /// Whether real money moved. In production, test events are ignored.
    livemode: Option<bool>,
    /// What it happened to.
    data: StripeData,
}

/// What an event happened to.
#[derive(ToSchema)]
#[expect(dead_code, reason = "see above")]
struct StripeData {
    /// A Checkout Session or a `PaymentIntent`. The order or hold is in its `metadata`, as `order_id` or `hold_id`, or in a
    /// session's `client_reference_id`.
    #[schema(value_type = Object)]
    object: Value,
}

pub fn receive() -> Call {
    webhook(
        "receivePayment",
        "Deliver a payment event",
        "For payment providers, and adapters to them. The signature is made over the raw bytes, by one of three schemes:\n\n\
         | scheme | signature | event's id |\n\
         |---|---|---|\n\
         | plain HMAC | `X-Webhook-Timestamp`, `X-Webhook-Signature` | `Idempotency-Key` |\n\
         | [Standard Webhooks](https://www.standardwebhooks.com) | `webhook-timestamp`, `webhook-signature` | `webhook-id` |\n\
         | [Stripe](https://docs.stripe.com/webhooks) | `Stripe-Signature` | in the body |\n\n\
         Send the headers of one scheme only. A payment may refer to a hold before its order exists: it is kept, answered \
         202, and applied in the very transaction that places the order. An answer of 200 or 202 means that the event is on \
         disk; after any other, or none, deliver it again, as often as you like.",
    )
}

pub fn receive_by_its_other_name() -> Call {
    webhook(
        "receivePaymentAlias",
        "Deliver a payment event, at the other address",
        "The same as `/api/webhooks/payment`, for providers that were told this address.",
    )
}

fn webhook(id: &str, summary: &str, description: &str) -> Call {
    let receipt = |status: &str| json!({ "status": status, "order_id": examples::ORDER_ID, "order_status": "paid" });
    let refund = json!({
        "status": "refund_due", "order_id": examples::ORDER_ID, "order_status": "cancelled", "reason": "sold_out",
    });
    Call::new(id, PAYMENTS, summary, description)
        .unlimited()
        .secured(&[Security::PlainHmac, Security::StandardWebhooks, Security::Stripe])
        .takes(Parameter::WebhookTimestamp)
        .takes(Parameter::WebhookKey)
        .takes(Parameter::StandardTimestamp)
        .takes(Parameter::StandardId)
        .body::<WebhookBody>("application/json", bodies())
        .answers::<Receipt>(
            StatusCode::OK,
            "The event is on disk, and has had its effect.",
            vec![
                Sample { name: "processed", says: "The order is paid", value: receipt("processed") },
                Sample { name: "duplicate", says: "It was delivered before", value: receipt("duplicate") },
                Sample { name: "refund", says: "The money has to go back", value: refund },
                Sample { name: "ignored", says: "There was nothing to do", value: json!({ "status": "ignored" }) },
            ],
        )
        .answers::<Receipt>(
            StatusCode::ACCEPTED,
            "The event is on disk, and waits for its order.",
            vec![Sample { name: "parked", says: "The order does not exist yet", value: json!({ "status": "parked" }) }],
        )
        .refuses(&[Kind::BadIdempotencyKey, Kind::UnreadableEvent, Kind::BadSignature, Kind::KeyReused])
}

fn bodies() -> Vec<Sample> {
    let order = json!({
        "order_id": examples::ORDER_ID, "transaction_id": "tx-5501", "status": "success", "amount": 500_000, "currency": "USD",
    });
    let hold = json!({
        "hold_id": examples::HOLD_ID, "transaction_id": "tx-5501", "status": "success", "amount": 500_000, "currency": "USD",
    });
    let failure = json!({ "order_id": examples::ORDER_ID, "transaction_id": "tx-5502", "status": "failure" });
    let stripe = json!({
        "id": "evt_1SExample",
        "type": "checkout.session.completed",
        "livemode": true,
        "data": { "object": {
            "id": "cs_live_example",
            "payment_intent": "pi_example",
            "payment_status": "paid",
            "amount_total": 500_000,
            "currency": "usd",
            "metadata": { "order_id": examples::ORDER_ID },
        } },
    });
    vec![
        Sample { name: "paid", says: "An order is paid", value: order },
        Sample { name: "early", says: "Paid before the order exists", value: hold },
        Sample { name: "failed", says: "A payment failed for good", value: failure },
        Sample { name: "stripe", says: "Stripe: a session is completed", value: stripe },
    ]
}
