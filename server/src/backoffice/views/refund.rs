//! Refunds as operators see them.

use super::RefundState;
use crate::api::enums::RefundReason;
use checkout::model::{
    Currency, OrderId, ProductId, Refund, RefundId, RefundReference, Timestamp, TransactionId, WebhookId,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A refund, of a part of an order's payment or of a payment that the shop must not keep.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AdminRefund)]
pub struct AdminRefundView {
    /// Id of the refund.
    #[schema(value_type = Uuid)]
    pub id: RefundId,
    /// The order, if the payment had one.
    #[schema(value_type = Option<Uuid>, required)]
    pub order_id: Option<OrderId>,
    /// The payment event whose money is returned in full; null for a refund by an operator or one that was
    /// made at the payment provider.
    #[schema(value_type = Option<Uuid>, required)]
    pub event_id: Option<WebhookId>,
    /// The product, if it is known.
    #[schema(value_type = Option<Uuid>, required)]
    pub product_id: Option<ProductId>,
    /// The provider's transaction that took the money.
    #[schema(value_type = String)]
    pub transaction_id: TransactionId,
    /// Amount in minor units; null for all of a transaction whose amount the provider did not report.
    #[schema(required)]
    pub amount: Option<i64>,
    /// ISO 4217 code, if it is known.
    #[schema(value_type = Option<String>, required)]
    pub currency: Option<Currency>,
    /// Reason for the refund.
    pub reason: RefundReason,
    /// Units that the refund put back on sale.
    pub restocked: u32,
    /// Current state.
    pub state: RefundState,
    /// Number of attempts to return the money, from 1.
    #[schema(minimum = 1)]
    pub attempt: u32,
    /// The provider's id of the refund.
    #[schema(value_type = Option<String>, required)]
    pub provider_reference: Option<RefundReference>,
    /// An operator's note of how the money was returned outside the provider.
    #[schema(value_type = Option<String>, required)]
    pub note: Option<RefundReference>,
    /// Why the last attempt failed.
    #[schema(required)]
    pub failure: Option<String>,
    /// Time at which the refund became due.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Time of the last change of its state.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Increases by one with each change of the refund.
    pub version: u64,
}

impl From<Refund> for AdminRefundView {
    fn from(refund: Refund) -> Self {
        Self {
            id: refund.id,
            order_id: refund.order_id,
            event_id: refund.event_id,
            product_id: refund.product_id,
            transaction_id: refund.transaction_id,
            amount: refund.amount,
            currency: refund.currency,
            reason: refund.reason.into(),
            restocked: refund.restocked,
            state: refund.state.into(),
            attempt: refund.attempt,
            provider_reference: refund.provider_reference,
            note: refund.note,
            failure: refund.failure,
            created_at: refund.created_at,
            updated_at: refund.updated_at,
            version: refund.version,
        }
    }
}
