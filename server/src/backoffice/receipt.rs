//! Sends the receipt of an order again.

use super::store_failed;
use checkout::{
    Checkout, Error, IdGenerator, OperationContext,
    model::{AuditEntry, AuditObject, Order},
    store::Store,
};
use integrations::mail::{self, MAX_RECEIPTS, Resent};
use serde_json::Value;

/// Why no receipt is sent.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// There is no receipt of an order that was not paid.
    #[error("the order is not paid, so there is no receipt")]
    NotPaid,
    /// There is nobody to send it to.
    #[error("the order has no contact to send the receipt to")]
    NoContact,
    /// It was sent often enough.
    #[error("the order has had {MAX_RECEIPTS} mails, which is the most")]
    TooMany,
    /// The database did not answer.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Puts the receipt into the outbox again, with an entry of the audit log, `order.resend_receipt`. `request` names the request.
/// Returns whether an earlier request with this name did it.
///
/// # Errors
///
/// There is no receipt, nobody to send it to, or the store fails.
pub async fn resend(
    checkout: &Checkout,
    store: &dyn Store,
    order: &Order,
    request: &str,
    context: OperationContext,
) -> Result<bool, ReceiptError> {
    let object = AuditObject::new("order", order.id);
    let entry = checkout.audit_entry(&context.by, "order.resend_receipt", object, &Value::Null);
    let entry = AuditEntry { after: None, reason: context.reason, ..entry };
    let ids = IdGenerator::new(store.clock());
    let resent = mail::resend_receipt(store, &ids, order, request, entry).await;
    match resent.map_err(|error| store_failed(&error))? {
        Resent::Queued => Ok(false),
        Resent::Replayed => Ok(true),
        Resent::NotPaid => Err(ReceiptError::NotPaid),
        Resent::NoContact => Err(ReceiptError::NoContact),
        Resent::TooMany => Err(ReceiptError::TooMany),
    }
}
