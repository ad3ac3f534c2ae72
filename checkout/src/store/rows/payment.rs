//! Payment events.

use super::{corrupt, fingerprint};
use crate::{
    error::StoreError,
    model::{Currency, EventOutcome, Payment, PaymentStatus, Reference, RefundReason, ReportedAmount},
    store::table::{Millis, table},
};
use uuid::Uuid;

table! {
    "payment_webhooks", read as PaymentRow, written from payment: Payment {
        Key id: Uuid = payment.id.0;
        Fixed key: String = payment.key.as_str();
        Fixed fingerprint: Vec<u8> = payment.fingerprint.as_slice();
        Fixed order_id: Option<Uuid> = match payment.reference {
            Reference::Order(id) => Some(id.0),
            Reference::Hold(_) => None,
        };
        Fixed hold_id: Option<Uuid> = match payment.reference {
            Reference::Hold(id) => Some(id.0),
            Reference::Order(_) => None,
        };
        Mutable product_id: Option<Uuid> = payment.product_id.map(|id| id.0);
        Fixed transaction_id: String = payment.transaction_id.as_str();
        Fixed status: String = payment.status.name();
        Fixed amount: Option<i64> = payment.reported.amount;
        Fixed currency: Option<String> = payment.reported.currency.as_ref().map(Currency::as_str);
        Fixed received_at: Millis = payment.received_at;
        State outcome: String = payment.outcome.name();
        Mutable refund_reason: Option<String> = payment.outcome.refund_reason().map(RefundReason::name);
    }
}

impl TryFrom<PaymentRow> for Payment {
    type Error = StoreError;

    fn try_from(row: PaymentRow) -> Result<Self, StoreError> {
        let reference = match (row.order_id, row.hold_id) {
            (Some(id), None) => Reference::Order(id.into()),
            (None, Some(id)) => Reference::Hold(id.into()),
            _ => return Err(corrupt("a payment's reference")),
        };
        let status = PaymentStatus::ALL.into_iter().find(|s| s.name() == row.status);
        let currency = row.currency.map(|c| c.parse()).transpose();
        Ok(Self {
            id: row.id.into(),
            key: row.key.try_into().map_err(StoreError::Corrupt)?,
            fingerprint: fingerprint(&row.fingerprint)?,
            reference,
            product_id: row.product_id.map(Into::into),
            transaction_id: row.transaction_id.try_into().map_err(StoreError::Corrupt)?,
            status: status.ok_or_else(|| corrupt("a payment's status"))?,
            reported: ReportedAmount {
                amount: row.amount,
                currency: currency.map_err(|_| corrupt("a payment's currency"))?,
            },
            received_at: row.received_at.0,
            outcome: outcome(&row.outcome, row.refund_reason.as_deref())?,
        })
    }
}

fn outcome(name: &str, reason: Option<&str>) -> Result<EventOutcome, StoreError> {
    let reason = reason.and_then(RefundReason::from_name);
    match (name, reason) {
        ("applied", None) => Ok(EventOutcome::Applied),
        ("parked", None) => Ok(EventOutcome::Parked),
        ("duplicate", None) => Ok(EventOutcome::Duplicate),
        ("ignored", None) => Ok(EventOutcome::Ignored),
        ("refund_due", Some(reason)) => Ok(EventOutcome::RefundDue(reason)),
        ("refunded", Some(reason)) => Ok(EventOutcome::Refunded(reason)),
        _ => Err(corrupt("an event's outcome")),
    }
}
