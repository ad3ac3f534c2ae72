//! The audit log, and transactions that write it together with another change.

use super::{QueryExt as _, SqliteStore, background::finish, classify, insert, listings::bind, sql};
use crate::{
    error::StoreError,
    model::{AuditEntry, AuditId},
    state::IdempotencyRecord,
    store::{
        audit_log::{self, AuditFilter, AuditLog, impl_audit_log},
        listings::query::Dialect,
        rows::{AuditRow, StoredKey, into_all},
    },
};
use async_trait::async_trait;
use futures::future::BoxFuture;
use sqlx::SqliteConnection;

impl SqliteStore {
    /// Makes a change and writes the entry of the audit log in one transaction, unless the change is refused: `work`
    /// returns whether it was made.
    pub(super) async fn audited(
        &self,
        entry: Option<AuditEntry>,
        work: impl for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<bool, StoreError>> + Send + 'static,
    ) -> Result<bool, StoreError> {
        let done = self.in_transaction(move |connection| {
            Box::pin(async move {
                if !work(&mut *connection).await? {
                    return Ok(None);
                }
                if let Some(entry) = &entry {
                    insert(connection, entry, "").await?;
                }
                Ok(Some(()))
            })
        });
        Ok(done.await?.is_some())
    }

    /// Makes changes in one transaction, unless `work` returns `None`. It runs in a task, so that a caller who disconnects does not
    /// leave a transaction open.
    pub(super) async fn in_transaction<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<Option<T>, StoreError>> + Send + 'static,
    ) -> Result<Option<T>, StoreError> {
        let writer = self.writer.clone();
        let done = tokio::spawn(async move {
            let transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(classify)?;
            finish(transaction, work).await
        });
        done.await.unwrap_or_else(|error| Err(StoreError::Unavailable(Box::new(error))))
    }
}

impl_audit_log!(SqliteStore, Sqlite, SqliteConnection, readers);
