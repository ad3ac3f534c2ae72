//! The audit log: rows of people's changes, which other tables' changes are written together with (P12).

use super::listings::{
    PageRequest,
    query::{Branch, Dialect, Page, Query, Value},
};
use crate::{
    error::StoreError,
    model::{AuditEntry, AuditId, AuditObject, OrderId, Payment, Refund, Timestamp},
};
use async_trait::async_trait;
use std::collections::BTreeMap;

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

/// Selects all actions of the log. They are few, and each costs one look into the index.
pub(super) const ACTIONS: &str = "
WITH RECURSIVE actions (action) AS (
    SELECT min(action) FROM audit_log
    UNION ALL
    SELECT (SELECT min(a.action) FROM audit_log a WHERE a.action > actions.action) FROM actions WHERE action IS NOT NULL)
SELECT action FROM actions WHERE action IS NOT NULL LIMIT 1000";

/// Returns the statement that lists entries, or `None` if no entry can match. `actions` are those of the log that the filter
/// names: the index has the entries of each in the order of their ids.
pub(super) fn statement(
    dialect: Dialect,
    columns: &str,
    filter: &AuditFilter,
    actions: Vec<String>,
    before: Option<AuditId>,
    limit: u32,
) -> Option<Query> {
    let request = PageRequest { after: before.map(|id| id.0), ..PageRequest::first(limit) };
    let mut page = Page::new("audit_log", request);
    page.filter_period("at", filter.since, filter.until);
    let kind = filter.object_kind.as_ref().map(|kind| ("t.object_kind", kind));
    let id = filter.object_id.as_ref().map(|id| ("t.object_id", id));
    let actor = filter.actor.as_ref().map(|actor| ("t.actor_name", actor));
    if !filter.objects.is_empty() {
        for (column, text) in [kind, id, actor].into_iter().flatten() {
            page.filter(Query::new(column).sql(" = ").text(text.as_str()));
        }
        if filter.action.is_some() {
            page.filter(is_one_of("t.action", &actions)?);
        }
        return page.statement(dialect, columns, by_object(&filter.objects));
    }
    // The first of these indexes finds the rows; the other values of the filter are compared row by row.
    let (index, key, others) = match (kind, id, actor, &filter.action) {
        (Some(kind), Some(id), ..) => ("audit_log_object", vec![kind, id], vec![actor]),
        (_, _, _, Some(_)) => ("audit_log_action", Vec::new(), vec![kind, id, actor]),
        (_, _, Some(actor), _) => ("audit_log_actor", vec![actor], vec![kind, id]),
        (Some(kind), ..) => ("audit_log_kind", vec![kind], Vec::new()),
        (None, id, None, None) => ("", Vec::new(), vec![id]),
    };
    for (column, text) in others.into_iter().flatten() {
        page.filter(Query::new(column).sql(" = ").text(text.as_str()));
    }
    let key: Vec<_> = key.into_iter().map(|(column, text)| (column, Value::Text(text.clone()))).collect();
    let of_action = |action| match index {
        "audit_log_action" => Branch::of(index, vec![("t.action", Value::Text(action))], Query::new("true")),
        _ => Branch::of(index, key.clone(), Query::new("t.action = ").text(action)),
    };
    let branches = match &filter.action {
        Some(_) => actions.into_iter().map(of_action).collect(),
        None if key.is_empty() => vec![Branch::new(Query::new("true"))],
        None => vec![Branch::of(index, key, Query::new("true"))],
    };
    page.statement(dialect, columns, branches)
}

/// The entries about each kind of object, of which there are few.
fn by_object(objects: &[AuditObject]) -> Vec<Branch> {
    let mut by_kind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for object in objects {
        by_kind.entry(&object.kind).or_default().push(&object.id);
    }
    let of_kind = |(kind, ids): (&str, Vec<&str>)| {
        let ids = is_one_of("t.object_id", &ids)?;
        Some(Branch::unsorted("audit_log_object", Query::new("t.object_kind = ").text(kind).sql(" AND ").append(ids)))
    };
    by_kind.into_iter().filter_map(of_kind).collect()
}

/// Returns the condition that a column has one of these values; `None` without any.
fn is_one_of(column: &'static str, values: &[impl AsRef<str>]) -> Option<Query> {
    let (first, others) = values.split_first()?;
    let list = Query::new(column).sql(" IN (").text(first.as_ref());
    Some(others.iter().fold(list, |list, value| list.sql(", ").text(value.as_ref())).sql(")"))
}

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

    /// Returns whether the filter names this action or its group.
    pub(super) fn has_action(&self, action: &str) -> bool {
        self.action
            .as_deref()
            .is_none_or(|only| action.strip_prefix(only).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    }
}

/// Implements [`AuditLog`] for a store. `bind` is in scope: it makes the driver's query of a [`Query`].
macro_rules! impl_audit_log {
    ($store:ty, $database:ident, $connection:ty, $reader:ident) => {
        impl $store {
            /// Makes an audited change, and stores the key of its request in the same transaction. Returns `false` also where the key
            /// is taken.
            pub(super) async fn audited_once(
                &self,
                entry: &AuditEntry,
                key: Option<IdempotencyRecord>,
                work: impl for<'c> FnOnce(&'c mut $connection) -> BoxFuture<'c, Result<bool, StoreError>> + Send + 'static,
            ) -> Result<bool, StoreError> {
                let at = entry.at;
                let change = self.audited(Some(entry.clone()), move |connection| {
                    Box::pin(async move {
                        if let Some(record) = &key {
                            let row = StoredKey::new(record, at);
                            if insert(&mut *connection, &row, " ON CONFLICT DO NOTHING").await? == 0 {
                                return Ok(false);
                            }
                        }
                        work(connection).await
                    })
                });
                change.await
            }
        }

        #[async_trait]
        impl AuditLog for $store {
            async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError> {
                self.audited(Some(entry.clone()), |_| Box::pin(async { Ok(true) })).await.map(drop)
            }

            async fn list(
                &self,
                filter: &AuditFilter,
                before: Option<AuditId>,
                limit: u32,
            ) -> Result<Vec<AuditEntry>, StoreError> {
                let mut actions: Vec<String> = Vec::new();
                if filter.action.is_some() {
                    actions = sqlx::query_scalar(audit_log::ACTIONS).fetch_all(&self.$reader).with_timeout().await?;
                    actions.retain(|action| filter.has_action(action));
                }
                let columns = sql::select::<AuditEntry>("t");
                let Some(query) = audit_log::statement(Dialect::$database, &columns, filter, actions, before, limit)
                else {
                    return Ok(Vec::new());
                };
                let mut query = bind("", query);
                let query = query.build_query_as::<AuditRow>().persistent(false);
                into_all(query.fetch_all(&self.$reader).with_timeout().await?)
            }
        }
    };
}
pub(super) use impl_audit_log;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_named_in_full_or_by_its_group() {
        let filter = |action: &str| AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
        assert!(filter("product").has_action("product.edit") && filter("product.edit").has_action("product.edit"));
        for other in ["products.edit", "product_edit", "order.product", "prod"] {
            assert!(!filter("product").has_action(other), "{other}");
        }
        assert!(AuditFilter::default().has_action("order.cancel"));
    }
}
