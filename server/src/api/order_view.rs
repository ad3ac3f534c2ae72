//! Orders as the API shows them, with their refunds.

use super::{
    enums::{CancelReason, RefundReason},
    named,
};
use checkout::model::{
    Currency, EventOutcome, HoldId, Order, OrderId, OrderState, Payment, ProductId, Quantity, ReportedAmount, Shopper,
    Timestamp, TransactionId,
};
use serde::Serialize;
use utoipa::ToSchema;

/// An order, placed from a hold.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub struct OrderView {
    /// Id of the order.
    #[schema(value_type = Uuid)]
    order_id: OrderId,
    /// The hold it was placed from.
    #[schema(value_type = Uuid)]
    hold_id: HoldId,
    /// The product ordered.
    #[schema(value_type = Uuid)]
    product_id: ProductId,
    /// Number of units.
    #[schema(value_type = u32, minimum = 1, maximum = 10000)]
    qty: Quantity,
    /// Your identifier for your customer, if you sent one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    shopper: Option<Shopper>,
    /// Total price of all units, in minor units of `currency`.
    #[schema(minimum = 0)]
    amount: i64,
    /// ISO 4217 code.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$")]
    currency: Currency,
    /// Current status.
    status: OrderStatus,
    /// Time at which the shop recorded the payment, once it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    paid_at: Option<Timestamp>,
    /// The provider's transaction that paid the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    transaction_id: Option<TransactionId>,
    /// Time of cancellation, if it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    cancelled_at: Option<Timestamp>,
    /// Reason for the cancellation, if it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = CancelReason, required = false)]
    reason: Option<CancelReason>,
    /// Creation time.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Payment deadline.
    #[schema(value_type = String, format = DateTime)]
    pay_by: Timestamp,
    /// Payments that are due for refund or were refunded. Present when a single order is read or watched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    refunds: Vec<RefundView>,
}

/// Status of an order: `pending` until it is `paid` or `cancelled`. A cancelled order becomes `paid` when a late payment
/// arrives and its units are still available.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    Pending,
    Paid,
    Cancelled,
}

impl From<&OrderState> for OrderStatus {
    fn from(state: &OrderState) -> Self {
        match state {
            OrderState::Pending => Self::Pending,
            OrderState::Paid { .. } => Self::Paid,
            OrderState::Cancelled { .. } => Self::Cancelled,
        }
    }
}

/// A refund of a payment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refund)]
struct RefundView {
    /// The provider's transaction to refund.
    #[schema(value_type = String)]
    transaction_id: TransactionId,
    /// Current status.
    status: RefundStatus,
    /// Reason for the refund.
    reason: RefundReason,
    /// Amount in minor units, where the provider reported it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    amount: Option<i64>,
    /// ISO 4217 code, where the provider reported it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, pattern = "^[A-Z]{3}$", required = false)]
    currency: Option<Currency>,
}

/// Status of a refund: `refund_due` until the shop has made it, `refunded` afterwards.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RefundStatus {
    RefundDue,
    Refunded,
}

impl From<Order> for OrderView {
    fn from(order: Order) -> Self {
        let status = OrderStatus::from(&order.state);
        let (paid, cancelled) = match order.state {
            OrderState::Pending => (None, None),
            OrderState::Paid { paid_at, transaction_id } => (Some((paid_at, transaction_id)), None),
            OrderState::Cancelled { cancelled_at, reason } => (None, Some((cancelled_at, reason.into()))),
        };
        let ((paid_at, transaction_id), (cancelled_at, reason)) = (paid.unzip(), cancelled.unzip());
        Self {
            order_id: order.id,
            hold_id: order.hold_id,
            product_id: order.product_id,
            qty: order.qty,
            shopper: named(order.shopper, order.owner),
            amount: order.amount.minor,
            currency: order.amount.currency,
            status,
            paid_at,
            transaction_id,
            cancelled_at,
            reason,
            created_at: order.created_at,
            pay_by: order.pay_by,
            refunds: Vec::new(),
        }
    }
}

impl OrderView {
    pub(super) fn with_refunds(self, payments: Vec<Payment>) -> Self {
        Self { refunds: payments.into_iter().filter_map(RefundView::of).collect(), ..self }
    }
}

impl RefundView {
    /// Returns the refund of a payment, where it has one.
    fn of(payment: Payment) -> Option<Self> {
        let (status, reason) = match payment.outcome {
            EventOutcome::RefundDue(reason) => (RefundStatus::RefundDue, reason),
            EventOutcome::Refunded(reason) => (RefundStatus::Refunded, reason),
            _ => return None,
        };
        let ReportedAmount { amount, currency } = payment.reported;
        Some(Self { transaction_id: payment.transaction_id, status, reason: reason.into(), amount, currency })
    }
}
