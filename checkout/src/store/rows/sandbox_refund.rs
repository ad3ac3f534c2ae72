//! Refunds of the sandbox.

use super::{corrupt, money};
use crate::{
    error::StoreError,
    model::ReportedRefundState,
    store::{
        sandbox_refunds::SandboxRefund,
        table::{Millis, table},
    },
};
use uuid::Uuid;

table! {
    "sandbox_refunds", read as SandboxRefundRow, written from refund: SandboxRefund {
        Key id: String = refund.id.as_str();
        Fixed transaction_id: String = refund.transaction.as_str();
        Fixed refund_id: Uuid = refund.refund.0;
        Fixed attempt: i64 = i64::from(refund.attempt);
        Fixed amount: i64 = refund.amount.minor;
        Fixed currency: String = refund.amount.currency.as_str();
        State state: String = refund.state.name();
        Fixed created_at: Millis = refund.created_at;
    }
}

impl TryFrom<SandboxRefundRow> for SandboxRefund {
    type Error = StoreError;

    fn try_from(row: SandboxRefundRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.try_into().map_err(|_| corrupt("the id of a refund of the sandbox"))?,
            transaction: row.transaction_id.try_into().map_err(StoreError::Corrupt)?,
            refund: row.refund_id.into(),
            attempt: u32::try_from(row.attempt).map_err(|_| corrupt("an attempt of a refund of the sandbox"))?,
            amount: money(row.amount, &row.currency)?,
            state: ReportedRefundState::from_name(&row.state)
                .ok_or_else(|| corrupt("the state of a refund of the sandbox"))?,
            created_at: row.created_at.0,
        })
    }
}
