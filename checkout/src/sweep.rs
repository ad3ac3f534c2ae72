//! The sweep: expires overdue holds and unpaid orders, and payments whose order never came. It sleeps until the next
//! instant at which something is due. Once in a while it looks for refunds due that have no row yet.

use crate::{
    clock::Clock,
    command::{Command, Reply},
    error::{Error, StoreError},
    model::Timestamp,
    queue::CommandQueue,
    store::Store,
};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// Maximum sleep. A hold that is placed meanwhile may be due earlier than all known ones, and its stock must be for sale
/// within a second (P4).
const MAX_SLEEP: Duration = Duration::from_millis(500);

/// Minimum sleep, so that something that is due and cannot be swept does not keep a processor busy.
const MIN_SLEEP: Duration = Duration::from_millis(20);

/// Time between searches for events that are due for refund and have no refund. Only a server of the version before stores
/// such events.
const ADOPTION_INTERVAL: Duration = Duration::from_secs(10);

/// Maximum number of refunds that one command adds.
const MAX_ADOPTED: u32 = 100;

/// Sends the writer a command for each product on which something is due.
pub(crate) struct Sweep {
    pub(crate) queue: CommandQueue,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) unmatched_payment_ttl: Duration,
}

impl Sweep {
    /// Sweeps until it is dropped.
    pub(crate) async fn run(self) {
        let mut next_adoption = Instant::now();
        loop {
            if next_adoption <= Instant::now() && self.adopt_refunds_due().await < MAX_ADOPTED {
                next_adoption = Instant::now() + ADOPTION_INTERVAL;
            }
            let sleep = match self.sweep(self.clock.now()).await {
                Ok(sleep) => sleep.clamp(MIN_SLEEP, MAX_SLEEP),
                Err(error) => {
                    let cause = error.cause();
                    tracing::warn!(%error, cause, "could not read what is due");
                    MAX_SLEEP
                }
            };
            tokio::time::sleep(sleep).await;
        }
    }

    /// Sweeps what is due at `now`. Returns how long nothing else is due.
    async fn sweep(&self, now: Timestamp) -> Result<Duration, StoreError> {
        let (next, oldest_unmatched) = self.store.reads().next_due().await?;
        if next.is_some_and(|due| due <= now) {
            for product in self.store.reads().due(now).await? {
                log(self.send(Command::Sweep(product)).await, "overdue units");
            }
            // One sweep of a product is bounded, so more may be due.
            return Ok(MIN_SLEEP);
        }
        let expires_at = oldest_unmatched.map(|received| received + self.unmatched_payment_ttl);
        if expires_at.is_some_and(|at| at <= now) {
            let before = now - self.unmatched_payment_ttl;
            log(self.send(Command::ExpireUnmatched { before }).await, "payments without an order");
        }
        let later = [next, expires_at].into_iter().flatten().filter(|at| *at > now).min();
        Ok(later.map_or(MAX_SLEEP, |at| now.until(at)))
    }

    /// Adds the refunds of events that are due for refund and have none. Returns the number of refunds.
    async fn adopt_refunds_due(&self) -> u32 {
        match self.store.reads().refunds_due_without_row(MAX_ADOPTED).await {
            Ok(events) if events.is_empty() => 0,
            Ok(events) => {
                let adopted = self.send(Command::AdoptRefundsDue(events)).await;
                let count = *adopted.as_ref().unwrap_or(&0);
                log(adopted, "refunds due of the version before");
                count
            }
            Err(error) => {
                let cause = error.cause();
                tracing::warn!(%error, cause, "could not read which refunds are due");
                0
            }
        }
    }

    async fn send(&self, command: Command) -> Result<u32, Error> {
        match self.queue.send(command).await?.value {
            Reply::Swept(count) => Ok(count),
            other => {
                tracing::error!(reply = other.kind(), "the writer sent a reply of another kind");
                Err(Error::Internal)
            }
        }
    }
}

fn log(swept: Result<u32, Error>, what: &'static str) {
    match swept {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, what, "swept"),
        Err(error) => tracing::warn!(%error, what, "could not sweep"),
    }
}
