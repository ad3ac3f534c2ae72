//! Statistics of sales, for the people who run them: the stock over time, how fast it sells, and what it has brought in.
//!
//! A sale may have hundreds of thousands of commits. `History` never reads them all: it looks up evenly spaced versions by
//! their keys, and searches for a moment between two of them.

mod history;
mod rates;
mod sell_out;

pub use rates::{Rates, SaleRate};
pub(crate) use sell_out::SellOutTimes;

use crate::{
    error::StoreError,
    model::{Currency, Money, Product, ProductId, SalePhase, Stock, Timestamp},
    store::Statistics,
};
use history::History;
use rates::{rate, rates};
use std::{collections::BTreeMap, time::Duration};

/// The length of a step of a running sale's rates, in milliseconds. All steps together are the last five minutes.
const RECENT_STEP_MS: u32 = 5_000;
/// Least number of steps of a running sale's rates: the last minute.
const RECENT_COUNT_MIN: u32 = 12;
/// Number of rows of the stock history that the rates of a running sale are made from. With fewer commits than this, each
/// unit counts at the moment of its commit.
const RECENT_POINTS: u32 = 240;
/// Maximum number of rates over time.
const RATE_COUNT: u32 = 60;
/// The time over which the present rate is measured.
const PRESENT: Duration = Duration::from_mins(1);
/// The precision of the clock.
const INSTANT: Duration = Duration::from_millis(1);

/// A product's stock as one commit left it, with the units that were ever held, ordered and paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockPoint {
    /// The product.
    pub product_id: ProductId,
    /// The product's version.
    pub version: u64,
    /// When the commit was decided.
    pub at: Timestamp,
    /// The counters.
    pub stock: Stock,
    /// The sums of all commits up to this one.
    pub sums: SaleSums,
}

/// Units since the product was added. A unit counts again when it comes back and is sold again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SaleSums {
    /// Units of all holds.
    pub held: u64,
    /// Units of all orders.
    pub ordered: u64,
    /// Units of all paid orders, including those that were paid late.
    pub paid: u64,
}

/// The money of a product's paid orders. Payments that the shop could not keep (P7) are not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revenue {
    /// The product.
    pub product_id: ProductId,
    /// The amounts of the orders.
    pub paid: Money,
    /// The part that refunds have returned.
    pub returned: Money,
}

impl Revenue {
    /// The money that the shop keeps.
    pub fn net(&self) -> Money {
        Money { minor: self.paid.minor.saturating_sub(self.returned.minor), ..self.paid }
    }
}

/// Adds up the money that the shop keeps, by currency.
pub fn net_by_currency(revenues: &[Revenue]) -> Vec<Money> {
    let mut sums = BTreeMap::<String, (Currency, i64)>::new();
    for net in revenues.iter().map(Revenue::net) {
        let (_, sum) = sums.entry(net.currency.to_string()).or_insert((net.currency, 0));
        *sum = sum.saturating_add(net.minor);
    }
    sums.into_values().map(|(currency, minor)| Money { minor, currency }).collect()
}

/// The statistics of one sale.
#[derive(Debug, Clone, PartialEq)]
pub struct SaleStatistics {
    /// The beginning of the charts: the opening, or the first hold of a sale without one.
    pub from: Timestamp,
    /// The end of the charts: now, or the end of a sale that is over.
    pub until: Timestamp,
    /// The stock over time, oldest first. The first point may lie before `from`, and the last after `until`.
    pub points: Vec<StockPoint>,
    /// The sums of the whole sale.
    pub sums: SaleSums,
    /// How fast it sells: over the last minutes, or over the whole time of a sale that is over.
    pub rates: Rates,
    /// The mean rate of the last minute.
    pub present: SaleRate,
    /// When the first hold was placed.
    pub first_hold_at: Option<Timestamp>,
    /// When the last unit was paid, if all are sold.
    pub sold_out_at: Option<Timestamp>,
    /// Whether nothing is for sale any more, and nothing comes back: sold out, or ended.
    pub is_over: bool,
}

