//! Orders as operators see them.

use super::{AdminAttemptView, AdminPaymentView, AdminRefundView};
use crate::{
    api::{contact::ContactView, enums::CancelReason, order_view::OrderStatus},
    backoffice::timeline::OrderHistory,
};
use checkout::{
    Checkout,
    model::{
        Currency, HoldId, Order, OrderId, OrderNumber, OrderState, Owner, ProductId, Quantity, Shopper, Slug,
        StoredContact, Timestamp, TransactionId, open_disputes,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

/// An order of any shopper. Amounts are in minor units of `currency`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AdminOrder)]
pub struct AdminOrderView {
    /// Id of the order.
    #[schema(value_type = Uuid)]
    pub order_id: OrderId,
    /// Short number of the order, for people. Orders placed by an older version of the shop may have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, pattern = "^HF-[0-9A-Z]{4}-[0-9A-Z]{4}$", required = false)]
    pub number: Option<OrderNumber>,
    /// The hold it was placed from.
    #[schema(value_type = Uuid)]
    pub hold_id: HoldId,
    /// The product ordered.
    #[schema(value_type = Uuid)]
    pub product_id: ProductId,
    /// Slug of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub product: Option<Slug>,
    /// Number of units.
    #[schema(value_type = u32, minimum = 1, maximum = 10000)]
    pub qty: Quantity,
    /// The API client or the session that owns the order.
    #[schema(value_type = Uuid)]
    pub owner: Owner,
    /// The owner's identifier for the shopper. In the storefront it is the owner's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub shopper: Option<Shopper>,
    /// Total price of all units.
    #[schema(minimum = 0)]
    pub amount: i64,
    /// ISO 4217 code.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$")]
    pub currency: Currency,
    /// Current status.
    pub status: OrderStatus,
    /// Time at which the order was placed.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Payment deadline.
    #[schema(value_type = String, format = DateTime)]
    pub pay_by: Timestamp,
    /// Time at which the shop recorded the payment, once it is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    pub paid_at: Option<Timestamp>,
    /// The provider's transaction that paid the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub transaction_id: Option<TransactionId>,
    /// Time of cancellation, if it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    pub cancelled_at: Option<Timestamp>,
    /// Reason for the cancellation, if it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub cancel_reason: Option<CancelReason>,
    /// Sum of the refunds of its payment that have not failed. More than the amount only if the payment provider says so.
    #[schema(minimum = 0)]
    pub refunds_issued: i64,
    /// Sum of those that succeeded.
    #[schema(minimum = 0)]
    pub refunds_returned: i64,
    /// Amount that can still be refunded.
    #[schema(minimum = 0)]
    pub refundable: i64,
    /// Units that refunds have put back on sale.
    pub restocked: u32,
    /// Increases with each change of the order.
    pub version: u64,
    /// Whether the shopper disputes the payment at their bank. Present when a single order is read, and in an export.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub disputed: Option<bool>,
    /// The buyer's e-mail address, name and postal address. Present when a single order is read, and in an export, if the order has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ContactView, required = false)]
    pub contact: Option<ContactView>,
    /// Time at which the contact was erased, if it was. Present when a single order is read, and in an export.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    pub contact_erased_at: Option<Timestamp>,
    /// Payment events of the order, oldest first. Present when a single order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub payments: Option<Vec<AdminPaymentView>>,
    /// Payment pages that were asked for, oldest first. Present when a single order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub payment_attempts: Option<Vec<AdminAttemptView>>,
    /// Refunds of the order, oldest first. Present when a single order is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub refunds: Option<Vec<AdminRefundView>>,
}

impl AdminOrderView {
    /// The order as in a list, without its payments, its refunds and its contact.
    pub fn new(checkout: &Checkout, order: Order) -> Self {
        let product = checkout.product(order.product_id).map(|product| product.slug.clone());
        let (status, refundable) = (order.status().into(), order.refundable());
        let (paid, cancelled) = match order.state {
            OrderState::Pending => (None, None),
            OrderState::Paid { paid_at, transaction_id } => (Some((paid_at, transaction_id)), None),
            OrderState::Cancelled { cancelled_at, reason } => (None, Some((cancelled_at, reason.into()))),
        };
        let ((paid_at, transaction_id), (cancelled_at, cancel_reason)) = (paid.unzip(), cancelled.unzip());
        Self {
            order_id: order.id,
            number: order.number,
            hold_id: order.hold_id,
            product_id: order.product_id,
            product,
            qty: order.qty,
            owner: order.owner,
            shopper: order.shopper,
            amount: order.amount.minor,
            currency: order.amount.currency,
            status,
            created_at: order.created_at,
            pay_by: order.pay_by,
            paid_at,
            transaction_id,
            cancelled_at,
            cancel_reason,
            refunds_issued: order.refunds.issued,
            refunds_returned: order.refunds.returned,
            refundable,
            restocked: order.refunds.restocked,
            version: order.version,
            disputed: None,
            contact: None,
            contact_erased_at: None,
            payments: None,
            payment_attempts: None,
            refunds: None,
        }
    }

    /// The order with its payments, payment pages and refunds.
    pub fn complete(checkout: &Checkout, order: Order, history: OrderHistory) -> Self {
        let OrderHistory { payments, attempts, refunds, .. } = history;
        let is_disputed = |paid: &TransactionId| open_disputes(&payments).any(|event| event.transaction_id == *paid);
        Self {
            disputed: Some(order.transaction_id().is_some_and(is_disputed)),
            payments: Some(payments.into_iter().map(AdminPaymentView::from).collect()),
            payment_attempts: Some(attempts.into_iter().map(AdminAttemptView::from).collect()),
            refunds: Some(refunds.into_iter().map(AdminRefundView::from).collect()),
            ..Self::new(checkout, order)
        }
    }

    /// Adds the contact, or the time at which it was erased.
    #[must_use]
    pub fn with_contact(self, contact: Option<StoredContact>) -> Self {
        let (contact, contact_erased_at) = match contact {
            None => (None, None),
            Some(StoredContact::Known(contact)) => (Some(contact.into()), None),
            Some(StoredContact::Erased { at }) => (None, Some(at)),
        };
        Self { contact, contact_erased_at, ..self }
    }
}
