//! The sandbox: a provider that moves no money. Its payment page is one of the storefront's, and delivers signed webhooks as a
//! real provider does. Only its refunds are stored, so that a repeated request has one effect.

use super::{
    CloseOutcome, EventError, EventPage, Notice, OpenRequest, PaymentPage, Provider, ProviderError, RefundRequest,
    SessionReport, SessionState,
};
use async_trait::async_trait;
use checkout::{
    Clock, StoreError,
    model::{
        AttemptId, AttemptState, Money, OrderId, Payment, PaymentAttempt, PaymentStatus, ProviderName, RefundId,
        RefundReference, ReportedRefund, ReportedRefundState, SessionId, Timestamp, TransactionId,
    },
    store::{SandboxRefund, Store},
};
use std::{sync::Arc, time::Duration};

/// Prefix of the sandbox's transactions.
const TRANSACTION: &str = "test-";

/// Prefix of the sandbox's payment pages.
const SESSION: &str = "sandbox-";

/// Time until a refund that the shopper's bank delays has succeeded.
const PENDING_TIME: Duration = Duration::from_mins(1);

/// Outcome of the refunds of a test payment. The transaction's id says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaterRefund {
    /// They succeed at once.
    Succeeds,
    /// The bank rejects them.
    Fails,
    /// They are pending for a minute.
    Waits,
}

impl LaterRefund {
    const ALL: [Self; 3] = [Self::Succeeds, Self::Fails, Self::Waits];

    fn prefix(self) -> &'static str {
        match self {
            Self::Succeeds => TRANSACTION,
            Self::Fails => "test-refund-fails-",
            Self::Waits => "test-refund-waits-",
        }
    }

    /// Returns the id of a test payment. `key` identifies the payment.
    pub fn transaction_id(self, key: &str) -> String {
        format!("{}{key}", self.prefix())
    }

    /// Returns the outcome of refunds of a transaction; `None` if it is not the sandbox's.
    fn of(transaction: &TransactionId) -> Option<Self> {
        // The prefix of those that succeed begins the others too, so it is tried last.
        Self::ALL.into_iter().rev().find(|later| transaction.as_str().starts_with(later.prefix()))
    }
}

/// The sandbox.
pub struct SandboxProvider {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl SandboxProvider {
    /// Returns the sandbox of a shop.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// The attempt that a page was made for, and the payment that was made there.
    async fn find(&self, session: &SessionId) -> Result<(PaymentAttempt, Option<Payment>), ProviderError> {
        let unknown = || ProviderError::Refused("the sandbox has no such payment page".to_owned());
        let attempt = session.as_str().strip_prefix(SESSION).and_then(|id| id.parse::<AttemptId>().ok());
        let attempt = self
            .store
            .payment_attempts()
            .attempt(attempt.ok_or_else(unknown)?)
            .await
            .map_err(|error| unavailable(&error))?;
        let attempt = attempt.ok_or_else(unknown)?;
        let order = self
            .store
            .reads()
            .order(attempt.order_id)
            .await
            .map_err(|error| unavailable(&error))?
            .ok_or_else(unknown)?;
        let payments =
            self.store.reads().payments(order.hold_id, Some(order.id)).await.map_err(|error| unavailable(&error))?;
        // The payments of an order do not name the attempt. That of the first page counts.
        let paid = payments.into_iter().find(|payment| {
            payment.status == PaymentStatus::Success && LaterRefund::of(&payment.transaction_id).is_some()
        });
        Ok((attempt, paid))
    }

    /// The amount of a transaction, for a request that leaves it out.
    async fn amount_of(&self, transaction: &TransactionId, order: Option<OrderId>) -> Result<Money, ProviderError> {
        let unknown = || ProviderError::Refused("the sandbox does not know the transaction's amount".to_owned());
        let reads = self.store.reads();
        let order =
            reads.order(order.ok_or_else(unknown)?).await.map_err(|error| unavailable(&error))?.ok_or_else(unknown)?;
        let payments = reads.payments(order.hold_id, Some(order.id)).await.map_err(|error| unavailable(&error))?;
        let amounts = payments.iter().filter(|payment| payment.transaction_id == *transaction).find_map(|payment| {
            payment.reported.amount.zip(payment.reported.currency).map(|(minor, currency)| Money { minor, currency })
        });
        amounts.ok_or_else(unknown)
    }

