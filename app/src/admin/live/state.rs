//! The state of a sale, on which the composition of its page depends.

use crate::admin::layout::{Tone, badge};
use checkout::model::{Product, ProductStatus, SalePhase, Timestamp};
use leptos::prelude::*;

/// The state of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaleState {
    /// It opens at this time.
    Upcoming(Timestamp),
    /// Units are for sale.
    Open,
    /// No unit is for sale, but some may come back.
    AllTaken,
    /// The shop has paused it.
    Paused,
    /// Every unit is paid.
    SoldOut,
    /// It ended at this time with unsold units.
    Ended(Timestamp),
    /// The product is archived.
    Archived,
}

impl SaleState {
    /// Returns the state of a product's sale.
    pub fn of(product: &Product, now: Timestamp) -> Self {
        let stock = product.stock;
        if product.status == ProductStatus::Archived {
            return Self::Archived;
        }
        if stock.total > 0 && stock.sold == stock.total {
            return Self::SoldOut;
        }
        match product.phase(now) {
            SalePhase::Upcoming(at) => Self::Upcoming(at),
            SalePhase::Ended(at) => Self::Ended(at),
            SalePhase::Paused => Self::Paused,
            SalePhase::Open if stock.available == 0 => Self::AllTaken,
            SalePhase::Open => Self::Open,
        }
    }

    /// Whether the sale is under way.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Open | Self::AllTaken | Self::Paused)
    }

    /// Whether nothing is for sale any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::SoldOut | Self::Ended(_) | Self::Archived)
    }

    /// The state in a word or two.
    pub(super) fn badge(self) -> AnyView {
        let (text, tone) = match self {
            Self::Upcoming(_) => ("Not open yet", Tone::Neutral),
            Self::Open => ("On sale", Tone::Good),
            Self::AllTaken => ("All taken", Tone::Warning),
            Self::Paused => ("Paused", Tone::Warning),
            Self::SoldOut => ("Sold out", Tone::Good),
            Self::Ended(_) => ("Ended", Tone::Neutral),
            Self::Archived => ("Archived", Tone::Neutral),
        };
        badge(text, tone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::{Money, ProductDraft, SaleWindow, Stock};

    #[test]
    fn each_state_follows_from_status_window_and_stock() {
        let at = Timestamp::from_millis;
        let price = Money { minor: 1, currency: "USD".parse().unwrap() };
        let product = ProductDraft::new("phone".parse().unwrap(), "Phone", price, 4);
        let product = product.check(uuid::Uuid::nil().into(), at(0)).unwrap();
        let window = SaleWindow { starts_at: Some(at(10)), ends_at: Some(at(20)) };
        let sale = |stock, now| SaleState::of(&Product { stock, window, ..product.clone() }, at(now));
        let (full, sold) = (Stock::new(4), Stock { available: 0, sold: 4, ..Stock::new(4) });
        let held = Stock { available: 0, held: 1, sold: 3, ..Stock::new(4) };
        assert_eq!(sale(full, 9), SaleState::Upcoming(at(10)));
        assert_eq!(sale(full, 10), SaleState::Open);
        assert_eq!(sale(held, 10), SaleState::AllTaken);
        assert_eq!(sale(sold, 10), SaleState::SoldOut);
        assert_eq!(sale(sold, 20), SaleState::SoldOut);
        assert_eq!(sale(held, 20), SaleState::Ended(at(20)));
        assert_eq!(sale(Stock::new(0), 10), SaleState::AllTaken);
        let with = |status| SaleState::of(&Product { status, ..product.clone() }, at(0));
        assert_eq!(with(ProductStatus::Paused), SaleState::Paused);
        assert_eq!(with(ProductStatus::Archived), SaleState::Archived);
    }
}
