//! The bodies of webhooks. They are made once, when the event is fanned out, and each attempt sends the same bytes.

use crate::outbox::Event;
use checkout::model::{DeliveryId, EndpointId, JobId, Order, OrderState, Product, Refund, Timestamp, Topic};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Serialize)]
struct Body<'a> {
    id: String,
    r#type: &'a str,
    timestamp: Timestamp,
    data: Value,
}

/// The part of a body that each attempt needs.
#[derive(Deserialize)]
struct Id {
    id: String,
}

/// The body of an event; `None` for one whose order, refund or product is not known, and for one that is not for endpoints.
pub(super) fn of(event: &Event) -> Option<String> {
    let data = match event.job.topic {
        Topic::OrderCreated | Topic::OrderPaid | Topic::OrderCancelled | Topic::OrderRefunded => {
            json!({ "order": order(event.order.as_deref()?) })
        }
        Topic::RefundDue | Topic::RefundSucceeded | Topic::RefundFailed => {
            json!({ "refund": refund(event.refund.as_deref()?) })
        }
        Topic::ProductSoldOut | Topic::ProductAvailable => json!({ "product": product(event.product.as_deref()?) }),
        _ => return None,
    };
    let JobId(id) = event.job.id;
    text(id.to_string(), event.job.topic.name(), event.job.created_at, data)
}

/// The body of a test event.
pub(super) fn test(id: DeliveryId, endpoint: EndpointId, now: Timestamp) -> String {
    text(id.to_string(), "test", now, json!({ "endpoint": { "id": endpoint } })).unwrap_or_default()
}

fn text(id: String, topic: &str, timestamp: Timestamp, data: Value) -> Option<String> {
    serde_json::to_string(&Body { id, r#type: topic, timestamp, data }).ok()
}

/// The event's id in a body: the `webhook-id` of each attempt, by which receivers recognise what they have seen.
pub(super) fn event_id(body: &str) -> Option<String> {
    serde_json::from_str::<Id>(body).ok().map(|body| body.id)
}

fn order(order: &Order) -> Value {
    let (paid_at, cancelled_at, reason) = match &order.state {
        OrderState::Pending => (None, None, None),
        OrderState::Paid { paid_at, .. } => (Some(paid_at), None, None),
        OrderState::Cancelled { cancelled_at, reason } => (None, Some(cancelled_at), Some(reason.name())),
    };
    json!({
        "id": order.id,
        "number": order.number.map(|number| number.to_string()),
        "status": order.status().name(),
        "product_id": order.product_id,
        "quantity": order.qty.get(),
        "amount": order.amount.minor,
        "currency": order.amount.currency,
        "refunded": order.refunds.returned,
        "created_at": order.created_at,
        "paid_at": paid_at,
        "cancelled_at": cancelled_at,
        "cancel_reason": reason,
        "version": order.version,
    })
}

fn refund(refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "order_id": refund.order_id,
        "product_id": refund.product_id,
        "status": refund.state.name(),
        "reason": refund.reason.name(),
        "amount": refund.amount,
        "currency": refund.currency,
        "created_at": refund.created_at,
        "version": refund.version,
    })
}

fn product(product: &Product) -> Value {
    json!({
        "id": product.id,
        "slug": product.slug,
        "name": product.name,
        "available": product.stock.available,
        "price": product.price.minor,
        "currency": product.price.currency,
        "version": product.version,
    })
}
