//! Builds Prometheus' metric families from values that are kept elsewhere.

use checkout::metrics::{Histogram, Label, LabeledCounter};
use prometheus::proto::{self, Bucket, Counter, Gauge, LabelPair, Metric, MetricFamily, MetricType};

/// Builds a gauge.
pub fn gauge(name: &str, help: &str, value: f64) -> MetricFamily {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    let mut metric = Metric::default();
    metric.set_gauge(gauge);
    family(name, help, MetricType::GAUGE, vec![metric])
}

/// Builds a family of counters with one label.
pub fn counters<L: Label>(name: &str, help: &str, label: &str, counts: &LabeledCounter<L>) -> MetricFamily {
    labeled_counter(name, help, label, counts.read())
}

/// Builds a family of counters with one label from label values and counts.
pub fn labeled_counter<'a>(
    name: &str,
    help: &str,
    label: &str,
    counts: impl Iterator<Item = (&'a str, u64)>,
) -> MetricFamily {
    let metrics = counts.map(|(value, count)| {
        let mut counter = Counter::default();
        counter.set_value(float(count));
        let mut metric = labeled(label, value);
        metric.set_counter(counter);
        metric
    });
    family(name, help, MetricType::COUNTER, metrics.collect())
}

/// Builds a family of counters with two labels from label values and counts.
pub fn counters_by_two<'a>(
    name: &str,
    help: &str,
    labels: [&str; 2],
    counts: impl Iterator<Item = ([&'a str; 2], u64)>,
) -> MetricFamily {
    let metrics = counts.map(|(values, count)| {
        let mut counter = Counter::default();
        counter.set_value(float(count));
        let mut metric =
            Metric::from_label(labels.into_iter().zip(values).map(|(name, value)| pair(name, value)).collect());
        metric.set_counter(counter);
        metric
    });
    family(name, help, MetricType::COUNTER, metrics.collect())
}

/// Builds a histogram.
pub fn histogram(name: &str, help: &str, values: &Histogram) -> MetricFamily {
    let mut histogram = proto::Histogram::default();
    let mut buckets: Vec<Bucket> = values.read().map(bucket).collect();
    // The last bucket has no bound: its count is the number of all samples.
    histogram.set_sample_count(buckets.pop().map_or(0, |all| all.cumulative_count()));
    histogram.set_bucket(buckets);
    histogram.set_sample_sum(values.sum());
    let mut metric = Metric::default();
    metric.set_histogram(histogram);
    family(name, help, MetricType::HISTOGRAM, vec![metric])
}

fn bucket(values: checkout::metrics::Bucket) -> Bucket {
    let mut bucket = Bucket::default();
    bucket.set_upper_bound(values.at_most);
    bucket.set_cumulative_count(values.count);
    bucket
}

/// Converts a count to the encoder's type. The result is exact up to 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "no count here reaches 2⁵³")]
pub fn float(count: u64) -> f64 {
    count as f64
}

/// Builds a family of gauges with one label.
pub fn labeled_gauge<'a>(
    name: &str,
    help: &str,
    label: &str,
    values: impl Iterator<Item = (&'a str, f64)>,
) -> MetricFamily {
    let metrics = values.map(|(label_value, value)| {
        let mut gauge = Gauge::default();
        gauge.set_value(value);
        let mut metric = labeled(label, label_value);
        metric.set_gauge(gauge);
        metric
    });
    family(name, help, MetricType::GAUGE, metrics.collect())
}

fn labeled(name: &str, value: &str) -> Metric {
    Metric::from_label(vec![pair(name, value)])
}

fn pair(name: &str, value: &str) -> LabelPair {
    let mut pair = LabelPair::default();
    pair.set_name(name.to_owned());
    pair.set_value(value.to_owned());
    pair
}

fn family(name: &str, help: &str, of: MetricType, metrics: Vec<Metric>) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    family.set_field_type(of);
    family.set_metric(metrics);
    family
}
