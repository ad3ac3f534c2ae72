//! Checkpoints: moves the write-ahead log into the database file on a connection of its own. Otherwise the writer would
//! do it during a sale, every few hundred holds, and every caller of that batch would wait until two files are on disk.

use super::classify;
use crate::{error::StoreError, supervisor::Supervisor};
use sqlx::SqlitePool;
use std::time::Duration;

/// Time between checkpoints. A checkpoint after no commit touches no file.
const CHECKPOINT_INTERVAL: Duration = Duration::from_millis(250);

/// Pages of 4 KiB, 64 MiB in all, after which the writer checkpoints the log itself. By then nearly all pages are in
/// the database file, so that this takes little time. Afterwards the log starts again from its beginning.
pub(super) const MAX_WAL_PAGES: u32 = 16_384;

/// Starts the checkpoints on a connection that nothing else uses. They end with the store.
pub(super) fn start(connection: SqlitePool, tasks: &Supervisor) {
    tasks.spawn("checkpoint", false, async move {
        loop {
            tokio::time::sleep(CHECKPOINT_INTERVAL).await;
            if let Err(error) = checkpoint(&connection).await {
                tracing::debug!(%error, "could not checkpoint the write-ahead log; the next run tries again");
            }
        }
    });
}

/// A PASSIVE checkpoint does not wait for readers or the writer, and they do not wait for it.
async fn checkpoint(connection: &SqlitePool) -> Result<(), StoreError> {
    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").execute(connection).await.map_err(classify)?;
    Ok(())
}
