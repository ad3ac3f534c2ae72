//! Endpoints and attempts as the command line prints them.

use checkout::{
    model::{DeliveryId, EndpointId, JobId, OrderId, Timestamp, Topic},
    store::{Delivery, DeliveryFailure, DisabledReason, Endpoint},
};
use serde::Serialize;

/// An endpoint without its secrets.
#[derive(Debug, Serialize)]
pub struct EndpointView {
    id: EndpointId,
    url: String,
    events: Vec<&'static str>,
    description: String,
    enabled: bool,
    disabled_reason: Option<&'static str>,
    failing_since: Option<Timestamp>,
    previous_secret_until: Option<Timestamp>,
    created_at: Timestamp,
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

/// An attempt.
#[derive(Debug, Serialize)]
pub struct DeliveryView {
    id: DeliveryId,
    endpoint_id: EndpointId,
    job_id: Option<JobId>,
    topic: &'static str,
    order_id: Option<OrderId>,
    attempt: u32,
    started_at: Timestamp,
    duration_ms: u32,
    delivered: bool,
    error: Option<&'static str>,
    status: Option<u16>,
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
