//! Payment events.

use super::{corrupt, fingerprint};
use crate::{
    error::StoreError,
    model::{Currency, DisputeId, EventOutcome, Payment, PaymentStatus, Reference, RefundReason, ReportedAmount},
    store::table::{Millis, table},
};
use sqlx::FromRow;
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
        Fixed dispute_id: Option<String> = payment.dispute_id.as_ref().map(DisputeId::as_str);
        Fixed amount: Option<i64> = payment.reported.amount;
        Fixed currency: Option<String> = payment.reported.currency.as_ref().map(Currency::as_str);
        Fixed received_at: Millis = payment.received_at;
        State outcome: String = payment.outcome.name();
        Mutable refund_reason: Option<String> = payment.outcome.refund_reason().map(RefundReason::name);
    }
}

/// The order or hold of a payment event.
#[derive(FromRow)]
pub(in crate::store) struct ReferenceRow {
    order_id: Option<Uuid>,
    hold_id: Option<Uuid>,
}

impl TryFrom<ReferenceRow> for Reference {
    type Error = StoreError;

    fn try_from(row: ReferenceRow) -> Result<Self, StoreError> {
        match (row.order_id, row.hold_id) {
            (Some(id), None) => Ok(Self::Order(id.into())),
            (None, Some(id)) => Ok(Self::Hold(id.into())),
            _ => Err(corrupt("a payment's reference")),
        }
    }
}

impl TryFrom<PaymentRow> for Payment {
    type Error = StoreError;

    fn try_from(row: PaymentRow) -> Result<Self, StoreError> {
        let reference = Reference::try_from(ReferenceRow { order_id: row.order_id, hold_id: row.hold_id })?;
        let status = PaymentStatus::from_name(&row.status);
        let currency = row.currency.map(|c| c.parse()).transpose();
        Ok(Self {
            id: row.id.into(),
            key: row.key.try_into().map_err(StoreError::Corrupt)?,
            fingerprint: fingerprint(&row.fingerprint)?,
            reference,
            product_id: row.product_id.map(Into::into),
            transaction_id: row.transaction_id.try_into().map_err(StoreError::Corrupt)?,
            status: status.ok_or_else(|| corrupt("a payment's status"))?,
            dispute_id: row.dispute_id.map(DisputeId::try_from).transpose().map_err(StoreError::Corrupt)?,
            reported: ReportedAmount {
                amount: row.amount,
                currency: currency.map_err(|_| corrupt("a payment's currency"))?,
            },
            received_at: row.received_at.0,
            outcome: outcome(&row.outcome, row.refund_reason.as_deref())?,
        })
    }
}

/// The SQL that selects those transactions of `among` that are disputed: one of their disputes was opened and not closed.
pub(in crate::store) fn disputed(among: &str) -> String {
    format!(
        "SELECT DISTINCT w.transaction_id FROM payment_webhooks w
         WHERE w.transaction_id IN ({among}) AND w.status = 'dispute_opened' AND w.outcome <> 'duplicate'
           AND NOT EXISTS (SELECT 1 FROM payment_webhooks c
                           WHERE c.transaction_id = w.transaction_id AND c.status = 'dispute_closed'
                             AND c.outcome <> 'duplicate' AND c.dispute_id IS NOT DISTINCT FROM w.dispute_id)"
    )
}

/// The SQL that selects the order or hold that a transaction was a payment for. `transaction` is its parameter.
pub(in crate::store) fn reference_of(transaction: &str) -> String {
    format!(
        "SELECT order_id, hold_id FROM payment_webhooks
         WHERE transaction_id = {transaction} AND outcome <> 'duplicate'
           AND status IN ('success', 'failure', 'processing')
         ORDER BY CASE status WHEN 'success' THEN 0 ELSE 1 END, id LIMIT 1"
    )
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
