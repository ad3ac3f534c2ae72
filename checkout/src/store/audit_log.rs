//! The audit log: rows of people's changes, which other tables' changes are written together with (P12).

use crate::{
    error::StoreError,
    model::{AuditEntry, AuditId, AuditObject, OrderId, Payment, Refund, Timestamp},
};
use async_trait::async_trait;
use std::time::Duration;
use uuid::Uuid;

/// Which entries of the audit log to list. An empty filter lists all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The actor's name.
    pub actor: Option<String>,
    /// The action, such as `product.edit`, or the part before the dot.
    pub action: Option<String>,
    /// The kind of the object.
    pub object_kind: Option<String>,
    /// The id of the object.
    pub object_id: Option<String>,
    /// The object is one of these; any object if it is empty.
    pub objects: Vec<AuditObject>,
    /// The time of the oldest entry.
    pub since: Option<Timestamp>,
    /// Entries are older than this.
    pub until: Option<Timestamp>,
}

/// The audit log.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Appends an entry that belongs to no change, such as a request that was denied.
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError>;
    /// Returns the entries that match the filter and are older than `before`, newest first.
    async fn list(
        &self,
        filter: &AuditFilter,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError>;
}

/// An entry's id is made at most this long before the time that the entry shows.
const ID_TOLERANCE: Duration = Duration::from_mins(1);

impl AuditFilter {
    /// The entries about one object.
    #[must_use]
    pub fn of_object(object: AuditObject) -> Self {
        Self { object_kind: Some(object.kind.into_owned()), object_id: Some(object.id), ..Self::default() }
    }

    /// The entries about an order, its payment events and its refunds.
    #[must_use]
    pub fn of_order(order: OrderId, payments: &[Payment], refunds: &[Refund]) -> Self {
        let payments = payments.iter().map(|payment| AuditObject::new("payment", payment.id));
        let refunds = refunds.iter().map(|refund| AuditObject::new("refund", refund.id));
        let objects = std::iter::once(AuditObject::new("order", order)).chain(payments).chain(refunds);
        Self { objects: objects.collect(), ..Self::default() }
    }

    /// Returns the least id that an entry of this filter can have. It lets the database skip older entries.
    pub(super) fn first_id(&self) -> Uuid {
        self.since.map_or(Uuid::nil(), |since| first_id_at(since - ID_TOLERANCE))
    }

    /// Returns an id that is greater than that of each entry of this filter.
    pub(super) fn end_id(&self, before: Option<AuditId>) -> Uuid {
        let until = self.until.map_or(Uuid::max(), first_id_at);
        before.map_or(until, |before| before.0.min(until))
    }
}

/// Returns the least UUIDv7 of an instant.
fn first_id_at(at: Timestamp) -> Uuid {
    Uuid::from_u128(u128::from(at.as_millis().unsigned_abs()) << 80)
}

/// Defines `query`, which returns the statement that lists entries, for a database. `$instant` converts a timestamp to the
/// driver's type, and `$columns` are the columns of a row.
macro_rules! audit_log_query {
    ($database:ty, $instant:expr) => {
        fn query(
            columns: &str,
            filter: &AuditFilter,
            before: Option<AuditId>,
            limit: u32,
        ) -> sqlx::QueryBuilder<$database> {
            let mut query = sqlx::QueryBuilder::new("SELECT ");
            query.push(columns).push(" FROM audit_log a WHERE a.id >= ").push_bind(filter.first_id());
            query.push(" AND a.id < ").push_bind(filter.end_id(before));
            let texts = [
                ("a.actor_name", &filter.actor),
                ("a.object_kind", &filter.object_kind),
                ("a.object_id", &filter.object_id),
            ];
            for (column, text) in texts {
                if let Some(text) = text {
                    query.push(" AND ").push(column).push(" = ").push_bind(text.clone());
                }
            }
            if !filter.objects.is_empty() {
                query.push(" AND (a.object_kind, a.object_id) IN (");
                query.push_values(&filter.objects, |mut row, object| {
                    row.push_bind(object.kind.clone().into_owned()).push_bind(object.id.clone());
                });
                query.push(")");
            }
            if let Some(action) = &filter.action {
                let (group, length) =
                    (format!("{action}."), i64::try_from(action.chars().count() + 1).unwrap_or(i64::MAX));
                query.push(" AND (a.action = ").push_bind(action.clone());
                query
                    .push(" OR substr(a.action, 1, CAST(")
                    .push_bind(length)
                    .push(" AS integer)) = ")
                    .push_bind(group)
                    .push(")");
            }
            if let Some(since) = filter.since {
                query.push(" AND a.at >= ").push_bind($instant(since));
            }
            if let Some(until) = filter.until {
                query.push(" AND a.at < ").push_bind($instant(until));
            }
            query.push(" ORDER BY a.id DESC LIMIT ").push_bind(i64::from(limit));
            query
        }
    };
}
pub(super) use audit_log_query;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_bound_the_entries_of_a_time() {
        let at = Timestamp::from_millis(1_800_000_000_000);
        let filter =
            AuditFilter { since: Some(at), until: Some(at + Duration::from_mins(1)), ..AuditFilter::default() };
        assert!(filter.first_id() < first_id_at(at) && first_id_at(at) < filter.end_id(None));
        assert_eq!(filter.end_id(Some(first_id_at(at).into())), first_id_at(at));
        assert_eq!(AuditFilter::default().end_id(None), Uuid::max());
    }
}
