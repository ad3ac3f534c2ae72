//! Converts what a Stripe event says to the event that all schemes share.

use crate::webhooks::{Message, Rejected};
use checkout::{
    Checkout, PaymentEvent,
    model::{HoldId, OrderId, Reference},
};
use integrations::provider::{About, EventError, PaymentNotice};

/// Converts a payment. Returns a foreign event for a dispute of a transaction that this shop does not know.
pub(super) async fn of(checkout: &Checkout, payment: PaymentNotice) -> Result<Message, Rejected> {
    let reference = match payment.about {
        About::Known(reference) => reference,
        About::Transaction => {
            let Some(reference) = checkout.reference_of(&payment.transaction).await? else {
                let reason = "a dispute of a payment that this shop has not recorded".to_owned();
                return Ok(Message::Foreign { event: payment.event.into(), reason });
            };
            reference
        }
        // Ids are unique across holds and orders.
        About::Untyped(id) if checkout.has_hold(HoldId(id)).await? => Reference::Hold(HoldId(id)),
        About::Untyped(id) => Reference::Order(OrderId(id)),
    };
    let PaymentNotice { event: key, fingerprint, transaction, status, dispute, reported, .. } = payment;
    Ok(Message::Payment(PaymentEvent {
        key,
        fingerprint,
        reference,
        transaction_id: transaction,
        status,
        dispute_id: dispute,
        reported,
        payload: None,
    }))
}

impl From<EventError> for Rejected {
    fn from(error: EventError) -> Self {
        match error {
            EventError::Json(error) => Self::Json(error),
            EventError::Unreadable(detail) => Self::Unreadable(detail),
        }
    }
}
