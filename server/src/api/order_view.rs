//! Orders as the API shows them, with their refunds.

use super::{
    contact::ContactView,
    enums::{CancelReason, RefundReason},
    named,
};
use checkout::model::{
    self, Contact, Currency, EventOutcome, HoldId, Order, OrderId, OrderNumber, OrderState, Payment, ProductId,
    Quantity, Refund, RefundState, ReportedAmount, Shopper, Timestamp, TransactionId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An order, placed from a hold.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub struct OrderView {
    /// Id of the order.
    #[schema(value_type = Uuid)]
    order_id: OrderId,
    /// Short number of the order, for people. Orders placed by an older version of the shop may have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, pattern = "^HF-[0-9A-Z]{4}-[0-9A-Z]{4}$", required = false)]
    number: Option<OrderNumber>,
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
    /// Increases with each change of the order; a lower version is older.
    version: u64,
    /// Refunds that are due or done: of payments that could not be used, and of the order by the shop. Present when a single
    /// order is read or watched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    refunds: Vec<RefundView>,
    /// The buyer's details, if you sent them and they were not erased. Present when a single order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ContactView, required = false)]
    contact: Option<ContactView>,
}

/// Status of an order: `pending` until it is `paid` or `cancelled`. A cancelled order becomes `paid` when a late payment
/// arrives and its units are still available. A paid order becomes `refunded` when its whole amount has been returned; it
/// remains `paid` after a partial refund.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    Pending,
    Paid,
    Cancelled,
    Refunded,
}

impl From<model::OrderStatus> for OrderStatus {
    fn from(status: model::OrderStatus) -> Self {
        match status {
            model::OrderStatus::Pending => Self::Pending,
            model::OrderStatus::Paid => Self::Paid,
            model::OrderStatus::Cancelled => Self::Cancelled,
            model::OrderStatus::Refunded => Self::Refunded,
        }
    }
}

impl From<OrderStatus> for model::OrderStatus {
    fn from(status: OrderStatus) -> Self {
        match status {
            OrderStatus::Pending => Self::Pending,
            OrderStatus::Paid => Self::Paid,
            OrderStatus::Cancelled => Self::Cancelled,
            OrderStatus::Refunded => Self::Refunded,
        }
    }
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

/// A refund of a payment, in full or in part.
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
    /// Amount in minor units; missing where the provider did not report the payment's amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    amount: Option<i64>,
    /// ISO 4217 code; missing where the provider did not report it.
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
        let status = order.status().into();
        let (paid, cancelled) = match order.state {
            OrderState::Pending => (None, None),
            OrderState::Paid { paid_at, transaction_id } => (Some((paid_at, transaction_id)), None),
            OrderState::Cancelled { cancelled_at, reason } => (None, Some((cancelled_at, reason.into()))),
        };
        let ((paid_at, transaction_id), (cancelled_at, reason)) = (paid.unzip(), cancelled.unzip());
        Self {
            order_id: order.id,
            number: order.number,
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
            version: order.version,
            refunds: Vec::new(),
            contact: None,
        }
    }
}

impl OrderView {
    /// Adds the refunds of payments that could not be used, and those by an operator or made at the payment provider.
    #[must_use]
    pub fn with_refunds(self, payments: Vec<Payment>, refunds: Vec<Refund>) -> Self {
        let of_payments = payments.into_iter().filter_map(RefundView::of_payment);
        let of_parts = refunds.into_iter().filter_map(RefundView::of_part);
        Self { refunds: of_payments.chain(of_parts).collect(), ..self }
    }

    /// Adds the contact that the owner may see.
    #[must_use]
    pub fn with_contact(self, contact: Option<Contact>) -> Self {
        Self { contact: contact.map(ContactView::from), ..self }
    }
}

impl RefundView {
    /// Returns the refund of a payment, where it has one.
    fn of_payment(payment: Payment) -> Option<Self> {
        let (status, reason) = match payment.outcome {
            EventOutcome::RefundDue(reason) => (RefundStatus::RefundDue, reason),
            EventOutcome::Refunded(reason) => (RefundStatus::Refunded, reason),
            _ => return None,
        };
        let ReportedAmount { amount, currency } = payment.reported;
        Some(Self { transaction_id: payment.transaction_id, status, reason: reason.into(), amount, currency })
    }

    /// Returns a refund that an operator issued, or that was made at the payment provider, unless it has failed. A failed one is
    /// not money that goes back.
    fn of_part(refund: Refund) -> Option<Self> {
        // A refund of a whole payment event is shown with its payment.
        if refund.event_id.is_some() || !refund.state.is_counted() {
            return None;
        }
        let is_done = refund.state == RefundState::Succeeded;
        Some(Self {
            transaction_id: refund.transaction_id,
            status: if is_done { RefundStatus::Refunded } else { RefundStatus::RefundDue },
            reason: refund.reason.into(),
            amount: refund.amount,
            currency: refund.currency,
        })
    }
}
