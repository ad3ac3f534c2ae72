//! What the payment provider tells the shop: however often, late or out of order (P5–P7).

use super::{Currency, HoldId, OrderId, ProductId, Timestamp, WebhookId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Text that a provider chose, 1 to 255 visible characters: its name for a transaction, or for one event.
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
    /// The provider's id of one attempt to move money.
    TransactionId,
    "a transaction id"
);
provider_text!(
    /// The provider's id of one event; the same however often it is delivered.
    EventKey,
    "an event key"
);

/// What the event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// An order.
    Order(OrderId),
    /// A hold: the reference known before the order is (P6).
    Hold(HoldId),
}

/// What happened to the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// It came.
    Success,
    /// It will not come from this transaction.
    Failure,
    /// It is on its way: recorded, no effect.
    Processing,
}

impl PaymentStatus {
    /// The word for it on the wire and in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Processing => "processing",
        }
    }
}

/// Why money that came must go back (P7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    /// The order had ended, and its units are gone.
    SoldOut,
    /// Another transaction had paid the order.
    AlreadyPaid,
    /// Not the amount, or not the currency, that the order asks for.
    AmountMismatch,
    /// Nothing was ever ordered that this money is for.
    OrderNeverCreated,
}

impl RefundReason {
    /// The word for it on the wire and in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::SoldOut => "sold_out",
            Self::AlreadyPaid => "already_paid",
            Self::AmountMismatch => "amount_mismatch",
            Self::OrderNeverCreated => "order_never_created",
        }
    }
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "refund_reason", rename_all = "snake_case")]
pub enum EventOutcome {
    /// It moved its order.
    Applied,
    /// It waits for its order (P6).
    Parked,
    /// Its transaction had said the same under another key.
    Duplicate,
    /// Recorded; nothing to do.
    Ignored,
    /// The money must go back.
    RefundDue(RefundReason),
    /// The money went back.
    Refunded(RefundReason),
}

impl EventOutcome {
    /// The word for it on the wire and in the tables.
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

    /// Why the money goes back, where it does.
    pub fn refund_reason(self) -> Option<RefundReason> {
        match self {
            Self::RefundDue(reason) | Self::Refunded(reason) => Some(reason),
            _ => None,
        }
    }
}

/// How much the provider says it moved; what it left out is not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReportedAmount {
    /// Minor units.
    pub amount: Option<i64>,
    /// Of this currency.
    pub currency: Option<Currency>,
}

/// One event as it was first delivered, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// This shop's id of it.
    pub id: WebhookId,
    /// The provider's id of it.
    pub key: EventKey,
    /// SHA-256 of what was said, to tell a repetition from a key that is used for something else.
    pub fingerprint: [u8; 32],
    /// What it is about.
    pub reference: Reference,
    /// The product that lies under the reference, once that is known.
    pub product_id: Option<ProductId>,
    /// The attempt to move money.
    pub transaction_id: TransactionId,
    /// What happened to the money.
    pub status: PaymentStatus,
    /// How much.
    pub reported: ReportedAmount,
    /// When it was first delivered.
    pub received_at: Timestamp,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: EventOutcome,
}

impl Payment {
    /// The same event with another outcome.
    #[must_use]
    pub fn with(self, outcome: EventOutcome) -> Self {
        Self { outcome, ..self }
    }
}
