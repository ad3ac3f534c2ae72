//! Transactions of background workers. A file has one writer, so they take turns with the commits of the sale: first come, first
//! served. While another process holds the file's lock, they give up early and try again later, so that a commit never waits
//! behind several of them.

use super::{SqliteStore, classify};
use crate::error::StoreError;
use futures::future::BoxFuture;
use sqlx::{
    Sqlite, SqliteConnection, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Time that a background transaction waits while another process, or an operator's change, writes.
const BUSY_TIMEOUT: Duration = Duration::from_millis(250);

/// The connection of background workers, and the turn to write.
pub(super) struct Background {
    pool: SqlitePool,
    turn: Arc<Mutex<()>>,
}

impl Background {
    pub(super) async fn open(pool: SqlitePoolOptions, options: SqliteConnectOptions) -> Result<Self, StoreError> {
        let pool = pool.connect_with(options.busy_timeout(BUSY_TIMEOUT)).await.map_err(classify)?;
        Ok(Self { pool, turn: Arc::default() })
    }

    /// Waits for the turn to write, which lasts until the guard is dropped.
    pub(super) async fn turn(&self) -> OwnedMutexGuard<()> {
        self.turn.clone().lock_owned().await
    }
}

impl SqliteStore {
    /// Makes changes of a background worker in one transaction, unless `work` returns `None`. It runs in a task, so that a worker
    /// that is stopped does not leave a transaction open.
    pub(super) async fn in_background<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<Option<T>, StoreError>> + Send + 'static,
    ) -> Result<Option<T>, StoreError> {
        let (pool, turn) = (self.background.pool.clone(), self.background.turn.clone());
        let done = tokio::spawn(async move {
            let _turn = turn.lock_owned().await;
            let transaction = pool.begin_with("BEGIN IMMEDIATE").await.map_err(classify)?;
            finish(transaction, work).await
        });
        done.await.unwrap_or_else(|error| Err(StoreError::Unavailable(Box::new(error))))
    }
}

/// Does the work of a transaction, and commits it unless the work returns `None`.
pub(super) async fn finish<T>(
    mut transaction: Transaction<'static, Sqlite>,
    work: impl for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<Option<T>, StoreError>>,
) -> Result<Option<T>, StoreError> {
    let Some(value) = work(&mut transaction).await? else {
        transaction.rollback().await.map_err(classify)?;
        return Ok(None);
    };
    transaction.commit().await.map_err(|error| StoreError::Ambiguous(Box::new(error)))?;
    Ok(Some(value))
}
