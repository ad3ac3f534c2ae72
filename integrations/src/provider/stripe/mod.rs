//! Stripe: hosted Checkout pages, refunds and the list of events.
//!
//! The requests are those of async-stripe, whose crates pin the version of Stripe's API (`2026-09-30.endive`). They travel
//! over a client of our own: see `client`.

mod checkout;
mod client;
mod error;
pub mod event;
mod events;
mod money;
mod object;
mod refund;

pub use error::SettingsError;

use super::{
    CloseOutcome, EventError, EventPage, Notice, OpenRequest, PaymentPage, Provider, ProviderError, RefundRequest,
    SessionReport,
};
use ::checkout::model::{
    AttemptId, ProviderName, RefundReference, ReportedRefund, SessionId, Timestamp, TransactionId,
};
use async_trait::async_trait;
use client::Client;
use std::{fmt, time::Duration};
use url::Url;

/// Time limit of one request to Stripe.
const REQUEST_TIME_LIMIT: Duration = Duration::from_secs(20);

/// Time limit of a call that makes several requests.
const CALL_TIME_LIMIT: Duration = Duration::from_secs(28);

/// How Stripe is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct StripeSettings {
    /// The secret or restricted key.
    pub key: String,
    /// Stripe's address; `None` for the real one. Plain HTTP is for loopback addresses only.
    pub api: Option<Url>,
    /// The connected account for which the calls are made, and whose events count (Connect).
    pub account: Option<String>,
}

/// The key is left out.
impl fmt::Debug for StripeSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeSettings")
            .field("api", &self.api.as_ref().map(Url::as_str))
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// Stripe. Clones share their connections.
#[derive(Debug, Clone)]
pub struct StripeProvider {
    client: Client,
    account: Option<String>,
}

impl StripeProvider {
    /// Checks the settings and makes the HTTP client. Stripe is not called.
    ///
    /// # Errors
    ///
    /// A setting is invalid, or the system has no certificates.
    pub fn new(settings: StripeSettings) -> Result<Self, SettingsError> {
        Self::with_time_limit(settings, REQUEST_TIME_LIMIT)
    }

    /// The same as [`Self::new`], with another time limit for each request.
    ///
    /// # Errors
    ///
    /// The same as those of [`Self::new`].
    pub fn with_time_limit(settings: StripeSettings, time_limit: Duration) -> Result<Self, SettingsError> {
        Ok(Self { client: Client::new(&settings, time_limit)?, account: settings.account })
    }
}

#[async_trait]
impl Provider for StripeProvider {
    fn name(&self) -> ProviderName {
        ProviderName::Stripe
    }

    fn may_have_taken(&self, transaction: &TransactionId) -> bool {
        // An intent, or a charge of either kind.
        ["pi_", "ch_", "py_"].iter().any(|prefix| transaction.as_str().starts_with(prefix))
    }

    async fn open(&self, attempt: AttemptId, request: &OpenRequest) -> Result<PaymentPage, ProviderError> {
        checkout::open(&self.client, attempt, request).await
    }

    async fn close(&self, session: &SessionId) -> Result<CloseOutcome, ProviderError> {
        limited(checkout::close(&self.client, session)).await
    }

    async fn find_session(&self, session: &SessionId) -> Result<SessionReport, ProviderError> {
        checkout::find(&self.client, session).await
    }

    async fn refund(&self, request: &RefundRequest) -> Result<ReportedRefund, ProviderError> {
        limited(refund::create(&self.client, request)).await
    }

    async fn find_refunds(&self, transaction: &TransactionId) -> Result<Vec<ReportedRefund>, ProviderError> {
        limited(refund::list(&self.client, transaction)).await
    }

    async fn find_refund(&self, reference: &RefundReference) -> Result<Option<ReportedRefund>, ProviderError> {
        refund::find(&self.client, reference).await
    }

    async fn events(&self, since: Timestamp, after: Option<&str>) -> Result<EventPage, ProviderError> {
        limited(events::list(&self.client, since, after)).await
    }

    fn read_event(&self, json: &[u8]) -> Result<Notice, EventError> {
        event::read(json, self.account.as_deref())
    }
}

/// Limits the time of a call that makes several requests.
async fn limited<T>(call: impl Future<Output = Result<T, ProviderError>>) -> Result<T, ProviderError> {
    let late = || ProviderError::Unknown("Stripe did not answer in time".to_owned());
    tokio::time::timeout(CALL_TIME_LIMIT, call).await.unwrap_or_else(|_| Err(late()))
}
