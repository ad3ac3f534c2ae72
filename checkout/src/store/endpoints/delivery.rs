//! Attempts to deliver webhooks.

use crate::{
    model::{AuditEntry, DeliveryId, EndpointId, JobId, NewJob, OrderId, Timestamp, Topic},
    store::listings::{
        PageRequest,
        query::{Branch, Dialect, Page, Query, Value},
    },
};

use super::DisabledReason;

/// Maximum number of characters of a response that is kept.
pub const MAX_RESPONSE_CHARS: usize = 1024;

/// The topic of a test event, which is no topic of the shop.
pub(in crate::store) const TEST_TOPIC: &str = "test";

/// Cause of a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryFailure {
    /// The address is private or reserved, so that no connection was made.
    ForbiddenAddress,
    /// The host's name could not be resolved.
    Dns,
    /// No connection could be made: refused, or TLS failed.
    Connect,
    /// It took too long.
    Timeout,
    /// The connection broke, or the response was no HTTP.
    Protocol,
    /// The response was a redirect, which is not followed.
    Redirect,
    /// The response was 410 Gone.
    Gone,
    /// The response was 429 or 503.
    Busy,
    /// The response had another status than 200 to 299.
    Status,
}

impl DeliveryFailure {
    /// All failures.
    pub const ALL: [Self; 9] = [
        Self::ForbiddenAddress,
        Self::Dns,
        Self::Connect,
        Self::Timeout,
        Self::Protocol,
        Self::Redirect,
        Self::Gone,
        Self::Busy,
        Self::Status,
    ];

    /// The name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::ForbiddenAddress => "forbidden_address",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
            Self::Redirect => "redirect",
            Self::Gone => "gone",
            Self::Busy => "busy",
            Self::Status => "status",
        }
    }

    /// The failure for people.
    pub fn description(self) -> &'static str {
        match self {
            Self::ForbiddenAddress => "the address is private or reserved",
            Self::Dns => "the host's name was not found",
            Self::Connect => "no connection could be made",
            Self::Timeout => "it took too long",
            Self::Protocol => "the connection broke",
            Self::Redirect => "the endpoint redirects, which is not followed",
            Self::Gone => "the endpoint is gone",
            Self::Busy => "the endpoint asks to wait",
            Self::Status => "the endpoint did not accept it",
        }
    }

    /// Returns the failure of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.name() == name)
    }
}

/// One attempt to deliver a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The job of the outbox; `None` for a test event.
    pub job: Option<JobId>,
    /// The endpoint.
    pub endpoint: EndpointId,
    /// The topic; `None` for a test event.
    pub topic: Option<Topic>,
    /// The order that it is about.
    pub order: Option<OrderId>,
    /// The job's attempt, from 1.
    pub attempt: u32,
    /// Time at which it began.
    pub started_at: Timestamp,
    /// Duration in milliseconds.
    pub duration_ms: u32,
    /// The status of the response, if there was one.
    pub status: Option<u16>,
    /// The beginning of the response's body, at most [`MAX_RESPONSE_CHARS`]. `None` if there was none, or its order's customer was
    /// erased.
    pub response: Option<String>,
    /// Why it failed; `None` if the endpoint accepted it.
    pub failure: Option<DeliveryFailure>,
}

impl Delivery {
    /// The name of the topic.
    pub fn topic_name(&self) -> &'static str {
        self.topic.map_or(TEST_TOPIC, Topic::name)
    }
}

/// Switches an endpoint off after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchOff {
    /// Why.
    pub reason: DisabledReason,
    /// Only if it has failed since then, or longer; `None` in any case.
    pub if_failing_since: Option<Timestamp>,
    /// The entry of the audit log.
    pub entry: AuditEntry,
    /// The event that lets operators know.
    pub event: NewJob,
}

/// An attempt to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// The attempt.
    pub delivery: Delivery,
    /// Consequence of its failure, if it has one.
    pub switch_off: Option<SwitchOff>,
}

/// Attempts to list. An empty filter lists all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeliveryFilter {
    /// Only attempts at this endpoint.
    pub endpoint: Option<EndpointId>,
    /// Only attempts that failed, or that did not.
    pub failed: Option<bool>,
}

/// Returns the statement that lists attempts.
pub(in crate::store) fn list(
    dialect: Dialect,
    columns: &str,
    filter: DeliveryFilter,
    request: PageRequest,
) -> Option<Query> {
    let page = Page::new("webhook_deliveries", PageRequest { limit: request.rows() + 1, ..request });
    let condition = Query::new(match filter.failed {
        Some(true) => "t.error IS NOT NULL",
        Some(false) => "t.error IS NULL",
        None => "true",
    });
    let key = filter.endpoint.map(|endpoint| vec![("t.endpoint_id", Value::Uuid(endpoint.0))]);
    let branch = match (key, filter.failed) {
        (Some(key), Some(true)) => Branch::of("webhook_deliveries_failed_of_endpoint", key, condition),
        (Some(key), _) => Branch::of("webhook_deliveries_endpoint", key, condition),
        (None, Some(true)) => Branch::of("webhook_deliveries_failed", Vec::new(), condition),
        (None, _) => Branch::new(condition),
    };
    page.statement(dialect, columns, vec![branch])
}
