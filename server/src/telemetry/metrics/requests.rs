//! Requests by route, method and status class. The names of routes come from the router, so they are few.

use http::Method;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, core::Collector};
use std::time::Duration;

/// Upper bounds of the latency buckets, in seconds.
const LATENCY_BUCKETS: [f64; 13] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Methods that have a name of their own; clients may send any word.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT"];

/// The class of responses with a status of 500 or more.
const SERVER_ERROR: &str = "5xx";

/// Counters of requests.
pub struct Requests {
    counts: IntCounterVec,
    latencies: HistogramVec,
}

impl Requests {
    /// Creates the counters, at zero.
    pub fn new() -> Result<Self, prometheus::Error> {
        let counts = Opts::new("holdfast_http_requests_total", "Requests, by route, method and status class.");
        let latencies = HistogramOpts::new(
            "holdfast_http_request_duration_seconds",
            "Time until the response was ready; for a stream, until it began.",
        );
        Ok(Self {
            counts: IntCounterVec::new(counts, &["route", "method", "status"])?,
            latencies: HistogramVec::new(latencies.buckets(LATENCY_BUCKETS.into()), &["route", "method"])?,
        })
    }

    /// Returns the collectors to register.
    pub fn collectors(&self) -> (Box<dyn Collector>, Box<dyn Collector>) {
        (Box::new(self.counts.clone()), Box::new(self.latencies.clone()))
    }

    /// Number of responses with a status of 500 or more.
    pub fn server_errors(&self) -> u64 {
        let families = self.counts.collect();
        let series = families.iter().flat_map(prometheus::proto::MetricFamily::get_metric);
        let failed = series.filter(|series| series.get_label().iter().any(|label| label.value() == SERVER_ERROR));
        failed.map(|series| series.get_counter().get_value()).map(whole).sum()
    }

    /// Counts a request. Without a status its client disconnected before the response, which says nothing of latency.
    pub fn record(&self, route: &str, method: &Method, status: Option<u16>, latency: Duration) {
        let method = METHODS.iter().find(|name| **name == method.as_str()).copied().unwrap_or("(other)");
        self.counts.with_label_values(&[route, method, status_class(status)]).inc();
        if status.is_some() {
            self.latencies.with_label_values(&[route, method]).observe(latency.as_secs_f64());
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole and not negative")]
fn whole(count: f64) -> u64 {
    count as u64
}

fn status_class(status: Option<u16>) -> &'static str {
    match status {
        None => "none",
        Some(..200) => "1xx",
        Some(200..300) => "2xx",
        Some(300..400) => "3xx",
        Some(400..500) => "4xx",
        Some(500..) => SERVER_ERROR,
    }
}
