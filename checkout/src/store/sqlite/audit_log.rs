//! The audit log, and transactions that write it together with another change.

use super::{SqliteStore, classify, insert, sql};
use crate::{
    error::StoreError,
    model::{AuditEntry, AuditId, Timestamp},
    store::{
        audit_log::{AuditFilter, AuditLog, audit_log_query},
        rows::{AuditRow, into_all},
    },
};
use async_trait::async_trait;
use futures::future::BoxFuture;
use sqlx::{Sqlite, SqliteConnection};

impl SqliteStore {
    /// Makes a change and writes the entry of the audit log in one transaction, unless the change is refused: `work`
    /// returns whether it was made. It runs in a task, so that a caller who disconnects does not leave a transaction open.
    pub(super) async fn audited(
        &self,
        entry: Option<AuditEntry>,
        work: impl for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<bool, StoreError>> + Send + 'static,
    ) -> Result<bool, StoreError> {
        let writer = self.writer.clone();
        let done = tokio::spawn(async move {
            let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(classify)?;
            if !work(&mut transaction).await? {
                transaction.rollback().await.map_err(classify)?;
                return Ok(false);
            }
            if let Some(entry) = &entry {
                insert(&mut transaction, entry, "").await?;
            }
            transaction.commit().await.map_err(|error| StoreError::Ambiguous(Box::new(error)))?;
            Ok(true)
        });
        done.await.unwrap_or_else(|error| Err(StoreError::Unavailable(Box::new(error))))
    }
}

audit_log_query!(Sqlite, Timestamp::as_millis);

#[async_trait]
impl AuditLog for SqliteStore {
    async fn append(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        self.audited(Some(entry.clone()), |_| Box::pin(async { Ok(true) })).await.map(drop)
    }

    async fn list(
        &self,
        filter: &AuditFilter,
        before: Option<AuditId>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let mut query = query(&sql::select::<AuditEntry>("a"), filter, before, limit);
        into_all(query.build_query_as::<AuditRow>().fetch_all(&self.readers).await.map_err(classify)?)
    }
}
