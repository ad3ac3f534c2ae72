//! The audit log, and transactions that write it together with another change.

use super::{
    PostgresStore,
    error::{QueryExt as _, RESPONSE_TIMEOUT, classify, unavailable},
    listings::bind,
    sql::{self, Parameters},
};
use crate::{
    error::StoreError,
    model::{AuditEntry, AuditId},
    state::IdempotencyRecord,
    store::{
        audit_log::{self, AuditFilter, AuditLog, impl_audit_log},
        listings::query::Dialect,
        rows::{AuditRow, StoredKey, into_all},
        table::{Rows, Table},
    },
};
use async_trait::async_trait;
use futures::future::BoxFuture;
use sqlx::{AssertSqlSafe, PgConnection};

/// The key of the lock that changes of operators and clients take. Such changes are rare, so that they may wait for each
/// other; and each then sees what the others have left, such as the number of administrators.
const CHANGE_LOCK: i64 = 0x6f70_6572_6174_6f72;

/// Inserts a row. Returns the number of rows inserted.
pub(super) async fn insert<T: Table>(connection: &mut PgConnection, row: &T, end: &str) -> Result<u64, StoreError> {
    let parameters = Parameters::of(&Rows::new([row])).map_err(classify)?;
    let query = sqlx::query_with(AssertSqlSafe(sql::insert::<T>() + end), parameters);
    Ok(query.execute(connection).await.map_err(classify)?.rows_affected())
}

impl PostgresStore {
    /// Makes a change and writes the entry of the audit log in one transaction, unless the change is refused: `work`
    /// returns whether it was made.
    pub(super) async fn audited(
        &self,
        entry: Option<AuditEntry>,
        work: impl for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<bool, StoreError>> + Send + 'static,
    ) -> Result<bool, StoreError> {
        let done = self.in_transaction(move |connection| {
            Box::pin(async move {
                let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(CHANGE_LOCK);
                lock.execute(&mut *connection).await.map_err(classify)?;
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

    /// Makes changes in one transaction, unless `work` returns `None`. It takes no lock but those of its rows. It runs in a task,
    /// because a transaction whose caller disconnects would go back to the pool open.
    pub(super) async fn in_transaction<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<Option<T>, StoreError>> + Send + 'static,
    ) -> Result<Option<T>, StoreError> {
        let pool = self.pool.clone();
        let done = tokio::spawn(async move {
            let transaction = async {
                let mut transaction = pool.begin().await.map_err(classify)?;
                let Some(value) = work(&mut transaction).await? else {
                    transaction.rollback().await.map_err(classify)?;
                    return Ok(None);
                };
                transaction.commit().await.map_err(|error| StoreError::Ambiguous(Box::new(error)))?;
                Ok(Some(value))
            };
            let limited = tokio::time::timeout(RESPONSE_TIMEOUT * 2, transaction).await;
            limited.unwrap_or_else(|error| Err(StoreError::Ambiguous(Box::new(error))))
        });
        done.await.unwrap_or_else(|error| Err(unavailable(error)))
    }
}

impl_audit_log!(PostgresStore, Postgres, PgConnection, pool);
