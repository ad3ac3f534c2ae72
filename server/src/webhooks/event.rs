//! The body that plain HMAC and Standard Webhooks share.

use super::Rejected;
use crate::{api::enums::PaymentStatus, http::strict_object::StrictObject};
use checkout::{
    PaymentEvent,
    model::{self, Currency, DisputeId, EventKey, HoldId, OrderId, Reference, ReportedAmount, TransactionId},
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

/// A payment event, as the provider's adapter sends it. Unknown fields are rejected, so that mistakes are noticed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaymentEvent)]
pub struct PaymentEventBody {
    /// The order paid for. Send either this or `hold_id`.
    #[schema(value_type = Option<Uuid>)]
    order_id: Option<OrderId>,
    /// The hold paid for, where its order does not exist yet.
    #[schema(value_type = Option<Uuid>)]
    hold_id: Option<HoldId>,
    /// The provider's id of the transaction.
    #[schema(value_type = String, min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    transaction_id: TransactionId,
    /// Status of the payment.
    status: PaymentStatus,
    /// The provider's id of the dispute. Send it with the two statuses of a dispute if a transaction may be disputed more than
    /// once.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    dispute_id: Option<DisputeId>,
    /// Amount in minor units; that of a successful payment is compared with the order's, if present.
    #[schema(minimum = 0)]
    amount: Option<i64>,
    /// ISO 4217 code; compared in the same way.
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{3}$")]
    currency: Option<Currency>,
}

/// Parses a body that was delivered under `key`. The fingerprint of a repetition is that of the same bytes.
pub(super) fn read(raw: &[u8], key: EventKey) -> Result<PaymentEvent, Rejected> {
    let StrictObject(event): StrictObject<PaymentEventBody> = serde_json::from_slice(raw).map_err(Rejected::Json)?;
    let reference = match (event.order_id, event.hold_id) {
        (Some(order), None) => Reference::Order(order),
        (None, Some(hold)) => Reference::Hold(hold),
        _ => return Err(Rejected::Unreadable("Send either order_id or hold_id.")),
    };
    if event.amount.is_some_and(i64::is_negative) {
        return Err(Rejected::Unreadable("amount: minor units, zero or more."));
    }
    let status = model::PaymentStatus::from(event.status);
    if event.dispute_id.is_some() && !status.is_dispute() {
        return Err(Rejected::Unreadable("dispute_id: only with status dispute_opened or dispute_closed."));
    }
    Ok(PaymentEvent {
        key,
        fingerprint: Sha256::digest(raw).into(),
        reference,
        transaction_id: event.transaction_id,
        status,
        dispute_id: event.dispute_id,
        reported: ReportedAmount { amount: event.amount, currency: event.currency },
        payload: None,
    })
}
