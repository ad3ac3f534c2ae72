//! Calls of the provider, limited so that a sale does not get the shop's account throttled. All calls of a node take turns, 25 a
//! second, and each kind of call has a maximum number at once. A call of several requests, such as a list, takes one turn, and
//! sends its requests one after the other. There is no order of rank: the maximum of its kind leaves most turns to shoppers who
//! wait for a page.

use crate::provider::{
    CloseOutcome, EventPage, OpenRequest, PaymentPage, ProviderError, RefundRequest, SessionReport, SharedProvider,
};
use checkout::{
    Error,
    model::{AttemptId, ProviderName, RefundReference, ReportedRefund, SessionId, Timestamp, TransactionId},
};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Semaphore, time::Instant};

/// Shortest time between the beginnings of two calls: 25 calls a second.
const CALL_INTERVAL: Duration = Duration::from_millis(40);

/// Maximum number of pages that are opened at once.
const OPENS: usize = 12;

/// Maximum number of refunds that are sent at once.
const REFUNDS: usize = 4;

/// Maximum number of pages that are closed at once.
const CLOSES: usize = 4;

/// Maximum number of look-ups at once.
const LOOKUPS: usize = 2;

/// Why something that needs the provider failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// The provider's answer.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The engine's error.
    #[error(transparent)]
    Checkout(#[from] Error),
}

/// The configured provider, called within the budget.
pub(super) struct Calls {
    provider: SharedProvider,
    opens: Semaphore,
    refunds: Semaphore,
    closes: Semaphore,
    lookups: Semaphore,
    /// When the next call may begin.
    next: Mutex<Instant>,
}

impl Calls {
    pub(super) fn new(provider: SharedProvider) -> Self {
        Self {
            provider,
            opens: Semaphore::new(OPENS),
            refunds: Semaphore::new(REFUNDS),
            closes: Semaphore::new(CLOSES),
            lookups: Semaphore::new(LOOKUPS),
            next: Mutex::new(Instant::now()),
        }
    }

    pub(super) fn name(&self) -> ProviderName {
        self.provider.name()
    }

    pub(super) fn provider(&self) -> &SharedProvider {
        &self.provider
    }

    pub(super) async fn open(&self, attempt: AttemptId, request: &OpenRequest) -> Result<PaymentPage, ProviderError> {
        self.call(&self.opens, self.provider.open(attempt, request)).await
    }

    pub(super) async fn refund(&self, request: &RefundRequest) -> Result<ReportedRefund, ProviderError> {
        self.call(&self.refunds, self.provider.refund(request)).await
    }

    /// Lists refunds before one is sent, as one of the calls about refunds.
    pub(super) async fn refunds_of(&self, transaction: &TransactionId) -> Result<Vec<ReportedRefund>, ProviderError> {
        self.call(&self.refunds, self.provider.find_refunds(transaction)).await
    }

    pub(super) async fn close(&self, session: &SessionId) -> Result<CloseOutcome, ProviderError> {
        self.call(&self.closes, self.provider.close(session)).await
    }

    pub(super) async fn find_session(&self, session: &SessionId) -> Result<SessionReport, ProviderError> {
        self.call(&self.lookups, self.provider.find_session(session)).await
    }

    pub(super) async fn find_refund(
        &self,
        reference: &RefundReference,
    ) -> Result<Option<ReportedRefund>, ProviderError> {
        self.call(&self.lookups, self.provider.find_refund(reference)).await
    }

    pub(super) async fn find_refunds(&self, transaction: &TransactionId) -> Result<Vec<ReportedRefund>, ProviderError> {
        self.call(&self.lookups, self.provider.find_refunds(transaction)).await
    }

    pub(super) async fn events(&self, since: Timestamp, after: Option<&str>) -> Result<EventPage, ProviderError> {
        self.call(&self.lookups, self.provider.events(since, after)).await
    }

    async fn call<T>(&self, lane: &Semaphore, call: impl Future<Output = T>) -> T {
        if self.provider.is_local() {
            return call.await;
        }
        let _permit = lane.acquire().await;
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = (*next).max(Instant::now());
            *next = turn + CALL_INTERVAL;
            turn
        };
        tokio::time::sleep_until(turn).await;
        call.await
    }
}