impl SaleStatistics {
    /// Returns the time until all units are paid if they go on selling at the present rate. `None` if none has sold in the
    /// last minute, or nothing is left.
    pub fn time_left(&self, stock: Stock) -> Option<Duration> {
        let left = f64::from(stock.total - stock.sold);
        let seconds = left / self.present.paid;
        (left > 0.0 && self.present.paid > 0.0).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
    }

    /// Returns the time from the beginning to the last unit.
    pub fn time_to_sell_out(&self) -> Option<Duration> {
        self.sold_out_at.map(|at| self.from.until(at))
    }
}

/// Reads the statistics of a product's sale, with about `count` points of its stock.
pub(crate) async fn of_sale(
    store: &dyn Statistics,
    product: &Product,
    now: Timestamp,
    count: u32,
) -> Result<SaleStatistics, StoreError> {
    let history = History::read(store, product, count).await?;
    let newest = history.points.last().copied();
    let sums = newest.map(|point| point.sums).unwrap_or_default();
    let first_hold_at = history.first(|point| point.sums.held > 0).await?.map(|point| point.at);
    let last_hold_at = history.first(|point| point.sums.held >= sums.held).await?.map(|point| point.at);
    let last_hold_at = last_hold_at.filter(|_| sums.held > 0);
    let is_sold_out = product.is_sold_out();
    let last_paid_at = history.first(|point| point.sums.paid >= sums.paid).await?.map(|point| point.at);
    let sold_out_at = last_paid_at.filter(|_| is_sold_out);
    let is_over = is_sold_out || matches!(product.phase(now), SalePhase::Ended(_));
    let opened_at = product.window.starts_at.filter(|start| first_hold_at.is_none_or(|first| *start <= first));
    let added_at = history.points.first().map(|point| point.at);
    let from = opened_at.or(first_hold_at).or(added_at).unwrap_or(now).min(now);
    let until = if is_over { end_of(product, sold_out_at, last_hold_at).clamp(from, now) } else { now };
    let (rates, present) = if is_over {
        (rates(&history.points, from, until + INSTANT, RATE_COUNT), SaleRate::default())
    } else {
        recent(&history, from, now).await?
    };
    let points = history.points;
    Ok(SaleStatistics { from, until, points, sums, rates, present, first_hold_at, sold_out_at, is_over })
}

/// Returns the time at which a sale that is over had nothing more to decide.
fn end_of(product: &Product, sold_out_at: Option<Timestamp>, last_hold_at: Option<Timestamp>) -> Timestamp {
    if let Some(at) = sold_out_at {
        return at;
    }
    // The last hold may be extended, ordered and paid.
    let settling = product.hold_for + product.extend_by.unwrap_or_default() + product.pay_within;
    let settled = last_hold_at.map(|at| at + settling);
    settled.max(product.window.ends_at).unwrap_or(product.updated_at)
}

/// Returns the rates of the last minutes, and of the last one. A sale that has just begun has fewer rates.
async fn recent(history: &History<'_>, begun: Timestamp, now: Timestamp) -> Result<(Rates, SaleRate), StoreError> {
    // Whole steps, so that a chart that moves shows the same steps again.
    let step = i64::from(RECENT_STEP_MS);
    let end = now.as_millis() / step;
    let count = (end - begun.as_millis() / step).clamp(RECENT_COUNT_MIN.into(), RATE_COUNT.into());
    let [from, until] = [end - count, end].map(|steps| Timestamp::from_millis(steps * step));
    let points = history.since(from.min(now - PRESENT), RECENT_POINTS).await?;
    let count = u32::try_from(count).unwrap_or(RATE_COUNT);
    Ok((rates(&points, from, until, count), rate(&points, now + INSTANT - PRESENT, now + INSTANT)))
}
