//! An order: what a hold became, waiting for its money. `pending → paid | cancelled`, and `cancelled → paid` when late
//! money finds its stock still there (P7).

use super::{HoldId, Money, OrderId, Owner, ProductId, Quantity, Shopper, Timestamp, TransactionId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why an order ended without its money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// The provider said the payment failed.
    PaymentFailed,
    /// No payment came by `pay_by`.
    Expired,
    /// The shopper, or the API client, cancelled it.
    ByShopper,
    /// The shop's operator cancelled it.
    ByOperator,
}

impl CancelReason {
    /// The word for it on the wire and in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::PaymentFailed => "payment_failed",
            Self::Expired => "expired",
            Self::ByShopper => "by_shopper",
            Self::ByOperator => "by_operator",
        }
    }
}

impl fmt::Display for CancelReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where an order stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum OrderState {
    /// Waiting for its money.
    Pending,
    /// Paid; nothing undoes it (P7).
    Paid {
        /// When the shop learned of it.
        paid_at: Timestamp,
        /// The provider's transaction that paid it.
        transaction_id: TransactionId,
    },
    /// Ended without its money; its units are for sale again.
    Cancelled {
        /// When.
        cancelled_at: Timestamp,
        /// Why.
        reason: CancelReason,
    },
}

impl OrderState {
    /// The word for it on the wire and in the tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paid { .. } => "paid",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// What a hold became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The hold it was; a hold becomes at most one order (P3).
    pub hold_id: HoldId,
    /// What was ordered.
    pub product_id: ProductId,
    /// Who may see it.
    pub owner: Owner,
    /// Whom the per-shopper limit counts it for.
    pub shopper: Option<Shopper>,
    /// How many units.
    pub qty: Quantity,
    /// What it costs in all, fixed when it was placed.
    pub amount: Money,
    /// When it was placed.
    pub created_at: Timestamp,
    /// The instant from which the sweep may cancel it.
    pub pay_by: Timestamp,
    /// Where it stands.
    #[serde(flatten)]
    pub state: OrderState,
}

impl Order {
    /// Pending and past `pay_by`: the sweep, or the next shopper who needs the units, will take it.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state == OrderState::Pending && now >= self.pay_by
    }

    /// Is paid by `transaction_id`. The caller has moved the stock: from pending, or from what is available when the
    /// order had been cancelled.
    #[must_use]
    pub fn pay(self, transaction_id: TransactionId, now: Timestamp) -> Self {
        debug_assert!(!matches!(self.state, OrderState::Paid { .. }), "an order is paid once");
        Self { state: OrderState::Paid { paid_at: now, transaction_id }, ..self }
    }

    /// Ends without its money.
    #[must_use]
    pub fn cancel(self, reason: CancelReason, now: Timestamp) -> Self {
        debug_assert_eq!(self.state, OrderState::Pending, "only a pending order is cancelled");
        Self { state: OrderState::Cancelled { cancelled_at: now, reason }, ..self }
    }
}
