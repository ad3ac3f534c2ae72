//! The stock counters of a product. Every change goes through the methods of [`Stock`], which keep P1.

use super::{ProductId, Timestamp};
use serde::{Deserialize, Serialize};

/// The stock counters. At each commit `total = available + held + pending + sold` (P1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stock {
    /// All units of the sale.
    pub total: u32,
    /// Units that are for sale now.
    pub available: u32,
    /// Units in active holds, which may return to stock.
    pub held: u32,
    /// Units in unpaid orders, which may return to stock.
    pub pending: u32,
    /// Units in paid orders.
    pub sold: u32,
}

/// Moves `n` units from one counter to another. Returns `None` if there are fewer.
fn shift(from: &mut u32, to: &mut u32, n: u32) -> Option<()> {
    *from = from.checked_sub(n)?;
    // Cannot overflow: the counters sum to `total`, which is a u32.
    *to += n;
    Some(())
}

impl Stock {
    /// Returns counters with all units for sale.
    pub fn new(total: u32) -> Self {
        Self { total, available: total, held: 0, pending: 0, sold: 0 }
    }

    /// Returns whether the counters add up to the total (P1).
    pub fn is_consistent(&self) -> bool {
        let parts = [self.available, self.held, self.pending, self.sold];
        parts.iter().map(|&n| u64::from(n)).sum::<u64>() == u64::from(self.total)
    }

    /// A hold reserves `n` units. Returns `None` if fewer are available.
    ///
    /// ```
    /// use checkout::model::Stock;
    ///
    /// let stock = Stock::new(10).hold(4).expect("10 units are available");
    /// assert_eq!((stock.available, stock.held), (6, 4));
    /// assert!(stock.is_consistent());
    /// assert_eq!(stock.hold(7), None);
    /// ```
    pub fn hold(mut self, n: u32) -> Option<Self> {
        shift(&mut self.available, &mut self.held, n).map(|()| self)
    }

    /// A hold ends without an order.
    pub fn release(mut self, n: u32) -> Option<Self> {
        shift(&mut self.held, &mut self.available, n).map(|()| self)
    }

    /// A hold becomes an order.
    pub fn order(mut self, n: u32) -> Option<Self> {
        shift(&mut self.held, &mut self.pending, n).map(|()| self)
    }

    /// An order is paid.
    pub fn pay(mut self, n: u32) -> Option<Self> {
        shift(&mut self.pending, &mut self.sold, n).map(|()| self)
    }

    /// An unpaid order is cancelled.
    pub fn cancel(mut self, n: u32) -> Option<Self> {
        shift(&mut self.pending, &mut self.available, n).map(|()| self)
    }

    /// A cancelled order is paid late, from available units (P7).
    pub fn resell(mut self, n: u32) -> Option<Self> {
        shift(&mut self.available, &mut self.sold, n).map(|()| self)
    }

    /// Units of a paid order are put back on sale.
    pub fn restock(mut self, n: u32) -> Option<Self> {
        shift(&mut self.sold, &mut self.available, n).map(|()| self)
    }

    /// The operator sets the total. Returns `None` if more units than that are held, pending or sold.
    pub fn adjust(self, total: u32) -> Option<Self> {
        let available = total.checked_sub(self.committed())?;
        Some(Self { total, available, ..self })
    }

    /// The number of units that are held, pending or sold. The total cannot be lower.
    pub fn committed(&self) -> u32 {
        self.total - self.available
    }
}

/// The change of stock in one commit, in units by cause. It is stored in the stock history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StockDelta {
    /// Units of new holds.
    #[serde(skip_serializing_if = "is_zero")]
    pub held: u32,
    /// Units of released holds.
    #[serde(skip_serializing_if = "is_zero")]
    pub released: u32,
    /// Units of expired holds.
    #[serde(skip_serializing_if = "is_zero")]
    pub expired: u32,
    /// Units of new orders.
    #[serde(skip_serializing_if = "is_zero")]
    pub ordered: u32,
    /// Units of paid orders.
    #[serde(skip_serializing_if = "is_zero")]
    pub paid: u32,
    /// Units of cancelled orders.
    #[serde(skip_serializing_if = "is_zero")]
    pub cancelled: u32,
    /// Units of cancelled orders that were paid late.
    #[serde(skip_serializing_if = "is_zero")]
    pub resold: u32,
    /// Units of paid orders that were put back on sale.
    #[serde(skip_serializing_if = "is_zero")]
    pub restocked: u32,
    /// The operator's change of the total.
    #[serde(skip_serializing_if = "is_zero")]
    pub adjusted: i64,
}

/// A cause without units is left out of the JSON.
fn is_zero<T: Default + PartialEq>(units: &T) -> bool {
    *units == T::default()
}

/// The stock counters as one commit left them, for watchers of a product (P10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockSnapshot {
    /// The product.
    pub product_id: ProductId,
    /// The counters.
    #[serde(flatten)]
    pub stock: Stock,
    /// The product accepts no new holds, whatever its stock and its window.
    #[serde(default)]
    pub paused: bool,
    /// The product's version. A lower version is older.
    pub version: u64,
    /// When the commit was decided, by the server's clock.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_movement_keeps_the_sum_or_returns_none() {
        let stock = Stock { total: 10, available: 4, held: 3, pending: 2, sold: 1 };
        for n in 0..6 {
            let moves = [
                stock.hold(n),
                stock.release(n),
                stock.order(n),
                stock.pay(n),
                stock.cancel(n),
                stock.resell(n),
                stock.restock(n),
                stock.adjust(n + 5),
            ];
            for after in moves.into_iter().flatten() {
                assert!(after.is_consistent(), "{after:?}");
            }
        }
        assert_eq!(stock.hold(5), None);
        assert_eq!(stock.release(4), None);
        assert_eq!(stock.pay(3), None);
        assert_eq!(stock.adjust(5), None);
        assert_eq!(stock.adjust(6).unwrap().available, 0);
    }
}
