//! Content of a provider's event, whether a webhook carried it or it was read from the provider's list of events.

use super::SessionState;
use checkout::model::{
    AttemptId, Currency, DisputeId, EventKey, HoldId, OrderId, PaymentStatus, Reference, ReportedAmount,
    ReportedRefund, SessionId, TransactionId,
};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Content of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Something about a payment.
    Payment(PaymentNotice),
    /// A refund was made, or has a new state.
    Refund {
        /// The event's id.
        event: EventKey,
        /// The refund.
        refund: ReportedRefund,
        /// Whether it is a test event, which moves no money.
        test_mode: bool,
    },
    /// Some refund of this transaction has a new state: read its refunds.
    RefundsChanged {
        /// The event's id.
        event: EventKey,
        /// The transaction.
        transaction: TransactionId,
        /// Whether it is a test event, which moves no money.
        test_mode: bool,
    },
    /// The event does not concern this shop.
    Foreign {
        /// The event's id.
        event: String,
        /// Why it does not concern this shop.
        reason: String,
    },
}

/// Report about a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentNotice {
    /// The event's id.
    pub event: EventKey,
    /// Hash of the event's meaning: see [`PaymentNotice::fingerprint`].
    pub fingerprint: [u8; 32],
    /// The order or hold that was paid for.
    pub about: About,
    /// The transaction.
    pub transaction: TransactionId,
    /// The new status of the payment.
    pub status: PaymentStatus,
    /// The dispute, for the two statuses of disputes.
    pub dispute: Option<DisputeId>,
    /// The amount that the provider reports.
    pub reported: ReportedAmount,
    /// The payment page and its state, where the event is about one.
    pub session: Option<(SessionId, SessionState)>,
    /// The attempt that the page or the transaction was made for, as their metadata say.
    pub attempt: Option<AttemptId>,
    /// Whether it is a test event, which moves no money.
    pub test_mode: bool,
}

impl PaymentNotice {
    /// Hashes the meaning of an event and not its bytes: a repeated event may have another number of `pending_webhooks`, or a
    /// newer API version. A look-up of a page has the same fingerprint as the webhook about it, so that they count as one report.
    pub fn fingerprint(
        about: About,
        transaction: &TransactionId,
        status: PaymentStatus,
        reported: &ReportedAmount,
        dispute: Option<&DisputeId>,
    ) -> [u8; 32] {
        let id = match about {
            About::Known(Reference::Order(OrderId(id)) | Reference::Hold(HoldId(id))) | About::Untyped(id) => id,
            About::Transaction => Uuid::nil(),
        };
        let mut hash = Sha256::new();
        for part in [id.as_bytes(), transaction.as_str().as_bytes(), b"\n", status.name().as_bytes(), b"\n"] {
            hash.update(part);
        }
        hash.update(reported.amount.map(i64::to_be_bytes).unwrap_or_default());
        hash.update(reported.currency.as_ref().map_or("", Currency::as_str));
        if let Some(dispute) = dispute {
            hash.update(b"\n");
            hash.update(dispute.as_str());
        }
        hash.finalize().into()
    }
}

/// The order or hold that was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// An order or a hold.
    Known(Reference),
    /// An id that may be a hold's or an order's.
    Untyped(Uuid),
    /// The order or hold that the transaction paid for.
    Transaction,
}

/// Why an event cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// It is not JSON of the expected shape.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// It lacks something.
    #[error("{0}")]
    Unreadable(&'static str),
}
