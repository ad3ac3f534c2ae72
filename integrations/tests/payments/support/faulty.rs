//! Makes the calls of a provider fail.

use super::FakeProvider;
use async_trait::async_trait;
use checkout::model::{AttemptId, ProviderName, RefundReference, ReportedRefund, SessionId, Timestamp, TransactionId};
use integrations::provider::{
    CloseOutcome, EventError, EventPage, Notice, OpenRequest, PaymentPage, Provider, ProviderError, RefundRequest,
    SessionReport,
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::Notify;

/// Fault of a call.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The provider does nothing and answers so.
    Before(ProviderError),
    /// The provider does its work, and its answer is lost.
    After(ProviderError),
    /// The call never reaches the provider, and never returns: the process is killed meanwhile.
    HangsBefore,
    /// The provider does its work, and the call never returns.
    HangsAfter,
    /// The provider answers, and the process is killed before it can write anything.
    KillsAfter(Arc<AtomicBool>),
}

/// A provider, and the faults of its next calls.
pub struct Faulty {
    inner: Arc<FakeProvider>,
    faults: Mutex<HashMap<&'static str, VecDeque<Fault>>>,
    hangs: Notify,
}

impl Faulty {
    pub fn new(inner: Arc<FakeProvider>) -> Self {
        Self { inner, faults: Mutex::default(), hangs: Notify::new() }
    }

    /// Makes the next call of this name fail.
    pub fn next(&self, call: &'static str, fault: Fault) {
        self.faults.lock().unwrap().entry(call).or_default().push_back(fault);
    }

    /// Waits until a call hangs.
    pub async fn hangs(&self) {
        tokio::time::timeout(Duration::from_secs(10), self.hangs.notified()).await.expect("no call hangs");
    }

    async fn call<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<T, ProviderError> {
        let fault = self.faults.lock().unwrap().get_mut(name).and_then(VecDeque::pop_front);
        match fault {
            None => call.await,
            Some(Fault::Before(error)) => Err(error),
            Some(Fault::After(error)) => {
                let _ = call.await;
                Err(error)
            }
            Some(Fault::KillsAfter(switch)) => {
                let answer = call.await;
                switch.store(true, Ordering::Release);
                answer
            }
            Some(Fault::HangsBefore) => self.hang().await,
            Some(Fault::HangsAfter) => {
                let _ = call.await;
                self.hang().await
            }
        }
    }

    async fn hang<T>(&self) -> T {
        self.hangs.notify_one();
        std::future::pending().await
    }
}

#[async_trait]
impl Provider for Faulty {
    fn name(&self) -> ProviderName {
        self.inner.name()
    }

    async fn open(&self, attempt: AttemptId, request: &OpenRequest) -> Result<PaymentPage, ProviderError> {
        self.call("open", self.inner.open(attempt, request)).await
    }

    async fn close(&self, session: &SessionId) -> Result<CloseOutcome, ProviderError> {
        self.call("close", self.inner.close(session)).await
    }

    async fn find_session(&self, session: &SessionId) -> Result<SessionReport, ProviderError> {
        self.call("find_session", self.inner.find_session(session)).await
    }

    async fn refund(&self, request: &RefundRequest) -> Result<ReportedRefund, ProviderError> {
        self.call("refund", self.inner.refund(request)).await
    }

    async fn find_refunds(&self, transaction: &TransactionId) -> Result<Vec<ReportedRefund>, ProviderError> {
        self.call("find_refunds", self.inner.find_refunds(transaction)).await
    }

    async fn find_refund(&self, reference: &RefundReference) -> Result<Option<ReportedRefund>, ProviderError> {
        self.call("find_refund", self.inner.find_refund(reference)).await
    }

    async fn events(&self, since: Timestamp, after: Option<&str>) -> Result<EventPage, ProviderError> {
        self.call("events", self.inner.events(since, after)).await
    }

    fn read_event(&self, json: &[u8]) -> Result<Notice, EventError> {
        self.inner.read_event(json)
    }
}

/// The answer of a server error, or a time-out.
pub fn unknown() -> ProviderError {
    ProviderError::Unknown("no answer in time".to_owned())
}

pub fn busy(retry_after: Option<Duration>) -> ProviderError {
    ProviderError::Busy { reason: "too many requests".to_owned(), retry_after }
}

pub fn refused() -> ProviderError {
    ProviderError::Refused("no".to_owned())
}
