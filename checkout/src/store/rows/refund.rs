//! Refunds.

use super::{corrupt, signed};
use crate::{
    error::StoreError,
    model::{Currency, Refund, RefundReason, RefundReference, RefundState},
    store::table::{Millis, table},
};
use uuid::Uuid;

table! {
    "refunds", read as RefundRow, written from refund: Refund {
        Key id: Uuid = refund.id.0;
        Mutable order_id: Option<Uuid> = refund.order_id.map(|id| id.0);
        Fixed event_id: Option<Uuid> = refund.event_id.map(|id| id.0);
        Fixed product_id: Option<Uuid> = refund.product_id.map(|id| id.0);
        Fixed transaction_id: String = refund.transaction_id.as_str();
        Fixed amount: Option<i64> = refund.amount;
        Fixed currency: Option<String> = refund.currency.as_ref().map(Currency::as_str);
        Fixed reason: String = refund.reason.name();
        Fixed restocked: i64 = i64::from(refund.restocked);
        Mutable state: String = refund.state.name();
        Mutable attempt: i64 = i64::from(refund.attempt);
        Mutable provider_reference: Option<String> = refund.provider_reference.as_ref().map(RefundReference::as_str);
        Mutable automatic: bool = refund.automatic;
        Mutable note: Option<String> = refund.note.as_ref().map(RefundReference::as_str);
        Mutable failure: Option<String> = refund.failure.as_deref();
        Fixed created_at: Millis = refund.created_at;
        Mutable updated_at: Millis = refund.updated_at;
        State version: i64 = signed(refund.version);
    }
}

impl TryFrom<RefundRow> for Refund {
    type Error = StoreError;

    fn try_from(row: RefundRow) -> Result<Self, StoreError> {
        let reference = |text: Option<String>| {
            text.map(RefundReference::try_from).transpose().map_err(|_| corrupt("a refund's reference"))
        };
        let number = |n: i64| u32::try_from(n).map_err(|_| corrupt("a number of a refund"));
        let currency = row.currency.map(|c| c.parse()).transpose();
        Ok(Self {
            id: row.id.into(),
            order_id: row.order_id.map(Into::into),
            event_id: row.event_id.map(Into::into),
            product_id: row.product_id.map(Into::into),
            transaction_id: row.transaction_id.try_into().map_err(StoreError::Corrupt)?,
            amount: row.amount,
            currency: currency.map_err(|_| corrupt("a refund's currency"))?,
            reason: RefundReason::from_name(&row.reason).ok_or_else(|| corrupt("a refund's reason"))?,
            restocked: number(row.restocked)?,
            state: RefundState::from_name(&row.state).ok_or_else(|| corrupt("a refund's state"))?,
            attempt: number(row.attempt)?,
            provider_reference: reference(row.provider_reference)?,
            automatic: row.automatic,
            note: reference(row.note)?,
            failure: row.failure,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: u64::try_from(row.version).map_err(|_| corrupt("a refund's version"))?,
        })
    }
}
