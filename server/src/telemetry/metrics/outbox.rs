//! Gauges of the outbox. They count what waits, which may be many rows while a receiver is away, so that they are read at most
//! once in a while.

use super::family::{float, labeled_gauge};
use checkout::{Checkout, model::Timestamp, store::outbox::OutboxCount};
use prometheus::proto::MetricFamily;
use std::time::{Duration, Instant};
use tokio::{sync::Mutex, time::timeout};

/// Age up to which counts are reused.
const MAX_AGE: Duration = Duration::from_secs(15);
/// Time limit of a read.
const READ_TIMEOUT: Duration = Duration::from_secs(2);

/// The counts that were read last.
#[derive(Default)]
pub struct OutboxGauges {
    last: Mutex<Option<(Instant, Vec<OutboxCount>)>>,
}

impl OutboxGauges {
    /// Reads the gauges. They are left out if the counts cannot be read.
    pub async fn read(&self, checkout: &Checkout) -> Vec<MetricFamily> {
        let counts = self.counts(checkout).await;
        if counts.is_empty() { Vec::new() } else { families(&counts, checkout.now()).into() }
    }

    /// Concurrent scrapes share one read, and so do those of the next seconds, also of a read that failed.
    async fn counts(&self, checkout: &Checkout) -> Vec<OutboxCount> {
        let mut last = self.last.lock().await;
        if let Some((at, counts)) = &*last
            && at.elapsed() < MAX_AGE
        {
            return counts.clone();
        }
        let read = timeout(READ_TIMEOUT, checkout.outbox_counts()).await;
        let counts = read.ok().and_then(Result::ok).unwrap_or_default();
        *last = Some((Instant::now(), counts.clone()));
        counts
    }
}

fn families(counts: &[OutboxCount], now: Timestamp) -> [MetricFamily; 3] {
    let family = |name, help, value: fn(&OutboxCount, Timestamp) -> f64| {
        labeled_gauge(name, help, "kind", counts.iter().map(|count| (count.kind.name(), value(count, now))))
    };
    [
        family("holdfast_outbox_pending", "Rows of the outbox that wait, by kind.", |count, _| float(count.pending)),
        family(
            "holdfast_outbox_oldest_seconds",
            "Age of the oldest row of the outbox that waits, by kind; 0 if none does.",
            |count, now| count.oldest.map_or(0.0, |oldest| oldest.until(now).as_secs_f64()),
        ),
        family("holdfast_outbox_dead", "Jobs of the outbox that failed for good, by kind.", |count, _| {
            float(count.dead)
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::JobKind;

    #[test]
    fn each_kind_has_its_counts_and_the_age_of_its_oldest_row() {
        let now = Timestamp::from_millis(90_000);
        let oldest = Some(now - Duration::from_secs(30));
        let counts = [
            OutboxCount { kind: JobKind::Mail, pending: 3, oldest, dead: 2 },
            OutboxCount { kind: JobKind::Webhook, pending: 0, oldest: None, dead: 0 },
        ];
        let values: Vec<Vec<f64>> = families(&counts, now)
            .iter()
            .map(|family| family.get_metric().iter().map(|metric| metric.get_gauge().get_value()).collect())
            .collect();
        assert_eq!(values, [[3.0, 0.0], [30.0, 0.0], [2.0, 0.0]]);
    }
}
