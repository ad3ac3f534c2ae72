//! Endpoints that receive the shop's webhooks, and the attempts to deliver to them. Each change of an endpoint has its entry in
//! the audit log in the same transaction (P12).

mod delivery;
mod statements;

pub use delivery::{Delivery, DeliveryFailure, DeliveryFilter, DeliveryRecord, MAX_RESPONSE_CHARS, SwitchOff};
pub(super) use delivery::{TEST_TOPIC, list};
pub(super) use statements::impl_endpoints;

use super::{
    clients::ClientKey,
    listings::{Listing, PageRequest},
};
use crate::{
    error::StoreError,
    model::{AuditEntry, DeliveryId, EndpointId, NewJob, Timestamp, Topic},
};
use async_trait::async_trait;
use std::{collections::BTreeSet, fmt};

/// Maximum number of endpoints. Each event leads to a job for each of them at most.
pub const MAX_ENDPOINTS: u32 = 20;

/// A secret that signs webhooks, such as `whsec_…`. It is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(String);

impl SigningSecret {
    /// A secret of this text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// The secret before the last rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviousSecret {
    /// The secret.
    pub secret: SigningSecret,
    /// It signs until then.
    pub until: Timestamp,
}

/// Why an endpoint is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DisabledReason {
    /// A person switched it off.
    Operator,
    /// It has failed for days.
    Failing,
    /// It answered 410 Gone.
    Gone,
}

impl DisabledReason {
    /// All reasons.
    pub const ALL: [Self; 3] = [Self::Operator, Self::Failing, Self::Gone];

    /// The name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Failing => "failing",
            Self::Gone => "gone",
        }
    }

    /// Returns the reason of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// An endpoint of one of the shop's other systems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Its address. It may contain a token.
    pub url: String,
    /// The topics that it asked for.
    pub events: BTreeSet<Topic>,
    /// A description, for people. It may be empty.
    pub description: String,
    /// The secret that signs.
    pub secret: SigningSecret,
    /// The secret before it, which signs beside it for a while.
    pub previous: Option<PreviousSecret>,
    /// Why it is switched off, if it is.
    pub disabled: Option<DisabledReason>,
    /// The first failure after the last success.
    pub failing_since: Option<Timestamp>,
    /// Time at which it was added.
    pub created_at: Timestamp,
    /// Grows by one with each change, from 1.
    pub version: u64,
}

impl Endpoint {
    /// Whether webhooks are sent to it.
    pub fn is_enabled(&self) -> bool {
        self.disabled.is_none()
    }

    /// The secrets that sign at `now`, the newest first.
    pub fn secrets(&self, now: Timestamp) -> impl Iterator<Item = &SigningSecret> {
        let previous = self.previous.iter().filter(move |previous| now < previous.until);
        std::iter::once(&self.secret).chain(previous.map(|previous| &previous.secret))
    }
}

/// The names of topics, with spaces between them.
pub(super) fn topic_names(topics: &BTreeSet<Topic>) -> String {
    topics.iter().map(|topic| topic.name()).collect::<Vec<_>>().join(" ")
}

/// A change of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndpointChange {
    /// Adds an endpoint, if there are fewer than [`MAX_ENDPOINTS`].
    Add(Endpoint),
    /// Replaces address, topics and description, if the endpoint still has the version that the requester saw. Its failures are
    /// forgotten if the address is another one.
    Edit {
        /// The endpoint.
        id: EndpointId,
        /// The version that the requester saw.
        seen: u64,
        /// The new address.
        url: String,
        /// The new topics.
        events: BTreeSet<Topic>,
        /// The new description.
        description: String,
    },
    /// Switches an endpoint on that is off. Its failures are forgotten.
    Enable(EndpointId),
    /// Switches an endpoint off that is on.
    Disable(EndpointId),
    /// Replaces the secret. The one before signs beside it for a while.
    Rotate {
        /// The endpoint.
        id: EndpointId,
        /// The new secret.
        secret: SigningSecret,
        /// The end of the secret before.
        previous_until: Timestamp,
    },
    /// Removes an endpoint. Webhooks that wait for it are dropped by the worker.
    Remove(EndpointId),
    /// Adds a job that sends a webhook again.
    Redeliver(EndpointId, Box<NewJob>),
}

impl EndpointChange {
    /// The endpoint that is changed.
    pub fn id(&self) -> EndpointId {
        match self {
            Self::Add(endpoint) => endpoint.id,
            Self::Edit { id, .. }
            | Self::Enable(id)
            | Self::Disable(id)
            | Self::Rotate { id, .. }
            | Self::Remove(id)
            | Self::Redeliver(id, _) => *id,
        }
    }
}

/// Result of a change of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointOutcome {
    /// The change is on disk.
    Changed,
    /// Nothing was changed: there is no such endpoint, it has another version or state, or there are too many.
    Unchanged,
    /// An earlier request with the same key made the change, to this endpoint.
    Replayed(EndpointId),
    /// The key was used for another request.
    KeyReused,
}

/// The endpoints that receive webhooks.
#[async_trait]
pub trait Endpoints: Send + Sync {
    /// Makes a change. A key is stored with it, so that the same request changes nothing again.
    async fn change(
        &self,
        change: &EndpointChange,
        entry: &AuditEntry,
        key: Option<&ClientKey>,
    ) -> Result<EndpointOutcome, StoreError>;

    /// The endpoint with this id.
    async fn find(&self, id: EndpointId) -> Result<Option<Endpoint>, StoreError>;

    /// All endpoints, oldest first.
    async fn all(&self) -> Result<Vec<Endpoint>, StoreError>;

    /// Records attempts, in one transaction: a success ends the failure of its endpoint, and a failure begins one or switches the
    /// endpoint off. Test events count for neither. Returns the endpoints that were switched off.
    async fn record(&self, records: &[DeliveryRecord]) -> Result<Vec<EndpointId>, StoreError>;

    /// Attempts, page by page.
    async fn deliveries(&self, filter: DeliveryFilter, page: PageRequest) -> Result<Listing<Delivery>, StoreError>;

    /// The attempt with this id.
    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError>;
}
