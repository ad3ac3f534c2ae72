//! How fast a product sold out, for its card among the past drops.

use super::{StockPoint, history::History};
use crate::{
    error::StoreError,
    model::{Product, ProductId},
    store::Statistics,
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// Number of commits that the search for the first hold and the last payment begins with. It is the width of its steps, too.
const SAMPLES: u32 = 64;

/// Maximum number of products whose time is kept in memory.
const MAX_KEPT: usize = 1_000;

/// The times of products that are sold out. Each is read once for each version of its product, and hardly anything changes a
/// product that is sold out.
#[derive(Default)]
pub(crate) struct SellOutTimes(Mutex<HashMap<ProductId, (u64, Option<Duration>)>>);

impl SellOutTimes {
    /// Returns the time from the opening of a sale, or from its first hold, to the payment of its last unit. `None` if units
    /// are left, or if the stock history no longer goes back that far.
    pub(crate) async fn of(&self, store: &dyn Statistics, product: &Product) -> Result<Option<Duration>, StoreError> {
        if !product.is_sold_out() {
            return Ok(None);
        }
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&product.id).copied();
        if let Some((_, time)) = kept.filter(|(version, _)| *version == product.version) {
            return Ok(time);
        }
        let time = read(store, product).await?;
        let mut times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if times.len() >= MAX_KEPT {
            times.clear();
        }
        times.insert(product.id, (product.version, time));
        Ok(time)
    }
}

async fn read(store: &dyn Statistics, product: &Product) -> Result<Option<Duration>, StoreError> {
    let history = History::read(store, product, SAMPLES).await?;
    let (Some(oldest), Some(newest)) = (history.points.first().copied(), history.points.last().copied()) else {
        return Ok(None);
    };
    // A search that ends at the oldest row has not found the moment: the purge has deleted the rows around it.
    let is_known = |point: &StockPoint| point.version > oldest.version;
    let first_hold = history.first(|point| point.sums.held > 0).await?.filter(is_known);
    let last_payment = history.first(|point| point.sums.paid >= newest.sums.paid).await?.filter(is_known);
    let Some(until) = last_payment.map(|point| point.at) else { return Ok(None) };
    let opened_at = product.window.starts_at.filter(|start| first_hold.is_none_or(|first| *start <= first.at));
    let from = opened_at.or(first_hold.map(|point| point.at)).filter(|from| *from <= until);
    Ok(from.map(|from| from.until(until)))
}
