//! Erases a customer: the contacts of their orders, and the payloads of the payments, which may repeat them.

use super::store_failed;
use checkout::{
    Checkout, Error, Idempotent, OperationContext,
    model::{AuditEntry, AuditObject, EmailAddress, Owner, Refusal},
    store::{ClientKey, Erasure, Store},
};
use serde_json::Value;

/// Why nothing was erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// The audit log would keep the address.
    #[error("the reason must not contain the customer's address, because the audit log keeps it")]
    AddressInReason,
    /// The database did not answer, or the key was used for another request.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Erases the contacts of all orders with this address. Returns the number of orders. Erasing them again has no effect. The
/// audit log gets one entry, `customer.erase`, which names no customer: its object is the entry itself.
///
/// # Errors
///
/// The reason contains the address, the key was used for another request, or the store fails.
pub async fn erase(
    checkout: &Checkout,
    store: &dyn Store,
    email: &EmailAddress,
    context: OperationContext,
) -> Result<Idempotent<u64>, EraseError> {
    let OperationContext { by, reason, idempotency } = context;
    if reason.as_ref().is_some_and(|reason| reason.as_str().to_ascii_lowercase().contains(email.as_str())) {
        return Err(EraseError::AddressInReason);
    }
    let key = by.id.zip(idempotency).map(|(owner, idempotency)| ClientKey { owner: Owner(owner), idempotency });
    let entry = checkout.audit_entry(&by, "customer.erase", AuditObject::new("customer", ""), &Value::Null);
    let object = AuditObject::new("customer", entry.id);
    let entry = AuditEntry { object, after: None, reason, ..entry };
    let erased = store.contacts().erase(email, entry, key.as_ref()).await;
    match erased.map_err(|error| store_failed(&error))? {
        Erasure::Done(value) => Ok(Idempotent { value, replayed: false }),
        Erasure::Replayed(value) => Ok(Idempotent { value, replayed: true }),
        Erasure::KeyReused => Err(Error::from(Refusal::KeyReused).into()),
    }
}
