//! Payment events. A provider may send them repeatedly, late or out of order (P5–P7).

use super::{Currency, HoldId, OrderId, ProductId, Timestamp, WebhookId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A provider's id: 1 to 255 visible ASCII characters.
macro_rules! provider_text {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                if (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
                    Ok(Self(text.into()))
                } else {
                    Err(concat!($what, " is 1 to 255 visible ASCII characters").to_owned())
                }
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

provider_text!(
    /// The provider's id of one attempt to pay.
    TransactionId,
    "a transaction id"
);
provider_text!(
    /// The provider's id of one event. It is the same for each delivery of the event.
    EventKey,
    "an event key"
);
provider_text!(
    /// The provider's id of a dispute. A transaction may be disputed more than once.
    DisputeId,
    "a dispute id"
);

pub(super) use provider_text;

/// The order or hold that a payment event refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// An order.
    Order(OrderId),
    /// A hold, whose id is known before the order exists (P6).
    Hold(HoldId),
}

/// The status of a payment transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// The money arrived.
    Success,
    /// The transaction failed.
    Failure,
    /// The transaction is in progress. Such an event is recorded and has no effect.
    Processing,
    /// The shopper disputes the payment at their bank. Until the dispute is closed, the transaction is not refunded: the
    /// shopper could get the money twice.
    DisputeOpened,
    /// The dispute is closed, whoever won it.
    DisputeClosed,
}

impl PaymentStatus {
    /// All statuses.
    pub const ALL: [Self; 5] =
        [Self::Success, Self::Failure, Self::Processing, Self::DisputeOpened, Self::DisputeClosed];

    /// The name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Processing => "processing",
            Self::DisputeOpened => "dispute_opened",
            Self::DisputeClosed => "dispute_closed",
        }
    }

    /// Returns the status of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether the event is about a dispute, and not about the payment itself.
    pub fn is_dispute(self) -> bool {
        matches!(self, Self::DisputeOpened | Self::DisputeClosed)
    }
}

/// The part of an event that counts once (P5): a transaction reports each status once, and for each of its disputes once
/// that it was opened and once that it was closed. Disputes without an id are one dispute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentReport {
    /// The transaction.
    pub transaction_id: TransactionId,
    /// Its status.
    pub status: PaymentStatus,
    /// The dispute, if the event is about one and the provider names it.
    pub dispute_id: Option<DisputeId>,
}

/// Why a payment must be refunded (P7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    /// The order was cancelled, and its units have been sold.
    SoldOut,
    /// Another transaction has paid the order.
    AlreadyPaid,
    /// The amount or the currency differs from the order's.
    AmountMismatch,
    /// The order was never placed.
    OrderNeverCreated,
    /// The order was cancelled, and the shopper has bought other units up to the limit.
    OverLimit,
    /// An operator refunds a paid order.
    ByOperator,
    /// The refund was made at the payment provider, and not by this shop.
    AtProvider,
}

impl RefundReason {
    /// All reasons.
    pub const ALL: [Self; 7] = [
        Self::SoldOut,
        Self::AlreadyPaid,
        Self::AmountMismatch,
        Self::OrderNeverCreated,
        Self::OverLimit,
        Self::ByOperator,
        Self::AtProvider,
    ];

    /// Returns the reason of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// The name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::SoldOut => "sold_out",
            Self::AlreadyPaid => "already_paid",
            Self::AmountMismatch => "amount_mismatch",
            Self::OrderNeverCreated => "order_never_created",
            Self::OverLimit => "over_limit",
            Self::ByOperator => "by_operator",
            Self::AtProvider => "at_provider",
        }
    }
}

/// The outcome of a payment event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "refund_reason", rename_all = "snake_case")]
pub enum EventOutcome {
    /// The event changed its order's state, or opened or closed a dispute.
    Applied,
    /// The event waits for its order (P6).
    Parked,
    /// Another event reported the same transaction with the same status.
    Duplicate,
    /// The event was recorded and has no effect.
    Ignored,
    /// The money is due for refund.
    RefundDue(RefundReason),
    /// The money was refunded.
    Refunded(RefundReason),
}

impl EventOutcome {
    /// The names of all outcomes.
    pub const NAMES: [&str; 6] = ["applied", "parked", "duplicate", "ignored", "refund_due", "refunded"];

    /// The name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Parked => "parked",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
            Self::RefundDue(_) => "refund_due",
            Self::Refunded(_) => "refunded",
        }
    }

    /// The reason of the refund, if the outcome is one.
    pub fn refund_reason(self) -> Option<RefundReason> {
        match self {
            Self::RefundDue(reason) | Self::Refunded(reason) => Some(reason),
            _ => None,
        }
    }
}

/// The amount that a provider reports. A field that it leaves out is not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReportedAmount {
    /// The amount in minor units.
    pub amount: Option<i64>,
    /// The currency.
    pub currency: Option<Currency>,
}

/// A payment event as it was first delivered, and its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The shop's id of the event.
    pub id: WebhookId,
    /// The provider's id of the event.
    pub key: EventKey,
    /// SHA-256 of the event's content. It tells a repeated delivery from another event with the same key.
    pub fingerprint: [u8; 32],
    /// The order or hold that the event is about.
    pub reference: Reference,
    /// The product of that order or hold, once it is known.
    pub product_id: Option<ProductId>,
    /// The provider's transaction.
    pub transaction_id: TransactionId,
    /// The status of a payment transaction.
    pub status: PaymentStatus,
    /// The dispute, if the event is about one and the provider names it.
    #[serde(default)]
    pub dispute_id: Option<DisputeId>,
    /// The amount that the provider reports: of a dispute, the amount that is disputed.
    pub reported: ReportedAmount,
    /// When the event was first delivered.
    pub received_at: Timestamp,
    /// The outcome.
    #[serde(flatten)]
    pub outcome: EventOutcome,
}

impl Payment {
    /// Returns the event with another outcome.
    #[must_use]
    pub fn with(self, outcome: EventOutcome) -> Self {
        Self { outcome, ..self }
    }

    /// The part of the event that counts once.
    pub fn report(&self) -> PaymentReport {
        let Self { transaction_id, status, dispute_id, .. } = self;
        PaymentReport { transaction_id: transaction_id.clone(), status: *status, dispute_id: dispute_id.clone() }
    }
}

/// The disputes that are open among these events: those that were opened and not closed. The order of the events does not
/// matter, because a provider may report the end of a dispute before its beginning.
pub fn open_disputes(events: &[Payment]) -> impl Iterator<Item = &Payment> {
    let closes = |opened: &Payment, event: &Payment| {
        event.status == PaymentStatus::DisputeClosed
            && (&event.transaction_id, &event.dispute_id) == (&opened.transaction_id, &opened.dispute_id)
    };
    let opened = events
        .iter()
        .filter(|event| event.status == PaymentStatus::DisputeOpened && event.outcome != EventOutcome::Duplicate);
    opened.filter(move |opened| !events.iter().any(|event| closes(opened, event)))
}
