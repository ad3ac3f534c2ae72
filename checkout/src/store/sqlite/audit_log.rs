//! The audit log, and transactions that write it together with another change.

use super::{QueryExt as _, SqliteStore, classify, insert, listings::bind, sql};
use crate::{
    error::StoreError,
    model::{AuditEntry, AuditId},
    store::{
        audit_log::{self, AuditFilter, AuditLog, impl_audit_log},
        listings::query::Dialect,
        rows::{AuditRow, into_all},
    },
};
use async_trait::async_trait;
use futures::future::BoxFuture;
use sqlx::SqliteConnection;

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

impl SqliteStore {
    /// Makes changes in one transaction. It runs in a task, so that a caller who disconnects does not leave a transaction open.
    pub(super) async fn in_transaction<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let writer = self.writer.clone();
        let done = tokio::spawn(async move {
            let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(classify)?;
            let value = work(&mut transaction).await?;
            transaction.commit().await.map_err(|error| StoreError::Ambiguous(Box::new(error)))?;
            Ok(value)
        });
        done.await.unwrap_or_else(|error| Err(StoreError::Unavailable(Box::new(error))))
    }
}

impl_audit_log!(SqliteStore, Sqlite, readers);
