//! Audits the stock periodically, and publishes the last result as metrics.

use super::{
    Metrics,
    family::{float, gauge},
    seconds,
};
use checkout::{Checkout, model::Timestamp, store::Audit};
use prometheus::proto::MetricFamily;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// Delay of the first audit, so that it does not slow down a start.
const FIRST_AUDIT_DELAY: Duration = Duration::from_secs(30);
/// An audit reads whole tables, so the pause after it is at least this many times its duration.
const MIN_PAUSE_RATIO: u32 = 50;

/// The result of the last audit, if there was one.
#[derive(Default)]
pub struct LastAudit(Mutex<Option<AuditResult>>);

/// The result of an audit.
#[derive(Debug, Clone, Copy)]
pub struct AuditResult {
    /// Counters and rules that were found violated.
    pub drift: u64,
    /// When it ended.
    pub at: Timestamp,
    /// How long it took.
    pub duration: Duration,
}

impl LastAudit {
    /// Renders the result; nothing before the first audit.
    pub fn families(&self) -> Vec<MetricFamily> {
        self.get().into_iter().flat_map(AuditResult::families).collect()
    }

    /// Returns the result.
    pub fn get(&self) -> Option<AuditResult> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, result: AuditResult) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }
}

impl AuditResult {
    fn new(audit: &Audit, at: Timestamp, duration: Duration) -> Self {
        Self { drift: u64::try_from(audit.drift.len()).unwrap_or(u64::MAX), at, duration }
    }

    fn families(self) -> [MetricFamily; 3] {
        let drift = "Counters and rules that the last audit found violated.";
        [
            gauge("holdfast_stock_drift", drift, float(self.drift)),
            gauge("holdfast_stock_audit_timestamp_seconds", "Time of the last audit.", seconds(self.at)),
            gauge("holdfast_stock_audit_duration_seconds", "Duration of the last audit.", self.duration.as_secs_f64()),
        ]
    }
}

/// Audits the stock every `interval`, for ever.
pub async fn audit_periodically(metrics: Arc<Metrics>, checkout: Checkout, interval: Duration) {
    sleep(interval.min(FIRST_AUDIT_DELAY)).await;
    loop {
        let started = Instant::now();
        // A failure is in the log already.
        if let Ok(audit) = checkout.audit().await {
            log(&audit);
            metrics.last_audit.set(AuditResult::new(&audit, checkout.now(), started.elapsed()));
        }
        sleep(interval.max(started.elapsed() * MIN_PAUSE_RATIO)).await;
    }
}

fn log(audit: &Audit) {
    for drift in &audit.drift {
        let (product, counter, stored, counted) = (&drift.product, &drift.counter, drift.stored, drift.counted);
        tracing::error!(product, counter, stored, counted, "audit found drift");
    }
    let (products, holds, orders, drift) = (audit.products, audit.holds, audit.orders, audit.drift.len());
    tracing::debug!(products, holds, orders, drift, "audit finished");
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::store::Drift;

    #[test]
    fn each_drift_is_counted() {
        let sold = Drift { product: "phone".to_owned(), counter: "sold".to_owned(), stored: 2, counted: 1 };
        let rule = Drift { product: String::new(), counter: "answers".to_owned(), stored: 0, counted: 3 };
        for drift in [vec![], vec![sold, rule]] {
            let (clean, expected) = (drift.is_empty(), drift.len().to_string());
            let audit = Audit { clean, products: 1, holds: 2, orders: 2, payments: 5, refunds_due: 0, drift };
            let result = AuditResult::new(&audit, Timestamp::from_millis(1_500), Duration::from_millis(20));
            let values = result.families().map(|family| family.get_metric()[0].get_gauge().get_value());
            assert_eq!(values.map(|value| value.to_string()), [&expected, "1.5", "0.02"]);
        }
    }
}
