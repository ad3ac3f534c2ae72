//! The stock history of one product, read by samples.

use super::StockPoint;
use crate::{
    error::StoreError,
    model::{Product, ProductId, Timestamp},
    store::Statistics,
};

/// Number of versions that one step of a search looks up. A search among a million commits takes four steps.
const SEARCH_WIDTH: u32 = 64;

/// Evenly spaced commits of one product.
pub(super) struct History<'a> {
    store: &'a dyn Statistics,
    product: ProductId,
    /// The commits, oldest first. The first and the last are always among them.
    pub(super) points: Vec<StockPoint>,
}

impl<'a> History<'a> {
    /// Reads `count` commits of a product.
    pub(super) async fn read(store: &'a dyn Statistics, product: &Product, count: u32) -> Result<Self, StoreError> {
        let mut history = Self { store, product: product.id, points: Vec::new() };
        if let Some(oldest) = store.oldest_version(product.id).await? {
            history.points = history.sample(oldest, product.version, count).await?;
        }
        Ok(history)
    }

    /// Finds the first commit with a property that all later ones have too.
    pub(super) async fn first(&self, is_past: impl Fn(&StockPoint) -> bool) -> Result<Option<StockPoint>, StoreError> {
        let place = self.points.partition_point(|point| !is_past(point));
        let Some(mut found) = self.points.get(place).copied() else { return Ok(None) };
        let mut before = place.checked_sub(1).and_then(|place| self.points.get(place)).map(|point| point.version);
        while let Some(version) = before.filter(|before| before + 1 < found.version) {
            let between = self.sample(version + 1, found.version - 1, SEARCH_WIDTH).await?;
            let place = between.partition_point(|point| !is_past(point));
            // Without rows in between, the search ends.
            before = place.checked_sub(1).and_then(|place| between.get(place)).map(|point| point.version);
            if let Some(point) = between.get(place) {
                found = *point;
                before = before.or(Some(version));
            }
        }
        Ok(Some(found))
    }

    /// Reads `count` commits: the last one before a moment, and evenly spaced later ones.
    pub(super) async fn since(&self, moment: Timestamp, count: u32) -> Result<Vec<StockPoint>, StoreError> {
        let Some(newest) = self.points.last() else { return Ok(Vec::new()) };
        let first = self.first(|point| point.at >= moment).await?;
        let first = first.map_or(newest.version, |first| first.version.saturating_sub(1));
        self.sample(first, newest.version, count).await
    }

    async fn sample(&self, first: u64, last: u64, count: u32) -> Result<Vec<StockPoint>, StoreError> {
        let versions: Vec<_> = spread(first, last, count).map(|version| (self.product, version)).collect();
        self.store.stock_history(&versions).await
    }
}

/// Returns `count` evenly spaced numbers from `first` to `last`, with both, or all numbers if there are fewer.
fn spread(first: u64, last: u64, count: u32) -> impl Iterator<Item = u64> {
    let gap = last.saturating_sub(first);
    let steps = u64::from(count.max(2) - 1).min(gap);
    (0..=steps).map(move |step| match steps {
        0 => first,
        _ => first + u64::try_from(u128::from(gap) * u128::from(step) / u128::from(steps)).unwrap_or(gap),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_spread_evenly_between_the_first_and_the_last() {
        let all = |first, last, count| spread(first, last, count).collect::<Vec<_>>();
        assert_eq!(all(1, 1, 5), [1]);
        assert_eq!(all(1, 3, 5), [1, 2, 3]);
        assert_eq!(all(1, 9, 5), [1, 3, 5, 7, 9]);
        assert_eq!(all(7, 10, 2), [7, 10]);
        assert_eq!(all(7, 10, 0), [7, 10]);
        assert_eq!(all(1, u64::MAX, 3), [1, u64::MAX / 2 + 1, u64::MAX]);
        let many = all(5, 1_000_000, 200);
        assert_eq!((many.len(), many[0], many[199]), (200, 5, 1_000_000));
        assert!(many.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
