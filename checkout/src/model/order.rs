//! An order waits for its payment. `pending → paid | cancelled`, `cancelled → paid` if a late payment comes while the
//! stock is still available (P7). A paid order counts as refunded once its whole amount was returned.

use super::{
    HoldId, Money, OrderId, OrderNumber, Owner, ProductId, Quantity, Refund, RefundState, Refusal, Shopper, Timestamp,
    TransactionId,
};
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
    /// Paid. A later failure does not change it (P7).
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

/// The status of an order, without the details of its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// See [`OrderState::Pending`].
    Pending,
    /// See [`OrderState::Cancelled`].
    Cancelled,
    /// See [`OrderState::Paid`].
    Paid,
    /// Paid, and its whole amount was returned.
    Refunded,
}

impl OrderStatus {
    /// All statuses.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Cancelled, Self::Paid, Self::Refunded];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Cancelled => "cancelled",
            Self::Paid => "paid",
            Self::Refunded => "refunded",
        }
    }

    /// Returns the status of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

impl OrderState {
    /// The name in the database.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paid { .. } => "paid",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// The refunds of an order's own payment. Refunds of further transactions (P7) are not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrderRefunds {
    /// Sum of the refunds that have not failed, in minor units. It exceeds the order's amount only if the provider has
    /// reported refunds beyond it.
    pub issued: i64,
    /// Sum of the refunds that succeeded, in minor units. It never exceeds `issued`.
    pub returned: i64,
    /// Units that refunds have put back on sale. It never exceeds the order's quantity.
    pub restocked: u32,
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
    /// The refunds of its payment.
    #[serde(default)]
    pub refunds: OrderRefunds,
    /// The number for people. `None` for an order that a server placed which gave none.
    #[serde(default)]
    pub number: Option<OrderNumber>,
    /// The version of the product in the last commit that changed the order. A lower version is older.
    #[serde(default)]
    pub version: u64,
}

impl Order {
    /// The provider's transaction that paid the order.
    pub fn transaction_id(&self) -> Option<&TransactionId> {
        match &self.state {
            OrderState::Paid { transaction_id, .. } => Some(transaction_id),
            OrderState::Pending | OrderState::Cancelled { .. } => None,
        }
    }

    /// The status. A paid order whose whole amount was returned is refunded.
    pub fn status(&self) -> OrderStatus {
        match self.state {
            OrderState::Pending => OrderStatus::Pending,
            OrderState::Cancelled { .. } => OrderStatus::Cancelled,
            OrderState::Paid { .. } if self.amount.minor > 0 && self.refunds.returned >= self.amount.minor => {
                OrderStatus::Refunded
            }
            OrderState::Paid { .. } => OrderStatus::Paid,
        }
    }

    /// The amount that can still be refunded, in minor units.
    pub fn refundable(&self) -> i64 {
        match self.state {
            OrderState::Paid { .. } => self.amount.minor.saturating_sub(self.refunds.issued).max(0),
            OrderState::Pending | OrderState::Cancelled { .. } => 0,
        }
    }

    /// Units that the order takes of the product's stock and of the shopper's limit.
    pub fn units_taken(&self) -> u32 {
        match self.state {
            OrderState::Pending => self.qty.get(),
            OrderState::Paid { .. } => self.qty.get() - self.refunds.restocked,
            OrderState::Cancelled { .. } => 0,
        }
    }

    /// Adds a new refund of `amount` minor units that puts `restock` units back on sale. Only a free order takes an amount
    /// of zero, for its units alone.
    pub fn issue_refund(self, amount: i64, restock: u32) -> Result<Self, Refusal> {
        let left = self.refundable();
        if self.transaction_id().is_none() {
            return Err(Refusal::OrderNotPaid);
        }
        let units_left = self.units_taken();
        if restock > units_left {
            return Err(Refusal::AlreadyRestocked { left: units_left });
        }
        let is_for_units_alone = amount == 0 && self.amount.minor == 0 && restock > 0;
        if !is_for_units_alone && !(1..=left).contains(&amount) {
            return Err(Refusal::RefundTooLarge { left });
        }
        let OrderRefunds { issued, returned, restocked } = self.refunds;
        let refunds = OrderRefunds { issued: issued + amount, returned, restocked: restocked + restock };
        Ok(Self { refunds, ..self })
    }

    /// Whether a refund returns money of the order's own payment, so that its amount counts towards the order's sums.
    pub fn owns(&self, refund: &Refund) -> bool {
        refund.event_id.is_none()
            && self.transaction_id() == Some(&refund.transaction_id)
            && refund.currency == Some(self.amount.currency)
    }

    /// Counts a refund of its own payment as it is after a step, and no longer as it was `before`; `None` for a refund that
    /// was not counted yet. Refunds of other transactions change nothing.
    #[must_use]
    pub fn count_refund(self, before: Option<&Refund>, after: &Refund) -> Self {
        if !self.owns(after) {
            return self;
        }
        let amounts = |refund: &Refund| {
            let amount = refund.amount.unwrap_or_default();
            let counted = if refund.state.is_counted() { amount } else { 0 };
            (counted, if refund.state == RefundState::Succeeded { amount } else { 0 })
        };
        let ((was_issued, was_returned), (issued, returned)) =
            (before.map(amounts).unwrap_or_default(), amounts(after));
        let refunds = OrderRefunds {
            issued: self.refunds.issued.saturating_sub(was_issued).saturating_add(issued),
            returned: self.refunds.returned.saturating_sub(was_returned).saturating_add(returned),
            restocked: self.refunds.restocked,
        };
        Self { refunds, ..self }
    }

    /// Follows a step of one of its refunds. Fails if the step would let the refunds exceed the order's amount.
    pub fn follow_refund(self, before: &Refund, after: &Refund) -> Result<Self, Refusal> {
        let (left, was) = (self.refundable(), self.refunds.issued);
        let order = self.count_refund(Some(before), after);
        if order.refunds.issued > was && order.refunds.issued > order.amount.minor {
            return Err(Refusal::RefundTooLarge { left });
        }
        Ok(order)
    }

    /// Returns whether the order is overdue: still pending, but past `pay_by`. The sweep, or the next command that needs its
    /// units, cancels it.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state == OrderState::Pending && now >= self.pay_by
    }

    /// Returns whether a payment at `now` is late: the order is cancelled or overdue, and does not count towards the limit per
    /// shopper.
    pub fn is_late(&self, now: Timestamp) -> bool {
        matches!(self.state, OrderState::Cancelled { .. }) || self.is_due(now)
    }

    /// Marks the order as paid. The caller moves the stock: from pending or, if the order was cancelled, from available.
    #[must_use]
    pub fn pay(self, transaction_id: TransactionId, now: Timestamp) -> Self {
        debug_assert!(self.transaction_id().is_none(), "an order is paid once");
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
    fn a_status_is_found_by_its_name() {
        assert!(OrderStatus::ALL.iter().all(|status| OrderStatus::from_name(status.name()) == Some(*status)));
        assert_eq!(OrderStatus::from_name("shipped"), None);
    }
}