    /// Returns a refund as it is now: one that was pending for long enough succeeds when it is looked up.
    async fn look_up(&self, refund: SandboxRefund) -> Result<ReportedRefund, ProviderError> {
        let is_over = self.clock.now() >= refund.created_at + PENDING_TIME;
        if refund.state != ReportedRefundState::Pending || !is_over {
            return Ok(report(refund));
        }
        let state = ReportedRefundState::Succeeded;
        self.store
            .sandbox_refunds()
            .finish_sandbox_refund(&refund.id, state)
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(report(SandboxRefund { state, ..refund }))
    }
}

/// The database may have failed after it stored the refund, which a repeated call finds.
fn unavailable(error: &StoreError) -> ProviderError {
    ProviderError::Unknown(error.to_string())
}

fn reference(refund: RefundId, attempt: u32) -> Result<RefundReference, ProviderError> {
    format!("sandbox-{refund}-{attempt}").try_into().map_err(|error: &str| ProviderError::Refused(error.to_owned()))
}

fn report(refund: SandboxRefund) -> ReportedRefund {
    let failed = refund.state == ReportedRefundState::Failed;
    ReportedRefund {
        reference: refund.id,
        transaction: refund.transaction,
        ours: Some((refund.refund, refund.attempt)),
        amount: refund.amount,
        state: refund.state,
        failure: failed.then(|| "the test bank rejects this refund".to_owned()),
        lacks_funds: false,
        created_at: refund.created_at,
    }
}

#[async_trait]
impl Provider for SandboxProvider {
    fn name(&self) -> ProviderName {
        ProviderName::Sandbox
    }

    fn may_have_taken(&self, transaction: &TransactionId) -> bool {
        LaterRefund::of(transaction).is_some()
    }

    fn is_local(&self) -> bool {
        true
    }

    async fn open(&self, attempt: AttemptId, request: &OpenRequest) -> Result<PaymentPage, ProviderError> {
        let session = format!("{SESSION}{attempt}").try_into().map_err(ProviderError::Refused)?;
        Ok(PaymentPage { session, url: format!("/sandbox/pay/{}", request.order) })
    }

    async fn close(&self, session: &SessionId) -> Result<CloseOutcome, ProviderError> {
        let (_, paid) = self.find(session).await?;
        Ok(if paid.is_some() { CloseOutcome::Completed } else { CloseOutcome::Closed })
    }

    async fn find_session(&self, session: &SessionId) -> Result<SessionReport, ProviderError> {
        let (attempt, paid) = self.find(session).await?;
        let state = match (&paid, attempt.state) {
            (Some(_), _) => SessionState::Paid,
            (None, AttemptState::Opening | AttemptState::Open) => SessionState::Open,
            (None, AttemptState::Completed | AttemptState::Closed | AttemptState::Failed) => SessionState::Expired,
        };
        let reported = paid.as_ref().map(|payment| &payment.reported);
        let amount = reported.and_then(|reported| reported.amount.zip(reported.currency));
        Ok(SessionReport {
            session: session.clone(),
            state,
            order: Some(attempt.order_id),
            attempt: Some(attempt.id),
            transaction: paid.as_ref().map(|payment| payment.transaction_id.clone()),
            amount: amount.map(|(minor, currency)| Money { minor, currency }),
        })
    }

    async fn refund(&self, request: &RefundRequest) -> Result<ReportedRefund, ProviderError> {
        let later = LaterRefund::of(&request.transaction)
            .ok_or_else(|| ProviderError::Refused("the transaction is not one of the sandbox".to_owned()))?;
        let amount = match request.amount {
            Some(amount) => amount,
            None => self.amount_of(&request.transaction, request.order).await?,
        };
        let refund = SandboxRefund {
            id: reference(request.refund, request.attempt)?,
            transaction: request.transaction.clone(),
            refund: request.refund,
            attempt: request.attempt,
            amount,
            state: match later {
                LaterRefund::Succeeds => ReportedRefundState::Succeeded,
                LaterRefund::Fails => ReportedRefundState::Failed,
                LaterRefund::Waits => ReportedRefundState::Pending,
            },
            created_at: self.clock.now(),
        };
        let refund =
            self.store.sandbox_refunds().add_sandbox_refund(&refund).await.map_err(|error| unavailable(&error))?;
        self.look_up(refund).await
    }

    async fn find_refunds(&self, transaction: &TransactionId) -> Result<Vec<ReportedRefund>, ProviderError> {
        let mut reports = Vec::new();
        for refund in
            self.store.sandbox_refunds().sandbox_refunds_of(transaction).await.map_err(|error| unavailable(&error))?
        {
            reports.push(self.look_up(refund).await?);
        }
        Ok(reports)
    }

    async fn find_refund(&self, reference: &RefundReference) -> Result<Option<ReportedRefund>, ProviderError> {
        match self.store.sandbox_refunds().sandbox_refund(reference).await.map_err(|error| unavailable(&error))? {
            Some(refund) => self.look_up(refund).await.map(Some),
            None => Ok(None),
        }
    }

    async fn events(&self, _: Timestamp, _: Option<&str>) -> Result<EventPage, ProviderError> {
        Ok(EventPage::default())
    }

    fn read_event(&self, _: &[u8]) -> Result<Notice, EventError> {
        Err(EventError::Unreadable("The sandbox has no list of events."))
    }
}

#[cfg(test)]
mod tests;
