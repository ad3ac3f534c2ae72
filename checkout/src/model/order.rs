//! An order waits for its payment. `pending → paid | cancelled`, and `cancelled → paid` if a late payment comes while the
//! stock is still available (P7).

use super::{HoldId, Money, OrderId, Owner, ProductId, Quantity, Shopper, Timestamp, TransactionId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why an order was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// The provider reported that the payment failed.
    PaymentFailed,
    /// No payment came by `pay_by`.
    Expired,
    /// The shopper or the API client cancelled the order.
    ByShopper,
    /// The shop's operator cancelled the order.
    ByOperator,
}

impl CancelReason {
    /// The name in JSON and in the database.
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

/// The state of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum OrderState {
    /// Waits for its payment.
    Pending,
    /// Paid. This state is final (P7).
    Paid {
        /// When the shop recorded the payment.
        paid_at: Timestamp,
        /// The provider's transaction.
        transaction_id: TransactionId,
    },
    /// Cancelled. Its units are for sale again.
    Cancelled {
        /// When the order was cancelled.
        cancelled_at: Timestamp,
        /// Why the order was cancelled.
        reason: CancelReason,
    },
}

/// The status of an order, without the details of its state. The statuses are ordered: an order only moves to a higher one,
/// from pending to cancelled, and from either to paid. So of two views of one order, the one with the higher status is newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrderStatus {
    /// See [`OrderState::Pending`].
    Pending,
    /// See [`OrderState::Cancelled`].
    Cancelled,
    /// See [`OrderState::Paid`].
    Paid,
}

impl OrderStatus {
    /// The name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Cancelled => "cancelled",
            Self::Paid => "paid",
        }
    }

    /// Returns the status of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Pending, Self::Cancelled, Self::Paid].into_iter().find(|status| status.name() == name)
    }
}

impl OrderState {
    /// The status.
    pub fn status(&self) -> OrderStatus {
        match self {
            Self::Pending => OrderStatus::Pending,
            Self::Cancelled { .. } => OrderStatus::Cancelled,
            Self::Paid { .. } => OrderStatus::Paid,
        }
    }

    /// The name in JSON and in the database.
    pub fn name(&self) -> &'static str {
        self.status().name()
    }
}

/// An order of some units of one product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The order's id.
    pub id: OrderId,
    /// The hold that was turned into this order. A hold becomes at most one order (P3).
    pub hold_id: HoldId,
    /// The product.
    pub product_id: ProductId,
    /// The owner, who alone may see the order.
    pub owner: Owner,
    /// The shopper that the per-shopper limit counts the order for.
    pub shopper: Option<Shopper>,
    /// The number of units.
    pub qty: Quantity,
    /// The total price. It is fixed when the order is placed.
    pub amount: Money,
    /// When the order was placed.
    pub created_at: Timestamp,
    /// The instant from which the sweep may cancel the order.
    pub pay_by: Timestamp,
    /// The state.
    #[serde(flatten)]
    pub state: OrderState,
}

impl Order {
    /// Returns whether the order is overdue: still pending, but past `pay_by`. The sweep, or the next command that needs its
    /// units, cancels it.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state == OrderState::Pending && now >= self.pay_by
    }

    /// Marks the order as paid. The caller moves the stock: from pending or, if the order was cancelled, from available.
    #[must_use]
    pub fn pay(self, transaction_id: TransactionId, now: Timestamp) -> Self {
        debug_assert!(!matches!(self.state, OrderState::Paid { .. }), "an order is paid once");
        Self { state: OrderState::Paid { paid_at: now, transaction_id }, ..self }
    }

    /// Cancels the order.
    #[must_use]
    pub fn cancel(self, reason: CancelReason, now: Timestamp) -> Self {
        debug_assert_eq!(self.state, OrderState::Pending, "only a pending order is cancelled");
        Self { state: OrderState::Cancelled { cancelled_at: now, reason }, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_status_is_greater_and_has_its_own_name() {
        let statuses = [OrderStatus::Pending, OrderStatus::Cancelled, OrderStatus::Paid];
        assert!(statuses.is_sorted_by(|a, b| a < b));
        assert!(statuses.iter().all(|status| OrderStatus::from_name(status.name()) == Some(*status)));
        assert_eq!(OrderStatus::from_name("shipped"), None);
    }
}
