//! Deletes what has been kept long enough: stored answers, and the older part of the audit trail. A few rows a turn, with
//! a pause between turns, beside the writer and never in a batch. Two nodes that purge at once are harmless: each row is
//! gone once.

use crate::{
    clock::Clock,
    error::StoreError,
    model::Timestamp,
    store::{Purge, Store},
};
use std::{error::Error as _, sync::Arc, time::Duration};

/// How long a stored answer is kept. A key is honoured for at least a day; nobody who repeats a request after a night, or
/// on a node whose clock is wrong by hours, is to be taken for somebody new.
const KEY_RETENTION: Duration = Duration::from_hours(48);

/// How long the audit trail is kept: a quarter, in which most disputes about a payment are over. The newest row of each
/// product stays for ever.
const AUDIT_LOG_RETENTION: Duration = Duration::from_hours(90 * 24);

/// Rows that one turn deletes of each: on a file with one writer and a million keys, a few milliseconds in which no batch
/// is written.
const ROWS_PER_BATCH: u32 = 50;

/// The pause between two turns: a thousand rows a second go, which is more than come in day and night.
const BATCH_INTERVAL: Duration = Duration::from_millis(50);

/// How often it looks while there is nothing to delete.
const IDLE_INTERVAL: Duration = Duration::from_mins(1);

/// Purges for ever.
pub(crate) async fn run(store: Arc<dyn Store>, clock: Arc<dyn Clock>) {
    let mut gone = 0;
    loop {
        let wait = match purge_batch(store.purge(), clock.now()).await {
            Ok(0) => {
                if gone > 0 {
                    tracing::info!(rows = gone, "purged");
                }
                gone = 0;
                IDLE_INTERVAL
            }
            Ok(rows) => {
                gone += rows;
                BATCH_INTERVAL
            }
            Err(error) => {
                let cause = error.source().map(ToString::to_string);
                tracing::warn!(%error, cause, "could not purge");
                IDLE_INTERVAL
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Deletes some of what is too old at `now`; answers how many rows.
async fn purge_batch(purge: &dyn Purge, now: Timestamp) -> Result<u64, StoreError> {
    Ok(purge.idempotency_keys(now - KEY_RETENTION, ROWS_PER_BATCH).await?
        + purge.audit_log(now - AUDIT_LOG_RETENTION, ROWS_PER_BATCH).await?)
}
