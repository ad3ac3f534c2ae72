//! Attempts to pay an order at a payment provider. `opening → open → completed | closed`, and an attempt that the provider
//! refused for good has `failed`.

use super::{AttemptId, OrderId, Timestamp, payment::provider_text};
use serde::{Deserialize, Serialize};
use std::fmt;

provider_text!(
    /// The provider's id of a payment page.
    SessionId,
    "a session id"
);

/// A payment provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderName {
    /// The built-in provider, which moves no money.
    Sandbox,
    /// Stripe.
    Stripe,
}

impl ProviderName {
    /// All providers.
    pub const ALL: [Self; 2] = [Self::Sandbox, Self::Stripe];

    /// The name in JSON, in the settings and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Stripe => "stripe",
        }
    }

    /// Returns the provider of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.name() == name)
    }
}

/// The state of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptState {
    /// The provider is asked for a payment page, or its response was lost.
    Opening,
    /// The shopper can pay at the page.
    Open,
    /// The shopper has finished the page. The money may still be on its way.
    Completed,
    /// The page was closed without a payment.
    Closed,
    /// The provider refused to make a page.
    Failed,
}

impl AttemptState {
    /// All states.
    pub const ALL: [Self; 5] = [Self::Opening, Self::Open, Self::Completed, Self::Closed, Self::Failed];

    /// The name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Open => "open",
            Self::Completed => "completed",
            Self::Closed => "closed",
            Self::Failed => "failed",
        }
    }

    /// Returns the state of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the attempt may still lead to a payment. An order has at most one such attempt.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Opening | Self::Open | Self::Completed)
    }
}

/// An attempt to pay an order. It is stored before the provider is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAttempt {
    /// The attempt's id, also its idempotency key at the provider.
    pub id: AttemptId,
    /// The order.
    pub order_id: OrderId,
    /// The provider.
    pub provider: ProviderName,
    /// The state.
    pub state: AttemptState,
    /// The provider's id of the payment page, once it is known.
    pub session: Option<SessionId>,
    /// The address of the payment page, once it is known.
    pub url: Option<String>,
    /// The request as it was first sent, as JSON. A provider refuses a repeated key with another request. It contains no contact
    /// data. At most 8 KiB.
    pub request: String,
    /// When the attempt was made.
    pub created_at: Timestamp,
    /// When its state changed last.
    pub updated_at: Timestamp,
}
