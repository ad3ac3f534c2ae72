//! What the server tells of itself, in the text that Prometheus reads. What happens with every request is counted in numbers
//! that were made beforehand; everything else is asked for when somebody reads. Each server has its own.

mod engine;
mod family;
mod requests;
mod scrape;
mod standing;

pub use scrape::read;
pub use standing::keep_auditing;

use checkout::{Checkout, model::Timestamp};
use prometheus::{IntCounterVec, IntGauge, Opts, Registry, TextEncoder, core::Collector};
use requests::Requests;
use standing::Standing;

/// The schemes of signing, as the webhooks name them; `none` is for what is signed by none, or by several.
const SCHEMES: [&str; 4] = ["none", "plain", "standard", "stripe"];

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// It moved its order.
    Processed,
    /// It had been delivered before, or its transaction had said the same.
    Duplicate,
    /// There was nothing to do.
    Ignored,
    /// It waits for its order.
    Parked,
    /// Its money must go back.
    RefundDue,
    /// Its key stands for another event.
    Refused,
    /// Its signature is not the provider's, or too old.
    Forged,
    /// It is the provider's, and not what was agreed on.
    Unreadable,
    /// It could not be stored, and will be sent again.
    NotRecorded,
}

impl Delivered {
    const ALL: [Self; 9] = [
        Self::Processed,
        Self::Duplicate,
        Self::Ignored,
        Self::Parked,
        Self::RefundDue,
        Self::Refused,
        Self::Forged,
        Self::Unreadable,
        Self::NotRecorded,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Processed => "processed",
            Self::Duplicate => "duplicate",
            Self::Ignored => "ignored",
            Self::Parked => "parked",
            Self::RefundDue => "refund_due",
            Self::Refused => "refused",
            Self::Forged => "forged",
            Self::Unreadable => "unreadable",
            Self::NotRecorded => "not_recorded",
        }
    }
}

/// One server's numbers.
pub struct Metrics {
    registry: Registry,
    /// Requests by route.
    pub requests: Requests,
    webhooks: IntCounterVec,
    watchers: IntGauge,
    standing: Standing,
}

impl Metrics {
    /// Nothing yet, on a server with these routes.
    pub fn new(routes: &[String]) -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let webhooks = IntCounterVec::new(
            Opts::new("holdfast_webhooks_total", "Webhooks, by scheme of signing and by what became of them."),
            &["scheme", "outcome"],
        )?;
        // All are there from the start: a count that appears with its first event does not grow.
        for (scheme, outcome) in SCHEMES.iter().flat_map(|scheme| Delivered::ALL.map(|outcome| (*scheme, outcome))) {
            webhooks.with_label_values(&[scheme, outcome.name()]);
        }
        let watchers = IntGauge::new("holdfast_watchers", "Streams of events that somebody reads now.")?;
        let version = Opts::new("holdfast_build_info", "The version that runs.");
        let version = IntGauge::with_opts(version.const_label("version", env!("CARGO_PKG_VERSION")))?;
        version.set(1);
        let requests = Requests::new(routes)?;
        let (counts, times) = requests.collectors();
        let own: [Box<dyn Collector>; 3] = [Box::new(webhooks.clone()), Box::new(watchers.clone()), Box::new(version)];
        for collector in own.into_iter().chain([counts, times]) {
            registry.register(collector)?;
        }
        Ok(Self { registry, requests, webhooks, watchers, standing: Standing::default() })
    }

    /// A webhook was answered.
    pub fn webhook(&self, scheme: &'static str, outcome: Delivered) {
        self.webhooks.with_label_values(&[scheme, outcome.name()]).inc();
    }

    /// Somebody watches, until this is dropped.
    pub fn watcher(&self) -> Watcher {
        self.watchers.inc();
        Watcher(self.watchers.clone())
    }

    /// Everything, as text.
    pub async fn text(&self, checkout: &Checkout) -> Result<String, prometheus::Error> {
        let mut families = self.registry.gather();
        families.extend(engine::families(checkout));
        families.extend(self.standing.families(checkout).await);
        TextEncoder::new().encode_to_string(&families)
    }
}

/// One who watches.
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
