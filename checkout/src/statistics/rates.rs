//! How fast a sale sells.

use super::{SaleSums, StockPoint};
use crate::model::Timestamp;
use std::time::Duration;

/// Units a second.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SaleRate {
    /// Units held.
    pub held: f64,
    /// Units ordered.
    pub ordered: f64,
    /// Units paid.
    pub paid: f64,
}

/// Rates over time, in steps of equal length.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    /// The beginning of the first step.
    pub from: Timestamp,
    /// The length of a step.
    pub step: Duration,
    /// The rate of each step.
    pub rates: Vec<SaleRate>,
}

/// Units at a moment that may lie between two commits.
#[derive(Clone, Copy, Default)]
struct Units {
    held: f64,
    ordered: f64,
    paid: f64,
}

#[expect(clippy::cast_precision_loss, reason = "sums of units are far below 2^52")]
impl From<SaleSums> for Units {
    fn from(sums: SaleSums) -> Self {
        Self { held: sums.held as f64, ordered: sums.ordered as f64, paid: sums.paid as f64 }
    }
}

/// Returns the rates of `count` steps from one moment to another, which does not belong to the last step.
pub(super) fn rates(points: &[StockPoint], from: Timestamp, until: Timestamp, count: u32) -> Rates {
    // Whole milliseconds, which is the precision of the clock. The last step may end a little later.
    let span = from.until(until).as_millis().div_ceil(u128::from(count.max(1))).max(1);
    let step = Duration::from_millis(u64::try_from(span).unwrap_or(u64::MAX));
    let rates = (0..count).map(|nth| rate(points, from + step * nth, from + step * (nth + 1))).collect();
    Rates { from, step, rates }
}

/// Returns the mean rate from one moment to another, which does not belong to it.
pub(super) fn rate(points: &[StockPoint], from: Timestamp, until: Timestamp) -> SaleRate {
    let seconds = from.until(until).as_secs_f64();
    let (before, after) = (units_before(points, from), units_before(points, until));
    if seconds <= 0.0 {
        return SaleRate::default();
    }
    SaleRate {
        held: (after.held - before.held) / seconds,
        ordered: (after.ordered - before.ordered) / seconds,
        paid: (after.paid - before.paid) / seconds,
    }
}

/// Returns the sums just before a moment. Between two commits that follow one another nothing happens; if others lie between them,
/// their units are taken to be spread evenly.
fn units_before(points: &[StockPoint], at: Timestamp) -> Units {
    let next = points.partition_point(|point| point.at < at);
    let before = next.checked_sub(1).and_then(|place| points.get(place));
    let (Some(before), Some(after)) = (before, points.get(next)) else {
        // Nothing is known before the first commit, so it counts as the state before.
        return before.or(points.first()).map(|point| Units::from(point.sums)).unwrap_or_default();
    };
    let (from, to) = (Units::from(before.sums), Units::from(after.sums));
    if before.version + 1 >= after.version {
        return from;
    }
    let share = before.at.until(at).as_secs_f64() / before.at.until(after.at).as_secs_f64();
    let mix = |from: f64, to: f64| from + (to - from) * share;
    Units { held: mix(from.held, to.held), ordered: mix(from.ordered, to.ordered), paid: mix(from.paid, to.paid) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ProductId, Stock};

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(0) + Duration::from_secs(seconds)
    }

    fn point(version: u64, seconds: u64, held: u64) -> StockPoint {
        StockPoint {
            product_id: ProductId(uuid::Uuid::nil()),
            version,
            at: at(seconds),
            stock: Stock::new(0),
            sums: SaleSums { held, ordered: 0, paid: 0 },
        }
    }

    fn held(rates: &Rates) -> Vec<f64> {
        rates.rates.iter().map(|rate| rate.held).collect()
    }

    #[test]
    fn units_count_at_the_moment_of_their_commit() {
        let points = [point(1, 0, 0), point(2, 25, 10), point(3, 30, 40)];
        assert_eq!(held(&rates(&points, at(0), at(40), 4)), [0.0, 0.0, 1.0, 3.0]);
    }

    #[test]
    fn units_of_skipped_commits_are_spread_evenly() {
        let points = [point(1, 0, 0), point(100, 20, 40), point(101, 30, 40)];
        assert_eq!(held(&rates(&points, at(0), at(40), 4)), [2.0, 2.0, 0.0, 0.0]);
    }

    #[test]
    fn no_commits_no_time_and_one_commit_have_no_rate() {
        assert_eq!(held(&rates(&[], at(0), at(10), 2)), [0.0, 0.0]);
        assert_eq!(rate(&[point(1, 0, 5)], at(0), at(10)), SaleRate::default());
        assert_eq!(rate(&[point(1, 0, 0), point(2, 0, 5)], at(3), at(3)), SaleRate::default());
        assert_eq!(rates(&[point(1, 5, 5)], at(5), at(5), 3).rates.len(), 3);
    }
}
