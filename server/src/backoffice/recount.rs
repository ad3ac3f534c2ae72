//! Recounts the shop: recomputes every counter from the rows, and compares orders with payments.

use checkout::{Checkout, Error, model::Timestamp, store::Audit};
use serde::Serialize;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

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
    /// The database cannot be read.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Recounts, at most one at a time, because a recount reads whole tables. Clones share the last result.
#[derive(Clone, Default)]
pub struct Recounts {
    running: Arc<tokio::sync::Mutex<()>>,
    last: Arc<Mutex<Option<RecountResult>>>,
}

impl Recounts {
    /// Recounts now. A caller who goes away does not end a recount that has begun, so that repeated requests cannot start
    /// more than one.
    ///
    /// # Errors
    ///
    /// Another recount is under way, or the database cannot be read.
    pub async fn run(&self, checkout: &Checkout) -> Result<RecountResult, RecountError> {
        let running = self.running.clone().try_lock_owned().map_err(|_| RecountError::Running)?;
        let (checkout, last) = (checkout.clone(), self.last.clone());
        let recount = tokio::spawn(async move {
            let _running = running;
            let (started_at, started) = (checkout.now(), Instant::now());
            let audit = checkout.audit().await?;
            let result = RecountResult { audit, started_at, duration: started.elapsed() };
            *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(result.clone());
            Ok(result)
        });
        recount.await.unwrap_or(Err(RecountError::Failed(Error::Internal)))
    }

    /// The result of the last recount of this process, if there was one.
    pub fn last(&self) -> Option<RecountResult> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
