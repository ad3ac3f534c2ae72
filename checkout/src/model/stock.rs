//! The four counters of a product, and the only ways they move. P1 holds because nothing else can change them.

use super::{ProductId, Timestamp};
use serde::{Deserialize, Serialize};

/// `total = available + held + pending + sold`, always (P1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stock {
    /// Units the sale has in all.
    pub total: u32,
    /// Units anyone may hold now.
    pub available: u32,
    /// Units in active holds: they may come back.
    pub held: u32,
    /// Units in orders that wait for their payment: they may come back.
    pub pending: u32,
    /// Units paid for.
    pub sold: u32,
}

/// Takes `n` from one counter and gives it to another, or does nothing and says `None`.
fn shift(from: &mut u32, to: &mut u32, n: u32) -> Option<()> {
    *from = from.checked_sub(n)?;
    // Cannot overflow: the counters sum to `total`, which is a u32.
    *to += n;
    Some(())
}

impl Stock {
    /// All of it for sale.
    pub fn new(total: u32) -> Self {
        Self { total, available: total, held: 0, pending: 0, sold: 0 }
    }

    /// Does P1 hold? Asked again wherever counters come in from outside.
    pub fn is_consistent(&self) -> bool {
        let parts = [self.available, self.held, self.pending, self.sold];
        parts.iter().map(|&n| u64::from(n)).sum::<u64>() == u64::from(self.total)
    }

    /// A hold takes `n`; `None` when fewer are available.
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

    /// A hold ended without an order.
    pub fn release(mut self, n: u32) -> Option<Self> {
        shift(&mut self.held, &mut self.available, n).map(|()| self)
    }

    /// A hold became an order.
    pub fn order(mut self, n: u32) -> Option<Self> {
        shift(&mut self.held, &mut self.pending, n).map(|()| self)
    }

    /// An order was paid.
    pub fn pay(mut self, n: u32) -> Option<Self> {
        shift(&mut self.pending, &mut self.sold, n).map(|()| self)
    }

    /// An order was cancelled.
    pub fn cancel(mut self, n: u32) -> Option<Self> {
        shift(&mut self.pending, &mut self.available, n).map(|()| self)
    }

    /// Money came for a cancelled order, and the stock is still there (P7).
    pub fn resell(mut self, n: u32) -> Option<Self> {
        shift(&mut self.available, &mut self.sold, n).map(|()| self)
    }

    /// The operator sets the total; `None` when more than that is held, pending or sold.
    pub fn adjust(self, total: u32) -> Option<Self> {
        let available = total.checked_sub(self.committed())?;
        Some(Self { total, available, ..self })
    }

    /// Units that are held, pending or sold: the total cannot go below this.
    pub fn committed(&self) -> u32 {
        self.total - self.available
    }
}

/// What moved in one commit, for the audit trail: units by cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StockDelta {
    /// Units newly held.
    #[serde(skip_serializing_if = "unmoved")]
    pub held: u32,
    /// Units given back by the shopper.
    #[serde(skip_serializing_if = "unmoved")]
    pub released: u32,
    /// Units of holds that ran out.
    #[serde(skip_serializing_if = "unmoved")]
    pub expired: u32,
    /// Units ordered.
    #[serde(skip_serializing_if = "unmoved")]
    pub ordered: u32,
    /// Units paid.
    #[serde(skip_serializing_if = "unmoved")]
    pub paid: u32,
    /// Units of cancelled orders.
    #[serde(skip_serializing_if = "unmoved")]
    pub cancelled: u32,
    /// Units sold to late money.
    #[serde(skip_serializing_if = "unmoved")]
    pub resold: u32,
    /// Change of the total by the operator.
    #[serde(skip_serializing_if = "unmoved")]
    pub adjusted: i64,
}

/// What did not move is left out of the trail.
fn unmoved<T: Default + PartialEq>(units: &T) -> bool {
    *units == T::default()
}

/// What a watcher of a product is told: the counters as one commit left them (P10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockSnapshot {
    /// Whose stock this is.
    pub product_id: ProductId,
    /// The counters.
    #[serde(flatten)]
    pub stock: Stock,
    /// Grows by one with each commit that touched the product; a lower one is older.
    pub version: u64,
    /// When that commit was decided, by the server's clock.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_movement_keeps_the_sum_or_is_refused() {
        let stock = Stock { total: 10, available: 4, held: 3, pending: 2, sold: 1 };
        for n in 0..6 {
            let moves = [
                stock.hold(n),
                stock.release(n),
                stock.order(n),
                stock.pay(n),
                stock.cancel(n),
                stock.resell(n),
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
