//! The body that the plain scheme and Standard Webhooks share: what happened to which transaction, about what.

use super::Rejected;
use crate::{api::words::PaymentStatus, object::Object};
use checkout::{
    Delivery,
    model::{Currency, Deposit, EventKey, HoldId, OrderId, Reference, TransactionId},
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

/// What a provider says. A field more or less is a mistake in the adapter, better seen than guessed at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentEvent {
    /// The order that was paid for; either this or `hold_id`.
    #[schema(value_type = Option<Uuid>)]
    order_id: Option<OrderId>,
    /// The hold that was paid for: the reference known before the order is.
    #[schema(value_type = Option<Uuid>)]
    hold_id: Option<HoldId>,
    /// The provider's id of the attempt to move money.
    #[schema(value_type = String, min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    transaction_id: TransactionId,
    /// What happened to the money.
    status: PaymentStatus,
    /// How much, in minor units; checked where it is given.
    #[schema(minimum = 0)]
    amount: Option<i64>,
    /// Of which currency; checked where it is given.
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{3}$")]
    currency: Option<Currency>,
}

/// Reads a body that was delivered under `key`. A repetition is the same bytes.
pub(super) fn read(raw: &[u8], key: EventKey) -> Result<Delivery, Rejected> {
    let Object(event): Object<PaymentEvent> = serde_json::from_slice(raw).map_err(Rejected::Json)?;
    let reference = match (event.order_id, event.hold_id) {
        (Some(order), None) => Reference::Order(order),
        (None, Some(hold)) => Reference::Hold(hold),
        _ => return Err(Rejected::Unreadable("Send order_id or hold_id, one of the two.")),
    };
    if event.amount.is_some_and(i64::is_negative) {
        return Err(Rejected::Unreadable("amount: minor units, zero or more."));
    }
    Ok(Delivery {
        key,
        fingerprint: Sha256::digest(raw).into(),
        reference,
        transaction_id: event.transaction_id,
        status: event.status.into(),
        deposit: Deposit { amount: event.amount, currency: event.currency },
    })
}
