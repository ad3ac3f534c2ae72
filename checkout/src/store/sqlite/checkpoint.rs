//! Checkpoints: moves the write-ahead log into the database file on a connection of its own. Otherwise the writer would do it
//! during a sale, every few hundred holds, and every caller of that batch would wait until two files are on disk.

use super::classify;
use crate::error::StoreError;
use sqlx::SqlitePool;
use std::time::Duration;
use tokio::task::AbortHandle;

/// Time between checkpoints. A checkpoint after no commit touches no file.
const EVERY: Duration = Duration::from_millis(250);

/// Pages of 4 KiB, 64 MiB in all, after which the writer checkpoints the log itself. By then nearly all pages are in the
/// database file, so that this takes little time. Afterwards the log starts again from its beginning.
pub(super) const MAX_WAL_PAGES: u32 = 16_384;

/// The task that makes checkpoints. It ends with the store.
pub(super) struct Checkpointer(AbortHandle);

impl Checkpointer {
    /// Starts the task on a connection that nothing else uses.
    pub(super) fn start(connection: SqlitePool) -> Self {
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                if let Err(error) = checkpoint(&connection).await {
                    tracing::debug!(%error, "could not checkpoint the write-ahead log; the next run tries again");
                }
            }
        });
        Self(task.abort_handle())
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A PASSIVE checkpoint does not wait for readers or the writer, and they do not wait for it.
async fn checkpoint(connection: &SqlitePool) -> Result<(), StoreError> {
    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(connection).await.map_err(classify)?;
    Ok(())
}
