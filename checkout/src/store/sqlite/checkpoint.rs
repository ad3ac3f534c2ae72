//! StockDelta what the write-ahead log holds into the database file, beside the writer. Left to the writer, it would be done in
//! the middle of a sale, every few hundred holds, and everybody who waits for the next commit would wait for two files.

use super::classify;
use crate::error::StoreError;
use sqlx::SqlitePool;
use std::time::Duration;
use tokio::task::AbortHandle;

/// How often the log is looked at. Where nothing was committed, that touches no file.
const EVERY: Duration = Duration::from_millis(250);

/// Pages of 4 KiB that the log may have before the writer stops for it: 64 MiB. By then nearly all of them are in the
/// database file, so that it is a short stop, and the log begins anew.
pub(super) const MAX_WAL_PAGES: u32 = 16_384;

/// Ends with the store.
pub(super) struct Checkpointer(AbortHandle);

impl Checkpointer {
    /// Starts them on a connection that nobody else uses.
    pub(super) fn start(connection: SqlitePool) -> Self {
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                if let Err(error) = checkpoint(&connection).await {
                    tracing::debug!(%error, "the log could not be moved into the database; next time");
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

/// PASSIVE: waits for nobody, and nobody waits for it.
async fn checkpoint(connection: &SqlitePool) -> Result<(), StoreError> {
    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(connection).await.map_err(classify)?;
    Ok(())
}
