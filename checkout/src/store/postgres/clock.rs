//! The database's clock: nodes whose own clocks differ must agree on what has expired.

use super::error::QueryExt;
use crate::{clock::Clock, error::StoreError, model::Timestamp};
use sqlx::PgPool;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// How often the clocks are compared.
const COMPARE_EVERY: Duration = Duration::from_secs(5);

/// An answer that took longer than the quickest by so much may have been under way for long in one direction only, and is
/// not gone by.
const SLOWER: Duration = Duration::from_millis(20);

/// The database's clock, carried on by this machine's monotonic one: asking costs nothing, two nodes differ by the time of a
/// round trip, and nobody's setting of this machine's clock is felt.
pub(super) struct DatabaseClock {
    start: Instant,
    /// What the database's clock showed at `start`, in milliseconds of Unix time.
    at_start: AtomicI64,
}

/// What the database's clock showed at `start`, and how long the answer took.
struct Comparison {
    at_start: i64,
    took: Duration,
}

impl DatabaseClock {
    /// Compares some times, for the first question sets up the connection, and then now and then.
    pub(super) async fn start(pool: &PgPool, tasks: &mut JoinSet<()>) -> Result<Arc<Self>, StoreError> {
        let clock = Arc::new(Self { start: Instant::now(), at_start: AtomicI64::new(0) });
        let mut best = clock.compare(pool).await?;
        for _ in 0..2 {
            let next = clock.compare(pool).await?;
            best = if next.took < best.took { next } else { best };
        }
        clock.at_start.store(best.at_start, Ordering::Relaxed);
        tasks.spawn(clock.clone().keep(pool.clone(), best.took));
        Ok(clock)
    }

    async fn keep(self: Arc<Self>, pool: PgPool, mut quickest: Duration) {
        loop {
            tokio::time::sleep(COMPARE_EVERY).await;
            match self.compare(&pool).await {
                Ok(new) if new.took <= quickest + SLOWER => {
                    quickest = new.took;
                    self.at_start.store(new.at_start, Ordering::Relaxed);
                }
                // A road that has become longer is believed in the end.
                Ok(slow) => {
                    quickest += SLOWER;
                    tracing::debug!(took = ?slow.took, "too slow a comparison of the clocks");
                }
                Err(error) => tracing::debug!(%error, "could not compare the clocks"),
            }
        }
    }

    async fn compare(&self, pool: &PgPool) -> Result<Comparison, StoreError> {
        // Waiting for a connection is no part of the comparison.
        let mut connection = pool.acquire().with_timeout().await?;
        let (asked, since_start) = (Instant::now(), self.start.elapsed());
        let there: i64 = sqlx::query_scalar("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
            .fetch_one(&mut *connection)
            .with_timeout()
            .await?;
        let took = asked.elapsed();
        Ok(Comparison { at_start: there - millis(since_start + took / 2), took })
    }
}

impl Clock for DatabaseClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.at_start.load(Ordering::Relaxed) + millis(self.start.elapsed()))
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
