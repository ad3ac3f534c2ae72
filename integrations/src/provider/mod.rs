//! Payment providers: what the shop asks of them, and what they answer.

mod notice;
pub mod sandbox;
pub mod stripe;

pub use notice::{About, EventError, Notice, PaymentNotice};

use async_trait::async_trait;
use checkout::model::{
    AttemptId, EmailAddress, Money, Order, OrderId, ProviderName, RefundId, RefundReference, ReportedRefund, SessionId,
    Timestamp, TransactionId,
};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};

/// A payment provider that the shop can use. Clones are cheap.
pub type SharedProvider = Arc<dyn Provider>;

/// A payment provider.
///
/// Each call may be repeated: the provider does the work once for each attempt. No call waits longer than 30 seconds.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// The provider's name.
    fn name(&self) -> ProviderName;

    /// Whether a transaction may be one of this provider's, as its id looks. Payments of other systems cannot be returned here.
    fn may_have_taken(&self, _transaction: &TransactionId) -> bool {
        true
    }

    /// Whether the calls stay in this process, so that they need no budget. Opening a page then has no effect until the page is
    /// stored, and does not need the shopper's address.
    fn is_local(&self) -> bool {
        false
    }

    /// Makes a payment page. The attempt's id is the idempotency key, and `request` is the same for each call of the attempt.
    async fn open(&self, attempt: AttemptId, request: &OpenRequest) -> Result<PaymentPage, ProviderError>;

    /// Closes a payment page, so that nobody can pay there any more. Closing a closed page succeeds.
    async fn close(&self, session: &SessionId) -> Result<CloseOutcome, ProviderError>;

    /// Looks a payment page up.
    async fn find_session(&self, session: &SessionId) -> Result<SessionReport, ProviderError>;

    /// Returns money. The refund's id and attempt make the idempotency key, and are stored with the refund at the provider.
    async fn refund(&self, request: &RefundRequest) -> Result<ReportedRefund, ProviderError>;

    /// All refunds of a transaction, whoever made them.
    async fn find_refunds(&self, transaction: &TransactionId) -> Result<Vec<ReportedRefund>, ProviderError>;

    /// One refund.
    async fn find_refund(&self, reference: &RefundReference) -> Result<Option<ReportedRefund>, ProviderError>;

    /// Events that were created at or after `since`, oldest first, in pages. `after` is the last event of the page before.
    /// Providers without a list of events return an empty page.
    async fn events(&self, since: Timestamp, after: Option<&str>) -> Result<EventPage, ProviderError>;

    /// Parses an event of [`Provider::events`].
    fn read_event(&self, json: &[u8]) -> Result<Notice, EventError>;
}

/// Request for a payment page. It contains everything that the call depends on but the shopper's e-mail address and the
/// shop's address, and is stored as JSON, so that a repeated call is the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRequest {
    /// The order.
    pub order: OrderId,
    /// The order's number, for people.
    pub order_number: String,
    /// The product's name, for people.
    pub product: String,
    /// Number of units.
    pub quantity: u32,
    /// The amount of the whole order.
    pub amount: Money,
    /// When the order must be paid.
    pub pay_by: Timestamp,
    /// When the provider should close the page by itself; `None` where it cannot do so at that time.
    pub expires_at: Option<Timestamp>,
    /// The address that the shopper returns to after paying. It contains no secret, and opens for whoever pays.
    pub success_url: String,
    /// The address that the shopper returns to without paying. It contains no secret.
    pub cancel_url: String,
    /// The shopper's address. It is not stored: a repeated call reads it from the order again.
    #[serde(skip)]
    pub email: Option<EmailAddress>,
}

/// A payment page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentPage {
    /// The provider's id.
    pub session: SessionId,
    /// The page's address. It may be relative to the shop's.
    pub url: String,
}

/// Result of closing a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseOutcome {
    /// The page is closed, and nobody has paid there.
    Closed,
    /// The shopper has finished the page before: look it up.
    Completed,
}

/// A payment page as the provider knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionReport {
    /// The provider's id.
    pub session: SessionId,
    /// The state.
    pub state: SessionState,
    /// The order that it was made for, as its metadata say.
    pub order: Option<OrderId>,
    /// The attempt that it was made for, as its metadata say.
    pub attempt: Option<AttemptId>,
    /// The transaction, once there is one.
    pub transaction: Option<TransactionId>,
    /// The amount that was asked for.
    pub amount: Option<Money>,
}

/// The state of a payment page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    /// The shopper can pay.
    Open,
    /// The shopper has finished the page, and the money has arrived.
    Paid,
    /// The shopper has finished the page, and the money is on its way, as with a bank debit.
    Processing,
    /// The page was closed without a payment.
    Expired,
}

/// A request to return money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// The refund.
    pub refund: RefundId,
    /// The refund's attempt, from 1.
    pub attempt: u32,
    /// The transaction that took the money.
    pub transaction: TransactionId,
    /// The amount; `None` for all of the transaction.
    pub amount: Option<Money>,
    /// The order, if the payment had one.
    pub order: Option<OrderId>,
}

/// Events as the provider delivers them to webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventPage {
    /// The events, oldest first.
    pub events: Vec<ProviderEvent>,
    /// Whether there are more.
    pub has_more: bool,
}

/// An event of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderEvent {
    /// The event's id.
    pub id: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// The event as the provider's API returned it.
    pub json: Vec<u8>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The provider refused, and will refuse again. The text contains no contact data.
    #[error("the payment provider refused: {0}")]
    Refused(String),
    /// The provider did nothing. Repeat the call after the pause.
    #[error("the payment provider is busy: {reason}")]
    Busy {
        /// Why.
        reason: String,
        /// How long to wait; `None` if the provider does not say.
        retry_after: Option<Duration>,
    },
    /// The provider may have done it. Repeat the call with the same key, or look it up.
    #[error("the payment provider's answer is unknown: {0}")]
    Unknown(String),
}

impl OpenRequest {
    /// The request for an order, without the shopper's address.
    pub fn of(order: &Order, product: &str, shop_url: &str, expires_at: Option<Timestamp>) -> Self {
        let page = format!("{}/orders/{}", shop_url.trim_end_matches('/'), order.id);
        Self {
            order: order.id,
            order_number: order.number.map(|number| number.to_string()).unwrap_or_default(),
            product: product.to_owned(),
            quantity: order.qty.get(),
            amount: order.amount,
            pay_by: order.pay_by,
            expires_at,
            success_url: format!("{page}?returned=paid"),
            cancel_url: page,
            email: None,
        }
    }
}
