//! Numbers that are kept elsewhere, in the form that the encoder takes.

use checkout::metrics::{Histogram, Label, LabeledCounter};
use prometheus::proto::{self, Bucket, Counter, Gauge, LabelPair, Metric, MetricFamily, MetricType};

/// A number that goes up and down.
pub fn gauge(name: &str, help: &str, value: f64) -> MetricFamily {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    let mut metric = Metric::default();
    metric.set_gauge(gauge);
    family(name, help, MetricType::GAUGE, vec![metric])
}

/// Counts, told apart by `label`.
pub fn counters<L: Label>(name: &str, help: &str, label: &str, tally: &LabeledCounter<L>) -> MetricFamily {
    let counts = tally.read().map(|(value, count)| {
        let mut counter = Counter::default();
        counter.set_value(float(count));
        let mut pair = LabelPair::default();
        pair.set_name(label.to_owned());
        pair.set_value(value.to_owned());
        let mut metric = Metric::from_label(vec![pair]);
        metric.set_counter(counter);
        metric
    });
    family(name, help, MetricType::COUNTER, counts.collect())
}

/// How values are spread.
pub fn histogram(name: &str, help: &str, values: &Histogram) -> MetricFamily {
    let mut shown = proto::Histogram::default();
    let mut buckets: Vec<Bucket> = values.read().map(bucket).collect();
    // The last has no bound, and is told as the number of all.
    shown.set_sample_count(buckets.pop().map_or(0, |all| all.cumulative_count()));
    shown.set_bucket(buckets);
    shown.set_sample_sum(values.sum());
    let mut metric = Metric::default();
    metric.set_histogram(shown);
    family(name, help, MetricType::HISTOGRAM, vec![metric])
}

fn bucket(values: checkout::metrics::Bucket) -> Bucket {
    let mut bucket = Bucket::default();
    bucket.set_upper_bound(values.at_most);
    bucket.set_cumulative_count(values.count);
    bucket
}

/// The encoder has floats, which count without a gap to nine thousand million millions.
#[expect(clippy::cast_precision_loss, reason = "nothing here counts that far")]
pub fn float(count: u64) -> f64 {
    count as f64
}

fn family(name: &str, help: &str, of: MetricType, metrics: Vec<Metric>) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    family.set_field_type(of);
    family.set_metric(metrics);
    family
}
