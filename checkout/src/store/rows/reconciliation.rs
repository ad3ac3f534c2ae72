//! The reconciliation with payment providers.

use super::corrupt;
use crate::{
    error::StoreError,
    model::ProviderName,
    store::{
        reconciliations::Reconciliation,
        table::{Millis, table},
    },
};
use uuid::Uuid;

table! {
    "reconciliations", read as ReconciliationRow, written from state: Reconciliation {
        Key provider: String = state.provider.name();
        Mutable claim: Option<Uuid> = state.claim;
        Mutable leased_until: Option<Millis> = state.leased_until;
        Mutable cursor_at: Option<Millis> = state.cursor_at;
        Mutable started_at: Millis = state.started_at;
        Mutable ended_at: Option<Millis> = state.ended_at;
        Mutable result: Option<String> = state.result.as_deref();
    }
}

impl TryFrom<ReconciliationRow> for Reconciliation {
    type Error = StoreError;

    fn try_from(row: ReconciliationRow) -> Result<Self, StoreError> {
        Ok(Self {
            provider: ProviderName::from_name(&row.provider).ok_or_else(|| corrupt("a reconciliation's provider"))?,
            claim: row.claim,
            leased_until: row.leased_until.map(|at| at.0),
            cursor_at: row.cursor_at.map(|at| at.0),
            started_at: row.started_at.0,
            ended_at: row.ended_at.map(|at| at.0),
            result: row.result,
        })
    }
}
