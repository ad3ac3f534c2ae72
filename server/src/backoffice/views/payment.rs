//! Payment events as operators see them.

use super::{PaymentOutcome, PaymentStatus};
use crate::api::enums::RefundReason;
use checkout::model::{
    Currency, DisputeId, EventKey, HoldId, OrderId, Payment, ProductId, Reference, Timestamp, TransactionId, WebhookId,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A payment event as it was first delivered, and its outcome.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AdminPayment)]
pub struct AdminPaymentView {
    /// The shop's id of the event.
    #[schema(value_type = Uuid)]
    pub id: WebhookId,
    /// The provider's id of the event.
    #[schema(value_type = String)]
    pub event_key: EventKey,
    /// The order that the event names, if it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid, required = false)]
    pub order_id: Option<OrderId>,
    /// The hold that the event names, if it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid, required = false)]
    pub hold_id: Option<HoldId>,
    /// The product of that order or hold, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Uuid, required = false)]
    pub product_id: Option<ProductId>,
    /// The provider's transaction.
    #[schema(value_type = String)]
    pub transaction_id: TransactionId,
    /// Status that the event reports.
    pub status: PaymentStatus,
    /// The provider's id of the dispute, if the event is about one and names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    pub dispute_id: Option<DisputeId>,
    /// Amount in minor units; null where the provider did not report it.
    #[schema(required)]
    pub amount: Option<i64>,
    /// ISO 4217 code; null where the provider did not report it.
    #[schema(value_type = Option<String>, required)]
    pub currency: Option<Currency>,
    /// Time of the first delivery.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// Outcome of the event.
    pub outcome: PaymentOutcome,
    /// Reason for the refund, if its money is due for refund or was refunded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub refund_reason: Option<RefundReason>,
}

impl From<Payment> for AdminPaymentView {
    fn from(payment: Payment) -> Self {
        let (order_id, hold_id) = match payment.reference {
            Reference::Order(id) => (Some(id), None),
            Reference::Hold(id) => (None, Some(id)),
        };
        Self {
            id: payment.id,
            event_key: payment.key,
            order_id,
            hold_id,
            product_id: payment.product_id,
            transaction_id: payment.transaction_id,
            status: payment.status.into(),
            dispute_id: payment.dispute_id,
            amount: payment.reported.amount,
            currency: payment.reported.currency,
            received_at: payment.received_at,
            outcome: payment.outcome.into(),
            refund_reason: payment.outcome.refund_reason().map(RefundReason::from),
        }
    }
}
