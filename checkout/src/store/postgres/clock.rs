//! The database's clock: nodes whose own clocks differ must agree on what has expired.

use super::classify;
use crate::{
    clock::{Clock, SystemClock},
    fault::StoreError,
    model::Timestamp,
};
use sqlx::PgPool;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinSet;

/// How often this machine's clock is compared with the database's.
const COMPARE_EVERY: Duration = Duration::from_secs(5);

/// This machine's clock, set by the database's: asking costs nothing, and two nodes differ by the time of a round trip.
pub(super) struct DatabaseClock {
    /// The database's clock is ahead of this machine's by so many milliseconds.
    ahead: AtomicI64,
}

impl DatabaseClock {
    /// Compares once, and then now and then.
    pub(super) async fn start(pool: &PgPool, tasks: &mut JoinSet<()>) -> Result<Arc<Self>, StoreError> {
        let clock = Arc::new(Self { ahead: AtomicI64::new(0) });
        // The first question also sets up the connection, which takes longer.
        for _ in 0..2 {
            clock.compare(pool).await.map_err(classify)?;
        }
        let (compared, pool) = (clock.clone(), pool.clone());
        tasks.spawn(async move {
            loop {
                tokio::time::sleep(COMPARE_EVERY).await;
                if let Err(error) = compared.compare(&pool).await {
                    tracing::debug!(%error, "could not compare the clocks");
                }
            }
        });
        Ok(clock)
    }

    async fn compare(&self, pool: &PgPool) -> Result<(), sqlx::Error> {
        let before = SystemClock.now().as_millis();
        let there: i64 =
            sqlx::query_scalar("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint").fetch_one(pool).await?;
        let after = SystemClock.now().as_millis();
        self.ahead.store(there - i64::midpoint(before, after), Ordering::Relaxed);
        Ok(())
    }
}

impl Clock for DatabaseClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(SystemClock.now().as_millis() + self.ahead.load(Ordering::Relaxed))
    }
}
