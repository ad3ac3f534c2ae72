//! Numbers of this server for the last minute, from counters that only grow.

use crate::telemetry::metrics::Metrics;
use app::admin::live::{CommitTime, ServerNumbers};
use checkout::{Checkout, metrics::Bucket};
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Interval at which the counters are kept.
pub(super) const SAMPLE_INTERVAL: Duration = Duration::from_secs(5);
/// Number of samples that are kept: those of the last minute.
const SAMPLES: usize = 12;

/// The counters of the last minute.
#[derive(Default)]
pub(super) struct Samples(Mutex<VecDeque<Sample>>);

/// The counters at one moment.
#[derive(Clone, Default)]
struct Sample {
    commits: Vec<Bucket>,
    errors: u64,
}

impl Sample {
    fn take(checkout: &Checkout, metrics: &Metrics) -> Self {
        Self { commits: checkout.metrics().commit_seconds.read().collect(), errors: metrics.server_errors() }
    }
}

impl Samples {
    /// Keeps the counters as they are now.
    pub(super) fn add(&self, checkout: &Checkout, metrics: &Metrics) {
        let sample = Sample::take(checkout, metrics);
        let mut samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if samples.len() == SAMPLES {
            samples.pop_front();
        }
        samples.push_back(sample);
    }

    /// Returns the numbers of the last minute, or since the start.
    pub(super) fn read(&self, checkout: &Checkout, metrics: &Metrics) -> ServerNumbers {
        let now = Sample::take(checkout, metrics);
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).front().cloned().unwrap_or_default();
        ServerNumbers {
            watchers: metrics.watchers(),
            queue_depth: checkout.queue_depth(),
            commit_p99: p99(&before.commits, &now.commits),
            errors: now.errors.saturating_sub(before.errors),
        }
    }
}

/// Returns a bound of the time in which 99 of 100 commits between two samples were done.
fn p99(before: &[Bucket], now: &[Bucket]) -> Option<CommitTime> {
    let count_before = |place: usize| before.get(place).map_or(0, |bucket| bucket.count);
    let counts: Vec<_> = now.iter().enumerate().map(|(n, b)| b.count.saturating_sub(count_before(n))).collect();
    let total = *counts.last().filter(|total| **total > 0)?;
    let most = total - total / 100;
    let place = counts.iter().position(|count| *count >= most)?;
    let bound = |place: usize| now.get(place).map(|bucket| bucket.at_most).filter(|bound| bound.is_finite());
    match bound(place) {
        Some(seconds) => Some(CommitTime::AtMost(Duration::from_secs_f64(seconds))),
        None => bound(place.checked_sub(1)?).map(|seconds| CommitTime::Over(Duration::from_secs_f64(seconds))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buckets(counts: [u64; 3]) -> Vec<Bucket> {
        let bounds = [0.001, 0.01, f64::INFINITY];
        bounds.into_iter().zip(counts).map(|(at_most, count)| Bucket { at_most, count }).collect()
    }

    #[test]
    fn the_bound_holds_for_ninety_nine_of_a_hundred_commits_since_the_sample() {
        let at_most = |ms| Some(CommitTime::AtMost(Duration::from_millis(ms)));
        assert_eq!(p99(&[], &buckets([0, 0, 0])), None);
        assert_eq!(p99(&[], &buckets([1, 1, 1])), at_most(1));
        assert_eq!(p99(&[], &buckets([98, 100, 100])), at_most(10));
        assert_eq!(p99(&[], &buckets([99, 100, 100])), at_most(1));
        assert_eq!(p99(&[], &buckets([0, 0, 1])), Some(CommitTime::Over(Duration::from_millis(10))));
        assert_eq!(p99(&buckets([98, 100, 100]), &buckets([99, 101, 101])), at_most(1));
        assert_eq!(p99(&buckets([5, 5, 5]), &buckets([5, 5, 5])), None);
    }
}
