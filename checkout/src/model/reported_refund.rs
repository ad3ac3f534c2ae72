//! Refunds as a payment provider reports them.

use super::{Money, RefundId, RefundReference, Timestamp, TransactionId};

/// A refund as the provider knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedRefund {
    /// The provider's id.
    pub reference: RefundReference,
    /// The transaction that took the money.
    pub transaction: TransactionId,
    /// The shop's refund and its attempt, as the provider's metadata say; `None` for a refund that was made elsewhere.
    pub ours: Option<(RefundId, u32)>,
    /// The amount.
    pub amount: Money,
    /// The state.
    pub state: ReportedRefundState,
    /// Why it failed, in the provider's words.
    pub failure: Option<String>,
    /// Whether it failed because the provider's account has too little money. It may succeed later.
    pub lacks_funds: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The state of a refund at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportedRefundState {
    /// The provider has accepted it, and its result is not known.
    Pending,
    /// The money was returned.
    Succeeded,
    /// The money was not returned, or came back.
    Failed,
}

impl ReportedRefundState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Succeeded, Self::Failed];

    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    /// Returns the state of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}
