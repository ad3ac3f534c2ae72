//! The state of a sale as operators see it.

use super::layout::{Tone, badge};
use checkout::model::{Product, ProductStatus, SalePhase, Timestamp};
use leptos::prelude::*;

/// The state of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaleState {
    /// The sale has not opened yet.
    Upcoming,
    /// Units are for sale.
    Open,
    /// No unit is for sale, but some may come back.
    AllTaken,
    /// All units are paid, whether the sale has ended or not.
    SoldOut,
    /// The shop has paused the sale.
    Paused,
    /// The sale ended with unsold units.
    Ended,
    /// The product is archived.
    Archived,
}

impl SaleState {
    /// All states.
    pub const ALL: [Self; 7] =
        [Self::Upcoming, Self::Open, Self::AllTaken, Self::SoldOut, Self::Paused, Self::Ended, Self::Archived];

    /// Returns the state of a product's sale at `now`.
    pub fn of(product: &Product, now: Timestamp) -> Self {
        let stock = product.stock;
        if product.status == ProductStatus::Archived {
            return Self::Archived;
        }
        // A product without units is not sold out: its stock may still be set.
        if stock.total > 0 && stock.sold == stock.total {
            return Self::SoldOut;
        }
        match product.phase(now) {
            SalePhase::Upcoming(_) => Self::Upcoming,
            SalePhase::Ended(_) => Self::Ended,
            SalePhase::Paused => Self::Paused,
            SalePhase::Open if stock.available == 0 => Self::AllTaken,
            SalePhase::Open => Self::Open,
        }
    }

    /// The name in addresses and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Open => "open",
            Self::AllTaken => "all-taken",
            Self::SoldOut => "sold-out",
            Self::Paused => "paused",
            Self::Ended => "ended",
            Self::Archived => "archived",
        }
    }

    /// Returns the state of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The text for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Upcoming => "Upcoming",
            Self::Open => "On sale",
            Self::AllTaken => "All taken",
            Self::SoldOut => "Sold out",
            Self::Paused => "Paused",
            Self::Ended => "Ended",
            Self::Archived => "Archived",
        }
    }

    /// Whether the sale is under way.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Open | Self::AllTaken | Self::Paused)
    }

    /// Whether nothing is for sale any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::SoldOut | Self::Ended | Self::Archived)
    }

    /// The state in a word or two.
    pub(super) fn badge(self) -> AnyView {
        let tone = match self {
            Self::Open => Tone::Good,
            Self::Upcoming | Self::AllTaken | Self::SoldOut => Tone::Neutral,
            Self::Paused => Tone::Warning,
            Self::Ended | Self::Archived => Tone::Quiet,
        };
        badge(self.label(), tone)
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
        assert_eq!(sale(full, 9), SaleState::Upcoming);
        assert_eq!(sale(full, 10), SaleState::Open);
        assert_eq!(sale(held, 10), SaleState::AllTaken);
        assert_eq!(sale(sold, 10), SaleState::SoldOut);
        assert_eq!(sale(sold, 20), SaleState::SoldOut);
        assert_eq!(sale(held, 20), SaleState::Ended);
        assert_eq!(sale(Stock::new(0), 10), SaleState::AllTaken);
        let with = |status| SaleState::of(&Product { status, ..product.clone() }, at(0));
        assert_eq!(with(ProductStatus::Paused), SaleState::Paused);
        assert_eq!(with(ProductStatus::Archived), SaleState::Archived);
    }

    #[test]
    fn a_name_leads_back_to_its_state() {
        for state in SaleState::ALL {
            assert_eq!(SaleState::from_name(state.name()), Some(state));
        }
        assert_eq!(SaleState::from_name("coming"), None);
    }
}
