//! What a decision changes.

use super::KeyRecord;
use crate::model::{Hold, Moves, Order, Payment, Product, ProductId, Stock};

/// One change that a decision makes.
#[derive(Debug, Clone)]
pub enum Effect {
    /// A new product.
    Added(Box<Product>),
    /// Stock moves.
    Moved(ProductId, Movement),
    /// A hold, as it is from now on.
    Hold(Hold),
    /// An order, as it is from now on.
    Order(Order),
    /// An event, as it is from now on.
    Payment(Payment),
    /// A stored answer.
    Keyed(Box<KeyRecord>),
}

/// A movement of stock: units by cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// available → held
    Hold(u32),
    /// held → available, by the shopper
    Release(u32),
    /// held → available, by time
    Expire(u32),
    /// held → pending
    Order(u32),
    /// pending → sold
    Pay(u32),
    /// pending → available
    Cancel(u32),
    /// available → sold, for late money (P7)
    Resell(u32),
    /// The operator sets the total.
    Adjust(u32),
}

impl Movement {
    /// The counters afterwards; `None` where there are too few units.
    pub fn apply(self, stock: Stock) -> Option<Stock> {
        match self {
            Self::Hold(n) => stock.hold(n),
            Self::Release(n) | Self::Expire(n) => stock.unhold(n),
            Self::Order(n) => stock.order(n),
            Self::Pay(n) => stock.pay(n),
            Self::Cancel(n) => stock.cancel(n),
            Self::Resell(n) => stock.resell(n),
            Self::Adjust(total) => stock.adjust(total),
        }
    }

    pub(super) fn note(self, moves: &mut Moves, before: Stock) {
        match self {
            Self::Hold(n) => moves.held += n,
            Self::Release(n) => moves.released += n,
            Self::Expire(n) => moves.expired += n,
            Self::Order(n) => moves.ordered += n,
            Self::Pay(n) => moves.paid += n,
            Self::Cancel(n) => moves.cancelled += n,
            Self::Resell(n) => moves.resold += n,
            Self::Adjust(total) => moves.adjusted += i64::from(total) - i64::from(before.total),
        }
    }
}
