//! Histograms with fixed buckets.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts of values by bucket, and their sum.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [f64],
    /// One more than there are bounds: the last counts the values above all bounds.
    counts: Box<[AtomicU64]>,
    /// The bits of an `f64`.
    sum: AtomicU64,
}

/// The number of values up to a bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// The inclusive upper bound.
    pub at_most: f64,
    /// The cumulative count.
    pub count: u64,
}

impl Histogram {
    /// Returns an empty histogram with these ascending upper bounds.
    pub fn new(bounds: &'static [f64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self { bounds, counts, sum: AtomicU64::new(0_f64.to_bits()) }
    }

    /// Adds a value.
    pub fn record(&self, value: f64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let more = |sum| Some((f64::from_bits(sum) + value).to_bits());
        // Retries until no other thread interferes, so it never fails.
        let _ = self.sum.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// Returns the buckets, smallest first. The last has no bound and counts all values.
    pub fn read(&self) -> impl Iterator<Item = Bucket> {
        let bounds = self.bounds.iter().copied().chain([f64::INFINITY]);
        bounds.zip(&self.counts).scan(0, |below, (at_most, count)| {
            *below += count.load(Ordering::Relaxed);
            Some(Bucket { at_most, count: *below })
        })
    }

    /// The sum of all values.
    pub fn sum(&self) -> f64 {
        f64::from_bits(self.sum.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative_and_include_their_bound() {
        let histogram = Histogram::new(&[1.0, 2.0, 4.0]);
        for value in [0.5, 1.0, 1.5, 4.0, 9.0] {
            histogram.record(value);
        }
        let counts: Vec<_> = histogram.read().map(|bucket| (bucket.at_most, bucket.count)).collect();
        assert_eq!(counts, [(1.0, 2), (2.0, 3), (4.0, 4), (f64::INFINITY, 5)]);
        assert!((histogram.sum() - 16.0).abs() < 1e-9);
    }
}
