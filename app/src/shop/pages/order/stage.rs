//! How far an order is, as its page tells it.

use crate::{
    messages::{self, Notice, RefundStage, keepsake},
    price::format_price,
};
use checkout::model::{
    CancelReason, EventOutcome, Money, Order, OrderState, OrderStatus, Payment, Refund, RefundReason, RefundState,
};

/// How far an order is. Sums are in minor units of the order's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OrderStage {
    /// It waits for its payment.
    Pending,
    /// The shopper has paid, and the provider has not confirmed it.
    Processing,
    /// It is paid.
    Paid,
    /// The shop returns this sum.
    Refunding(i64),
    /// This sum could not be returned so far.
    RefundFailed(i64),
    /// This part was returned.
    RefundedInPart(i64),
    /// All was returned.
    Refunded,
    /// It has ended without a payment.
    Cancelled(CancelReason),
    /// It has ended, and a payment for it could not be used.
    Unusable {
        /// Why the order has ended.
        reason: CancelReason,
        /// Whether the units were gone when the payment came.
        is_late: bool,
        /// Whether all such payments were returned.
        is_returned: bool,
    },
}

impl OrderStage {
    /// Returns the stage of an order with these payments and refunds.
    pub(super) fn of(order: &Order, payments: &[Payment], refunds: &[Refund], is_processing: bool) -> Self {
        match order.state {
            OrderState::Pending if is_processing => Self::Processing,
            OrderState::Pending => Self::Pending,
            OrderState::Paid { .. } => Self::of_paid(order, refunds),
            OrderState::Cancelled { reason, .. } => Self::of_cancelled(reason, payments, refunds),
        }
    }

    fn of_paid(order: &Order, refunds: &[Refund]) -> Self {
        let sum = |stages: &[RefundStage]| -> i64 {
            let own = refunds.iter().filter(|refund| order.owns(refund));
            let counted = own.filter(|refund| RefundStage::of(refund).is_some_and(|stage| stages.contains(&stage)));
            counted.map(|refund| refund.amount.unwrap_or_default()).fold(0, i64::saturating_add)
        };
        let under_way = sum(&[RefundStage::Due, RefundStage::OnItsWay]);
        let failed = sum(&[RefundStage::Failed]);
        match (order.status(), order.refunds.returned) {
            (OrderStatus::Refunded, _) => Self::Refunded,
            _ if under_way > 0 => Self::Refunding(under_way),
            _ if failed > 0 => Self::RefundFailed(failed),
            (_, returned) if returned > 0 => Self::RefundedInPart(returned),
            _ => Self::Paid,
        }
    }

    fn of_cancelled(reason: CancelReason, payments: &[Payment], refunds: &[Refund]) -> Self {
        let unusable = payments.iter().filter_map(|payment| {
            let row = refunds.iter().find(|refund| refund.event_id == Some(payment.id));
            let is_kept = row.is_some_and(|row| row.state == RefundState::Withdrawn);
            let is_returned = match (row, payment.outcome) {
                (Some(row), _) => row.state == RefundState::Succeeded,
                (None, outcome) => matches!(outcome, EventOutcome::Refunded(_)),
            };
            payment.outcome.refund_reason().filter(|_| !is_kept).map(|why| (why, is_returned))
        });
        let unusable: Vec<_> = unusable.collect();
        let is_gone = |why: RefundReason| matches!(why, RefundReason::SoldOut | RefundReason::OverLimit);
        match unusable.as_slice() {
            [] => Self::Cancelled(reason),
            all => Self::Unusable {
                reason,
                is_late: all.iter().all(|(why, _)| is_gone(*why)),
                is_returned: all.iter().all(|(_, is_returned)| *is_returned),
            },
        }
    }

    /// Returns whether the order still waits for its payment.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Processing)
    }

    /// Returns whether the order has ended without a payment that could be used.
    pub(super) fn is_cancelled(self) -> bool {
        matches!(self, Self::Cancelled(_) | Self::Unusable { .. })
    }

    /// The name for the style sheet.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Paid => "paid",
            Self::Refunding(_) => "refunding",
            Self::RefundFailed(_) => "refund-failed",
            Self::RefundedInPart(_) => "refunded-in-part",
            Self::Refunded => "refunded",
            Self::Cancelled(_) => "cancelled",
            Self::Unusable { .. } => "payment-returned",
        }
    }

    /// The headline of the page, and the sentence below it.
    pub(super) fn notice(self, order: &Order) -> Notice {
        let paid = format_price(order.amount);
        let sum = |minor| format_price(Money { minor, ..order.amount });
        match self {
            Self::Pending => keepsake::pending(order.qty.get()),
            Self::Processing => messages::payment_processing(),
            Self::Paid => keepsake::paid(),
            Self::Refunding(minor) => keepsake::refunding(&sum(minor), &paid, minor >= order.amount.minor),
            Self::RefundFailed(minor) => keepsake::refund_failed(&sum(minor)),
            Self::RefundedInPart(minor) => keepsake::refunded_in_part(&sum(minor), &paid),
            Self::Refunded => keepsake::refunded(),
            Self::Cancelled(reason) => keepsake::cancelled(reason),
            Self::Unusable { reason, is_late, is_returned } => keepsake::unusable_payment(reason, is_late, is_returned),
        }
    }
}
