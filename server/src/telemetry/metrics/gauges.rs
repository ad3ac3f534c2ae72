//! Gauges that are read from the database: how overdue the sweep is, and how many refunds are due. A scrape reads them at
//! most once a second.

use super::family::{float, gauge};
use checkout::Checkout;
use prometheus::proto::MetricFamily;
use std::time::{Duration, Instant};
use tokio::{sync::Mutex, time::timeout};

/// Age up to which values are reused.
const MAX_AGE: Duration = Duration::from_secs(1);
/// Time limit of a read. The other metrics tell why the database is slow.
const READ_TIMEOUT: Duration = Duration::from_secs(2);

/// The values that were read last.
#[derive(Default)]
pub struct Gauges {
    last: Mutex<Option<(Instant, Values)>>,
}

#[derive(Clone, Copy, Default)]
struct Values {
    overdue: Option<Duration>,
    refunds_due: Option<u64>,
}

impl Gauges {
    /// Reads the gauges. A value that cannot be read is left out.
    pub async fn read(&self, checkout: &Checkout) -> Vec<MetricFamily> {
        let Values { overdue, refunds_due } = self.values(checkout).await;
        let overdue = overdue.map(|overdue| {
            let help = "Time that the longest overdue hold or order has waited for the sweep.";
            gauge("holdfast_oldest_unswept_seconds", help, overdue.as_secs_f64())
        });
        let refunds_due = refunds_due.map(|refunds_due| {
            gauge("holdfast_refunds_due", "Refunds that are due or have failed.", float(refunds_due))
        });
        overdue.into_iter().chain(refunds_due).collect()
    }

    /// Concurrent scrapes share one read.
    async fn values(&self, checkout: &Checkout) -> Values {
        let mut last = self.last.lock().await;
        if let Some((_, values)) = last.filter(|(at, _)| at.elapsed() < MAX_AGE) {
            return values;
        }
        let reading = async { tokio::join!(checkout.overdue(), checkout.refunds_due()) };
        let values = timeout(READ_TIMEOUT, reading).await.map_or_else(
            |_| Values::default(),
            |(overdue, refunds_due)| Values { overdue: overdue.ok(), refunds_due: refunds_due.ok() },
        );
        *last = Some((Instant::now(), values));
        values
    }
}
