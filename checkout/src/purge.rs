//! Deletes stored replies, stock-history rows, payloads of payment events, attempts to deliver webhooks, unused pictures, and jobs
//! that have ended, when they are past their retention, and erases the contacts of old orders. It deletes a few rows at a time, in transactions of its
//! own. Two nodes may purge at once.

use crate::{
    clock::Clock,
    error::StoreError,
    model::Timestamp,
    store::{Purge, Store},
};
use std::{sync::Arc, time::Duration};

/// Retention of stored replies. A key is honoured for at least a day; the second day covers a client that retries after a
/// night, or a node whose clock is wrong by hours.
const KEY_RETENTION: Duration = Duration::from_hours(48);

/// Retention of the stock history: a quarter, in which most payment disputes end. The newest row of each product is kept for
/// ever.
const STOCK_EVENT_RETENTION: Duration = Duration::from_hours(90 * 24);

/// How long a picture that no product shows is kept: the time between its upload and the edit that shows it.
const UNUSED_PICTURE_RETENTION: Duration = Duration::from_hours(24);

/// Retention of the payloads of payment events. They may contain personal data, and are of use while a payment may be disputed.
pub const PAYLOAD_RETENTION: Duration = Duration::from_hours(90 * 24);

/// Retention of attempts to deliver webhooks, with the responses of the endpoints.
const DELIVERY_RETENTION: Duration = Duration::from_hours(30 * 24);

/// Retention of jobs that are done: long enough to look up whether a mail was sent.
const DONE_JOB_RETENTION: Duration = Duration::from_hours(7 * 24);

/// Retention of dead jobs: as long as that of payloads. An operator has had a quarter to try them again.
const DEAD_JOB_RETENTION: Duration = Duration::from_hours(90 * 24);

/// Maximum number of rows of each kind that one step deletes. With a million keys in a SQLite file, a step blocks the writer
/// for a few milliseconds.
const ROWS_PER_STEP: u32 = 50;

/// Maximum number of pictures that one step deletes. Their files have a megabyte each.
const PICTURES_PER_STEP: u32 = 4;

/// The pause between two steps. A thousand rows a second are deleted, more than a busy shop adds.
const STEP_INTERVAL: Duration = Duration::from_millis(50);

/// The pause while there is nothing to delete, and after an error.
const IDLE_INTERVAL: Duration = Duration::from_mins(1);

/// Purges until it is dropped.
pub(crate) async fn run(store: Arc<dyn Store>, clock: Arc<dyn Clock>, contact_retention: Option<Duration>) {
    let mut deleted = 0;
    loop {
        let pause = match step(store.purge(), clock.now(), contact_retention).await {
            Ok(0) => {
                if deleted > 0 {
                    tracing::info!(rows = deleted, "purged");
                }
                deleted = 0;
                IDLE_INTERVAL
            }
            Ok(rows) => {
                deleted += rows;
                STEP_INTERVAL
            }
            Err(error) => {
                let cause = error.cause();
                tracing::warn!(%error, cause, "could not purge");
                IDLE_INTERVAL
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Deletes some of the rows that are past their retention at `now`. Returns their number.
async fn step(purge: &dyn Purge, now: Timestamp, contact_retention: Option<Duration>) -> Result<u64, StoreError> {
    let contacts = match contact_retention {
        Some(retention) => purge.contacts(now - retention, now, ROWS_PER_STEP).await?,
        None => 0,
    };
    Ok(contacts
        + purge.idempotency_keys(now - KEY_RETENTION, ROWS_PER_STEP).await?
        + purge.stock_events(now - STOCK_EVENT_RETENTION, ROWS_PER_STEP).await?
        + purge.pictures(now - UNUSED_PICTURE_RETENTION, PICTURES_PER_STEP).await?
        + purge.payment_payloads(now - PAYLOAD_RETENTION, ROWS_PER_STEP).await?
        + purge.webhook_deliveries(now - DELIVERY_RETENTION, ROWS_PER_STEP).await?
        + purge.jobs(now - DONE_JOB_RETENTION, ROWS_PER_STEP).await?
        + purge.dead_jobs(now - DEAD_JOB_RETENTION, ROWS_PER_STEP).await?)
}
