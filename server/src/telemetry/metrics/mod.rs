//! Metrics in Prometheus' text format. Requests and webhooks are counted as they happen; everything else is read when it
//! is scraped. Each server has its own registry.

mod audit_task;
mod engine;
mod family;
mod gauges;
mod outbox;
mod requests;
mod scrape;
mod tasks;

pub use audit_task::audit_periodically;
pub use scrape::scrape;

use crate::webhooks::Scheme;
use audit_task::LastAudit;
use checkout::{Checkout, Supervisor, model::Timestamp};
use gauges::Gauges;
use outbox::OutboxGauges;
use prometheus::{IntCounterVec, IntGauge, Opts, Registry, TextEncoder, core::Collector};
use requests::Requests;

/// Label of webhooks that are signed by no scheme, or by several.
pub const NO_SCHEME: &str = "none";

/// Outcome of a webhook delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// It changed its order.
    Processed,
    /// It, or an equal event of its transaction, was recorded before.
    Duplicate,
    /// Recorded without effect.
    Ignored,
    /// Recorded until its order exists.
    Parked,
    /// A refund is due.
    RefundDue,
    /// Its key belongs to another event.
    Refused,
    /// Its signature is invalid or too old.
    BadSignature,
    /// Its signature is valid and its body is not.
    Unreadable,
    /// It could not be stored; the provider will send it again.
    NotRecorded,
}

impl DeliveryOutcome {
    const ALL: [Self; 9] = [
        Self::Processed,
        Self::Duplicate,
        Self::Ignored,
        Self::Parked,
        Self::RefundDue,
        Self::Refused,
        Self::BadSignature,
        Self::Unreadable,
        Self::NotRecorded,
    ];

    /// Label value.
    pub fn name(self) -> &'static str {
        match self {
            Self::Processed => "processed",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
            Self::Parked => "parked",
            Self::RefundDue => "refund_due",
            Self::Refused => "refused",
            Self::BadSignature => "forged",
            Self::Unreadable => "unreadable",
            Self::NotRecorded => "not_recorded",
        }
    }
}

/// The metrics of one server.
pub struct Metrics {
    registry: Registry,
    /// Requests by route.
    pub requests: Requests,
    webhooks: IntCounterVec,
    watchers: IntGauge,
    gauges: Gauges,
    outbox: OutboxGauges,
    /// The result of the last periodic audit.
    pub last_audit: LastAudit,
}

impl Metrics {
    /// Creates all metrics, at zero.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let webhooks = IntCounterVec::new(
            Opts::new("holdfast_webhooks_total", "Webhooks, by signature scheme and outcome."),
            &["scheme", "outcome"],
        )?;
        let schemes = Scheme::ALL.map(Scheme::name).into_iter().chain([NO_SCHEME]);
        // Every series exists from the start, so that the first event counts as an increase.
        for (scheme, outcome) in schemes.flat_map(|scheme| DeliveryOutcome::ALL.map(|outcome| (scheme, outcome))) {
            webhooks.with_label_values(&[scheme, outcome.name()]);
        }
        let watchers = IntGauge::new("holdfast_watchers", "Open event streams.")?;
        let version = Opts::new("holdfast_build_info", "Version of the server.");
        let version = IntGauge::with_opts(version.const_label("version", env!("CARGO_PKG_VERSION")))?;
        version.set(1);
        let requests = Requests::new()?;
        let (counts, times) = requests.collectors();
        let own: [Box<dyn Collector>; 3] = [Box::new(webhooks.clone()), Box::new(watchers.clone()), Box::new(version)];
        for collector in own.into_iter().chain([counts, times]) {
            registry.register(collector)?;
        }
        Ok(Self {
            registry,
            requests,
            webhooks,
            watchers,
            gauges: Gauges::default(),
            outbox: OutboxGauges::default(),
            last_audit: LastAudit::default(),
        })
    }

    /// Counts a webhook.
    pub fn webhook(&self, scheme: &'static str, outcome: DeliveryOutcome) {
        self.webhooks.with_label_values(&[scheme, outcome.name()]).inc();
    }

    /// Counts an open stream until the result is dropped.
    pub fn watcher(&self) -> Watcher {
        self.watchers.inc();
        Watcher(self.watchers.clone())
    }

    /// Number of open streams.
    pub fn watchers(&self) -> u64 {
        u64::try_from(self.watchers.get()).unwrap_or(0)
    }

    /// Number of responses with a status of 500 or more, since the start.
    pub fn server_errors(&self) -> u64 {
        self.requests.server_errors()
    }

    /// Renders all metrics as text.
    pub async fn text(&self, checkout: &Checkout, tasks: &Supervisor) -> Result<String, prometheus::Error> {
        let mut families = self.registry.gather();
        families.extend(tasks::families(&[checkout.tasks(), tasks.snapshot()].concat()));
        families.extend(engine::families(checkout));
        families.extend(self.gauges.read(checkout).await);
        families.extend(self.outbox.read(checkout).await);
        families.extend(self.last_audit.families());
        TextEncoder::new().encode_to_string(&families)
    }
}

/// An open stream.
pub struct Watcher(IntGauge);

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Seconds since the epoch, to the millisecond.
#[expect(clippy::cast_precision_loss, reason = "milliseconds fit for the next 285,000 years")]
fn seconds(at: Timestamp) -> f64 {
    at.as_millis() as f64 / 1000.0
}
