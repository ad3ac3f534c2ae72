//! The units that were paid before an order.

use crate::{error::StoreError, model::PaidBefore};
use sqlx::FromRow;
use uuid::Uuid;

/// The SQL that selects the units paid before each of these orders that is paid. `ids` is a condition on `o.id`. The index
/// `orders_paid` has all that the sum reads.
pub(in crate::store) fn paid_before(ids: &str) -> String {
    format!(
        "SELECT o.id,
             (SELECT CAST(coalesce(sum(b.qty), 0) AS BIGINT) FROM orders b
              WHERE b.product_id = o.product_id AND b.status = 'paid' AND (b.ended_at, b.id) < (o.ended_at, o.id)) AS units
         FROM orders o WHERE o.id {ids} AND o.status = 'paid'"
    )
}

/// An order, and the units that were paid before it.
#[derive(FromRow)]
pub(in crate::store) struct PaidBeforeRow {
    id: Uuid,
    units: i64,
}

impl TryFrom<PaidBeforeRow> for PaidBefore {
    type Error = StoreError;

    fn try_from(row: PaidBeforeRow) -> Result<Self, StoreError> {
        let units = u64::try_from(row.units).map_err(|_| StoreError::Corrupt(format!("a sum of {}", row.units)))?;
        Ok(Self { order: row.id.into(), units })
    }
}
