//! How the shop stands, as its database tells: what is late for the sweep, what must go back, and whether the counters are
//! what the rows add up to. Those who read often get what was found a moment ago, and a recount is made beside everything
//! else, so that nobody who reads loads the database.

use super::{
    family::{float, gauge},
    seconds,
};
use crate::state::AppState;
use checkout::{Checkout, model::Timestamp, store::Audit};
use prometheus::proto::MetricFamily;
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout};

/// What was found is told again for so long.
const FRESH: Duration = Duration::from_secs(1);
/// A database that takes longer is not waited for: the other numbers tell why.
const PATIENCE: Duration = Duration::from_secs(2);
/// The first recount comes so long after the start, when the rush is over.
const FIRST_AUDIT: Duration = Duration::from_secs(30);
/// Of all time, a recount may take so many parts of one: it reads whole tables.
const AUDIT_SHARE: u32 = 50;

/// What was found last.
#[derive(Default)]
pub struct Standing {
    found: tokio::sync::Mutex<Option<(Instant, Found)>>,
    audited: Mutex<Option<Audited>>,
}

#[derive(Clone, Copy)]
struct Found {
    overdue: Option<Duration>,
    refunds_due: Option<u64>,
}

/// A recount.
#[derive(Clone, Copy)]
struct Audited {
    drift: u64,
    at: Timestamp,
    took: Duration,
}

impl Audited {
    fn of(audit: &Audit, at: Timestamp, took: Duration) -> Self {
        Self { drift: u64::try_from(audit.drift.len()).unwrap_or(u64::MAX), at, took }
    }

    fn families(self) -> [MetricFamily; 3] {
        let drift = "Counters that are not what the rows add up to, and rules that rows break, at the last recount.";
        let at = "When the last recount of all stock was made.";
        let took = "How long the last recount of all stock took.";
        [
            gauge("holdfast_stock_drift", drift, float(self.drift)),
            gauge("holdfast_stock_audit_timestamp_seconds", at, seconds(self.at)),
            gauge("holdfast_stock_audit_duration_seconds", took, self.took.as_secs_f64()),
        ]
    }
}

impl Standing {
    /// What can be told: a number that could not be had is left out, rather than told wrong.
    pub async fn families(&self, checkout: &Checkout) -> Vec<MetricFamily> {
        let Found { overdue, refunds_due } = self.found(checkout).await;
        let mut all = Vec::new();
        if let Some(overdue) = overdue {
            let help = "How long what is due the longest, a hold or an order, has waited for the sweep.";
            all.push(gauge("holdfast_oldest_unswept_seconds", help, overdue.as_secs_f64()));
        }
        if let Some(refunds_due) = refunds_due {
            let help = "Payment events whose money must go back and has not.";
            all.push(gauge("holdfast_refunds_due", help, float(refunds_due)));
        }
        let audited = *self.audited.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(audited.into_iter().flat_map(Audited::families));
        all
    }

    /// However many ask at once, one looks.
    async fn found(&self, checkout: &Checkout) -> Found {
        let mut known = self.found.lock().await;
        if let Some((_, found)) = known.filter(|(at, _)| at.elapsed() < FRESH) {
            return found;
        }
        let looking = async { tokio::join!(checkout.overdue(), checkout.refunds_due()) };
        let found = match timeout(PATIENCE, looking).await {
            Ok((overdue, refunds_due)) => Found { overdue: overdue.ok(), refunds_due: refunds_due.ok() },
            Err(_) => Found { overdue: None, refunds_due: None },
        };
        *known = Some((Instant::now(), found));
        found
    }

    /// Recounts; answers how long it took.
    async fn audit(&self, checkout: &Checkout) -> Duration {
        let started = Instant::now();
        // Why it could not be made is in the log already.
        if let Ok(audit) = checkout.audit().await {
            report(&audit);
            let audited = Audited::of(&audit, checkout.now(), started.elapsed());
            *self.audited.lock().unwrap_or_else(PoisonError::into_inner) = Some(audited);
        }
        started.elapsed()
    }
}

fn report(audit: &Audit) {
    for drift in &audit.drift {
        let (product, counter, stored, counted) = (&drift.product, &drift.counter, drift.stored, drift.counted);
        tracing::error!(product, counter, stored, counted, "a recount found what does not add up");
    }
    let (products, holds, orders, drift) = (audit.products, audit.holds, audit.orders, audit.drift.len());
    tracing::debug!(products, holds, orders, drift, "stock was recounted");
}

/// Recounts now and then, until the server is asked to stop; not at all where the settings say so.
pub async fn keep_auditing(state: AppState) {
    let Some(every) = state.settings.audit_every else { return };
    let audits = async {
        sleep(every.min(FIRST_AUDIT)).await;
        loop {
            let took = state.metrics.standing.audit(&state.checkout).await;
            sleep(every.max(took * AUDIT_SHARE)).await;
        }
    };
    state.stopping.run_until_cancelled(audits).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::store::Drift;

    #[test]
    fn each_thing_that_does_not_add_up_is_counted() {
        let sold = Drift { product: "phone".to_owned(), counter: "sold".to_owned(), stored: 2, counted: 1 };
        let rule = Drift { product: String::new(), counter: "answers".to_owned(), stored: 0, counted: 3 };
        for drift in [vec![], vec![sold, rule]] {
            let (clean, expected) = (drift.is_empty(), drift.len().to_string());
            let audit = Audit { clean, products: 1, holds: 2, orders: 2, payments: 5, refunds_due: 0, drift };
            let told = Audited::of(&audit, Timestamp::from_millis(1_500), Duration::from_millis(20)).families();
            let values = told.map(|family| family.get_metric()[0].get_gauge().get_value());
            assert_eq!(values.map(|value| value.to_string()), [&expected, "1.5", "0.02"]);
        }
    }
}
