//! The database's clock. Nodes whose own clocks differ must agree on what has expired.

use super::error::QueryExt;
use crate::{clock::Clock, error::StoreError, model::Timestamp, supervisor::Supervisor};
use sqlx::PgPool;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

/// Time between comparisons of the clocks.
const COMPARE_INTERVAL: Duration = Duration::from_secs(5);

/// A comparison is ignored when it took this much longer than the quickest: the delay may have been in one direction
/// only, and the result would be wrong by up to that delay.
const MAX_EXTRA_DELAY: Duration = Duration::from_millis(20);

/// The database's clock, carried on by this machine's monotonic clock. To read it costs no query. Two nodes differ by
/// at most a round trip, and a change of this machine's wall clock has no effect.
pub(super) struct DatabaseClock {
    start: Instant,
    /// The database's time at `start`, in milliseconds since the Unix epoch.
    at_start: AtomicI64,
}

/// The database's time at `start`, and how long the comparison took.
struct Comparison {
    at_start: i64,
    took: Duration,
}

impl DatabaseClock {
    /// Compares the clocks three times, because the first query also prepares the connection, and then at intervals.
    pub(super) async fn start(pool: &PgPool, tasks: &Supervisor) -> Result<Arc<Self>, StoreError> {
        let clock = Arc::new(Self { start: Instant::now(), at_start: AtomicI64::new(0) });
        let mut best = clock.compare(pool).await?;
        for _ in 0..2 {
            let next = clock.compare(pool).await?;
            best = if next.took < best.took { next } else { best };
        }
        clock.at_start.store(best.at_start, Ordering::Relaxed);
        tasks.spawn("database_clock", true, clock.clone().keep(pool.clone(), best.took));
        Ok(clock)
    }

    async fn keep(self: Arc<Self>, pool: PgPool, mut quickest: Duration) {
        loop {
            tokio::time::sleep(COMPARE_INTERVAL).await;
            match self.compare(&pool).await {
                Ok(new) if new.took <= quickest + MAX_EXTRA_DELAY => {
                    quickest = new.took;
                    self.at_start.store(new.at_start, Ordering::Relaxed);
                }
                // Accept a round-trip time that stays higher.
                Ok(slow) => {
                    quickest += MAX_EXTRA_DELAY;
                    tracing::debug!(took = ?slow.took, "ignored a slow comparison of the clocks");
                }
                Err(error) => tracing::debug!(%error, "could not compare the clocks"),
            }
        }
    }

    async fn compare(&self, pool: &PgPool) -> Result<Comparison, StoreError> {
        // The wait for a connection is not part of the comparison.
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

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::postgres::PgPoolOptions;

    #[tokio::test]
    async fn a_comparison_does_not_count_the_wait_for_a_connection() {
        let url = std::env::var("HOLDFAST_TEST_POSTGRES_URL").expect("run the tests with tools/with-postgres.sh");
        let pool = PgPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
        let clock = DatabaseClock { start: Instant::now(), at_start: AtomicI64::new(0) };
        let idle = clock.compare(&pool).await.unwrap();
        let wait = Duration::from_millis(500);
        let connection = pool.acquire().await.unwrap();
        let (busy, ()) = tokio::join!(clock.compare(&pool), async {
            tokio::time::sleep(wait).await;
            drop(connection);
        });
        let busy = busy.unwrap();
        assert!(busy.took < wait, "{:?}", busy.took);
        let most = millis(idle.took + busy.took) + 2;
        assert!((busy.at_start - idle.at_start).abs() <= most, "{} and {}", busy.at_start, idle.at_start);
    }
}
