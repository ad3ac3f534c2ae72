//! Endpoints and attempts as the admin API and the command line show them.

use checkout::{
    model::{DeliveryId, EndpointId, JobId, OrderId, Timestamp, Topic},
    store::{Delivery, DeliveryFailure, DisabledReason, Endpoint},
};
use serde::Serialize;
use utoipa::ToSchema;

/// An event that endpoints can ask for.
#[derive(Debug, Clone, Copy, ToSchema)]
#[schema(as = WebhookEvent)]
pub enum TopicName {
    #[schema(rename = "order.created")]
    OrderCreated,
    #[schema(rename = "order.paid")]
    OrderPaid,
    #[schema(rename = "order.cancelled")]
    OrderCancelled,
    #[schema(rename = "order.refunded")]
    OrderRefunded,
    #[schema(rename = "refund.due")]
    RefundDue,
    #[schema(rename = "refund.succeeded")]
    RefundSucceeded,
    #[schema(rename = "refund.failed")]
    RefundFailed,
    #[schema(rename = "product.sold_out")]
    ProductSoldOut,
    #[schema(rename = "product.available")]
    ProductAvailable,
}

/// An endpoint without its secrets.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub struct EndpointView {
    /// Id of the endpoint.
    #[schema(value_type = Uuid)]
    id: EndpointId,
    /// Address that receives the webhooks.
    url: String,
    /// Events that it is told of.
    #[schema(value_type = Vec<TopicName>)]
    events: Vec<&'static str>,
    /// Description, for people. It may be empty.
    description: String,
    /// Whether webhooks are sent to it.
    enabled: bool,
    /// Why it is switched off: `operator`, `failing` for five days, or `gone` (410); null while it is on.
    #[schema(required)]
    disabled_reason: Option<&'static str>,
    /// Time of the first failure after the last success; null while it works.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    failing_since: Option<Timestamp>,
    /// End of the secret before the last rotation, which signs beside the new one; null if there was no rotation.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    previous_secret_until: Option<Timestamp>,
    /// Creation time.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Grows by one with each change.
    version: u64,
}

impl From<Endpoint> for EndpointView {
    fn from(endpoint: Endpoint) -> Self {
        let is_enabled = endpoint.is_enabled();
        let Endpoint { id, url, events, description, previous, disabled, failing_since, created_at, version, .. } =
            endpoint;
        Self {
            id,
            url,
            events: events.into_iter().map(Topic::name).collect(),
            description,
            enabled: is_enabled,
            disabled_reason: disabled.map(DisabledReason::name),
            failing_since,
            previous_secret_until: previous.map(|previous| previous.until),
            created_at,
            version,
        }
    }
}

/// One attempt to deliver a webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct DeliveryView {
    /// Id of the attempt.
    #[schema(value_type = Uuid)]
    id: DeliveryId,
    /// Id of the endpoint.
    #[schema(value_type = Uuid)]
    endpoint_id: EndpointId,
    /// Id of the job in the outbox; null for a test event.
    #[schema(value_type = Option<Uuid>, required)]
    job_id: Option<JobId>,
    /// The event, or `test`.
    topic: &'static str,
    /// Id of the order; null for other events.
    #[schema(value_type = Option<Uuid>, required)]
    order_id: Option<OrderId>,
    /// Number of the attempt, from 1.
    attempt: u32,
    /// Time of its beginning.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// Duration in milliseconds.
    duration_ms: u32,
    /// Whether the endpoint accepted it.
    delivered: bool,
    /// Class of the failure, such as `timeout` or `status`; null if it was accepted.
    #[schema(required)]
    error: Option<&'static str>,
    /// HTTP status of the response; null if there was none.
    #[schema(required)]
    status: Option<u16>,
    /// Beginning of the response's body; null if there was none, or the customer was erased.
    #[schema(required)]
    response: Option<String>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        let topic = delivery.topic_name();
        let Delivery { id, job, endpoint, order, attempt, started_at, duration_ms, status, response, failure, .. } =
            delivery;
        Self {
            id,
            endpoint_id: endpoint,
            job_id: job,
            topic,
            order_id: order,
            attempt,
            started_at,
            duration_ms,
            delivered: failure.is_none(),
            error: failure.map(DeliveryFailure::name),
            status,
            response,
        }
    }
}
