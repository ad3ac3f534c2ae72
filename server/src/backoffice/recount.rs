//! Recounts the shop: recomputes every counter from the rows, and compares orders with payments.

use checkout::{Checkout, Error, Supervisor, model::Timestamp, store::Audit};
use serde::Serialize;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// Minimum time from the end of a recount to the beginning of the next one.
const MIN_INTERVAL: Duration = Duration::from_secs(10);
/// The same as a multiple of the recount's own duration, so that a large shop is not recounted most of the time.
const MIN_INTERVAL_FACTOR: u32 = 10;

/// The result of a recount.
#[derive(Debug, Clone, Serialize)]
pub struct RecountResult {
    /// The counts, and what differs.
    #[serde(flatten)]
    pub audit: Audit,
    /// When the recount began.
    pub started_at: Timestamp,
    /// How long it took.
    #[serde(serialize_with = "milliseconds", rename = "duration_ms")]
    pub duration: Duration,
}

fn milliseconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum RecountError {
    /// Another recount is under way.
    #[error("a recount is under way")]
    Running,
    /// The last recount has only just ended.
    #[error("the last recount has only just ended")]
    TooSoon {
        /// Time until another one may begin.
        wait: Duration,
    },
    /// The database cannot be read.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Recounts, at most one at a time and with a pause after each, because a recount reads whole tables. Clones share the last
/// result.
#[derive(Clone, Default)]
pub struct Recounts {
    /// The time from which the next recount may begin. A recount that is under way holds the lock.
    next: Arc<tokio::sync::Mutex<Option<Timestamp>>>,
    last: Arc<Mutex<Option<RecountResult>>>,
}

impl Recounts {
    /// Recounts now, as one of `tasks`. A caller who goes away does not end a recount that has begun, so that repeated requests
    /// cannot start more than one.
    ///
    /// # Errors
    ///
    /// Another recount is under way or has only just ended, or the database cannot be read.
    pub async fn run(&self, checkout: &Checkout, tasks: &Supervisor) -> Result<RecountResult, RecountError> {
        let mut next = self.next.clone().try_lock_owned().map_err(|_| RecountError::Running)?;
        let now = checkout.now();
        if let Some(wait) = next.map(|next| now.until(next)).filter(|wait| !wait.is_zero()) {
            return Err(RecountError::TooSoon { wait });
        }
        let (checkout, last) = (checkout.clone(), self.last.clone());
        let (sender, result) = oneshot::channel();
        tasks.spawn_job("recount", async move {
            let (started_at, started) = (checkout.now(), Instant::now());
            let audit = checkout.audit().await;
            let duration = started.elapsed();
            // A recount that failed has read tables too.
            *next = Some(checkout.now() + min_interval(duration));
            let result = audit.map(|audit| RecountResult { audit, started_at, duration });
            if let Ok(result) = &result {
                *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(result.clone());
            }
            drop(next);
            // The caller may have gone away.
            let _ = sender.send(result);
        });
        Ok(result.await.unwrap_or(Err(Error::Internal))?)
    }

    /// The result of the last recount of this process, if there was one.
    pub fn last(&self) -> Option<RecountResult> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Returns the minimum time between a recount of this duration and the next one.
fn min_interval(duration: Duration) -> Duration {
    MIN_INTERVAL.max(duration * MIN_INTERVAL_FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_recount_is_followed_by_a_longer_pause() {
        assert_eq!(min_interval(Duration::from_millis(5)), Duration::from_secs(10));
        assert_eq!(min_interval(Duration::from_secs(3)), Duration::from_secs(30));
    }
}
