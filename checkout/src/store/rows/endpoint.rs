//! Endpoints of webhooks, and attempts to deliver to them.

use super::{corrupt, count, signed};
use crate::{
    error::StoreError,
    model::Topic,
    store::{
        endpoints::{
            Delivery, DeliveryFailure, DisabledReason, Endpoint, PreviousSecret, SigningSecret, TEST_TOPIC, topic_names,
        },
        table::{Millis, table},
    },
};
use uuid::Uuid;

table! {
    "webhook_endpoints", read as EndpointRow, written from endpoint: Endpoint {
        Key id: Uuid = endpoint.id.0;
        Mutable url: String = endpoint.url.as_str();
        Mutable events: String = topic_names(&endpoint.events);
        Mutable description: String = endpoint.description.as_str();
        Mutable secret: String = endpoint.secret.reveal();
        Mutable previous_secret: Option<String> = endpoint.previous.as_ref().map(|previous| previous.secret.reveal());
        Mutable previous_until: Option<Millis> = endpoint.previous.as_ref().map(|previous| previous.until);
        Mutable is_enabled: bool = endpoint.is_enabled();
        Mutable disabled_reason: Option<String> = endpoint.disabled.map(DisabledReason::name);
        Mutable failing_since: Option<Millis> = endpoint.failing_since;
        Fixed created_at: Millis = endpoint.created_at;
        Mutable version: i64 = signed(endpoint.version);
    }
}

impl TryFrom<EndpointRow> for Endpoint {
    type Error = StoreError;

    fn try_from(row: EndpointRow) -> Result<Self, StoreError> {
        let disabled = row.disabled_reason.as_deref().map(DisabledReason::from_name);
        let disabled = disabled.map(|reason| reason.ok_or_else(|| corrupt("the reason of an endpoint"))).transpose()?;
        if row.is_enabled != disabled.is_none() {
            return Err(corrupt("the state of an endpoint"));
        }
        let previous = row.previous_secret.zip(row.previous_until);
        Ok(Self {
            id: row.id.into(),
            url: row.url,
            // Names that a later version stored mean nothing to this one.
            events: row.events.split(' ').filter_map(Topic::from_name).collect(),
            description: row.description,
            secret: SigningSecret::new(row.secret),
            previous: previous
                .map(|(secret, Millis(until))| PreviousSecret { secret: SigningSecret::new(secret), until }),
            disabled,
            failing_since: row.failing_since.map(|Millis(at)| at),
            created_at: row.created_at.0,
            version: u64::try_from(row.version).map_err(|_| corrupt("an endpoint's version"))?,
        })
    }
}

table! {
    "webhook_deliveries", read as DeliveryRow, written from delivery: Delivery {
        Key id: Uuid = delivery.id.0;
        Fixed job_id: Option<Uuid> = delivery.job.map(|id| id.0);
        Fixed endpoint_id: Uuid = delivery.endpoint.0;
        Fixed topic: String = delivery.topic.map_or(TEST_TOPIC, Topic::name);
        Fixed order_id: Option<Uuid> = delivery.order.map(|id| id.0);
        Fixed attempt: i64 = i64::from(delivery.attempt);
        Fixed started_at: Millis = delivery.started_at;
        Fixed duration_ms: i64 = i64::from(delivery.duration_ms);
        Fixed status: Option<i64> = delivery.status.map(i64::from);
        Fixed response: Option<String> = delivery.response.as_deref();
        Fixed error: Option<String> = delivery.failure.map(DeliveryFailure::name);
    }
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        let topic = match row.topic.as_str() {
            TEST_TOPIC => None,
            name => Some(Topic::from_name(name).ok_or_else(|| corrupt("a delivery's topic"))?),
        };
        let status = row.status.map(u16::try_from).transpose().map_err(|_| corrupt("a delivery's status"))?;
        let failure = row.error.as_deref().map(DeliveryFailure::from_name);
        Ok(Self {
            id: row.id.into(),
            job: row.job_id.map(Into::into),
            endpoint: row.endpoint_id.into(),
            topic,
            order: row.order_id.map(Into::into),
            attempt: count(row.attempt)?,
            started_at: row.started_at.0,
            duration_ms: count(row.duration_ms)?,
            status,
            response: row.response,
            failure: failure.map(|failure| failure.ok_or_else(|| corrupt("a delivery's failure"))).transpose()?,
        })
    }
}
