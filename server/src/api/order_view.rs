//! Orders as the API shows them, with their refunds.

use super::{
    contact::ContactView,
    enums::{CancelReason, RefundReason},
    named,
};
use crate::{backoffice::views::RefundState, payments::ShopUrl};
use checkout::model::{
    self, Contact, Currency, EventOutcome, HoldId, Order, OrderId, OrderNumber, OrderState, Payment, ProductId,
    Quantity, Refund, RefundId, ReportedAmount, Shopper, Timestamp, TransactionId,
};
use integrations::payments::OpenedPayment;
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
    /// The page on which your customer pays, while the order is pending and a page is open; `null` otherwise. Present when an
    /// order is placed, and when a single order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<PaymentView>, required = false)]
    payment: Option<PaymentPage>,
    /// Refunds: of payments that could not be used, and of the order by the shop. Present when a single order is read or
    /// watched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    refunds: Vec<RefundView>,
    /// The buyer's details, if you sent them and they were not erased. Present when a single order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ContactView, required = false)]
    contact: Option<ContactView>,
}

/// The open page on which an order is paid, or `null`.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct PaymentPage(Option<PaymentView>);

/// A page on which an order is paid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderPayment)]
pub struct PaymentView {
    /// Address of the payment provider's page, which opens for whoever has it. Lead your customer there.
    url: String,
    /// Time at which the page closes.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl PaymentView {
    /// The view of an open page. A relative address becomes one of the shop.
    pub fn new(page: &OpenedPayment, shop_url: &ShopUrl) -> Self {
        Self { url: shop_url.absolute(&page.url), expires_at: page.expires_at }
    }
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
    /// Id of the refund. It is missing for a moment while an older version of the shop has not numbered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid, required = false)]
    id: Option<RefundId>,
    /// The provider's transaction to refund.
    #[schema(value_type = String)]
    transaction_id: TransactionId,
    /// Current status.
    status: RefundStatus,
    /// Current state, which is more precise than `status`.
    state: RefundState,
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
    /// Time at which its state changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    updated_at: Option<Timestamp>,
    /// Increases with each change of the refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u64, required = false)]
    version: Option<u64>,
}

/// Status of a refund: `refund_due` until the money is returned, `refunded` afterwards.
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
            payment: None,
            refunds: Vec::new(),
            contact: None,
        }
    }
}

impl OrderView {
    /// Adds the refunds of payments that could not be used, and those of the order's own payment.
    #[must_use]
    pub fn with_refunds(self, payments: Vec<Payment>, refunds: Vec<Refund>) -> Self {
        let (of_events, of_order): (Vec<_>, Vec<_>) = refunds.into_iter().partition(|refund| refund.event_id.is_some());
        let of_payments = payments.into_iter().filter_map(|payment| {
            let refund = of_events.iter().find(|refund| refund.event_id == Some(payment.id));
            RefundView::of_payment(payment, refund)
        });
        Self { refunds: of_payments.chain(of_order.iter().filter_map(RefundView::of_order)).collect(), ..self }
    }

    /// Adds the payment page, or that there is none.
    #[must_use]
    pub fn with_payment(self, payment: Option<PaymentView>) -> Self {
        Self { payment: Some(PaymentPage(payment)), ..self }
    }

    /// Adds the contact that the owner may see.
    #[must_use]
    pub fn with_contact(self, contact: Option<Contact>) -> Self {
        Self { contact: contact.map(ContactView::from), ..self }
    }
}

impl RefundView {
    /// Returns the refund of a payment, where it has one. `refund` is its row.
    fn of_payment(payment: Payment, refund: Option<&Refund>) -> Option<Self> {
        let (status, state, reason) = match payment.outcome {
            EventOutcome::RefundDue(reason) => (RefundStatus::RefundDue, model::RefundState::Due, reason),
            EventOutcome::Refunded(reason) => (RefundStatus::Refunded, model::RefundState::Succeeded, reason),
            _ => return None,
        };
        let ReportedAmount { amount, currency } = payment.reported;
        Some(Self {
            id: refund.map(|refund| refund.id),
            transaction_id: payment.transaction_id,
            status,
            state: refund.map_or(state, |refund| refund.state).into(),
            reason: reason.into(),
            amount,
            currency,
            updated_at: refund.map(|refund| refund.updated_at),
            version: refund.map(|refund| refund.version),
        })
    }

    /// Returns a refund of the order's own payment. The shop keeps the money of one that was withdrawn.
    fn of_order(refund: &Refund) -> Option<Self> {
        let status = match refund.state {
            model::RefundState::Succeeded => RefundStatus::Refunded,
            model::RefundState::Due | model::RefundState::Sending | model::RefundState::Failed => {
                RefundStatus::RefundDue
            }
            model::RefundState::Withdrawn => return None,
        };
        Some(Self {
            id: Some(refund.id),
            transaction_id: refund.transaction_id.clone(),
            status,
            state: refund.state.into(),
            reason: refund.reason.into(),
            amount: refund.amount,
            currency: refund.currency,
            updated_at: Some(refund.updated_at),
            version: Some(refund.version),
        })
    }
}
