//! Schema of the payment webhook's body: the shop's own format, or Stripe's. The headers tell which one it is.

use super::event::PaymentEventBody;
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema, Type, schema::SchemaType},
};

/// The shop's own format, or Stripe's.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "this is a schema only")]
pub enum WebhookBody {
    Order(OrderEvent),
    Hold(HoldEvent),
    Stripe(StripeEvent),
}

/// A [`PaymentEventBody`] that names an order.
pub struct OrderEvent;

/// A [`PaymentEventBody`] that names a hold.
pub struct HoldEvent;

impl PartialSchema for OrderEvent {
    fn schema() -> RefOr<Schema> {
        event_with("order_id", "hold_id", "A payment for an order.")
    }
}

impl PartialSchema for HoldEvent {
    fn schema() -> RefOr<Schema> {
        event_with("hold_id", "order_id", "A payment for a hold, before its order exists.")
    }
}

impl ToSchema for OrderEvent {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        PaymentEventBody::schemas(schemas);
    }
}

impl ToSchema for HoldEvent {}

/// Returns the schema of an event that has `member` and not `other`. Two optional fields cannot express that.
fn event_with(member: &str, other: &str, description: &str) -> RefOr<Schema> {
    let mut schema = PaymentEventBody::schema();
    if let RefOr::T(Schema::Object(event)) = &mut schema {
        for (name, kind) in [(member, Type::String), (other, Type::Null)] {
            if let Some(RefOr::T(Schema::Object(field))) = event.properties.get_mut(name) {
                field.schema_type = SchemaType::new(kind);
            }
        }
        event.required.insert(0, member.to_owned());
        event.description = Some(description.to_owned());
    }
    schema
}

/// An event in Stripe's format. Events that do not concern this shop get 200 and have no effect.
#[derive(ToSchema)]
#[expect(dead_code, reason = "each kind of event has a type of its own; this is the schema")]
pub struct StripeEvent {
    /// Stripe's id of the event, which serves as its idempotency key.
    #[schema(min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    id: String,
    /// Kind of event, such as `checkout.session.completed`.
    r#type: String,
    /// Whether it is about real money. In production, test events are ignored.
    livemode: Option<bool>,
    /// The object that changed.
    data: StripeData,
}

/// The object that changed.
#[derive(ToSchema)]
#[expect(dead_code, reason = "this is a schema only")]
struct StripeData {
    /// A Checkout Session, a `PaymentIntent` or a Dispute. The `metadata` of the first two has the `order_id` or `hold_id`; a
    /// session may have it in `client_reference_id` instead. A dispute names its `payment_intent`.
    #[schema(value_type = Object)]
    object: Value,
}
