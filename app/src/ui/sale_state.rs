//! The state of a sale, from its window and its stock.

use super::stock::StockCounts;
use checkout::model::{SalePhase, SaleWindow, Timestamp};

/// State of a sale as shoppers see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SaleState {
    Upcoming,
    /// Units can be reserved.
    Available,
    /// All units are taken, but some are not paid for and may come back.
    AllTaken,
    /// All units are sold.
    SoldOut,
    Ended,
    /// The shop has paused the sale.
    Paused,
}

impl SaleState {
    /// Times are milliseconds since the epoch: islands get them as numbers, because parsing dates would make the
    /// WebAssembly file larger.
    pub(crate) fn new(now: i64, starts_at: Option<i64>, ends_at: Option<i64>, counts: &StockCounts) -> Self {
        let [starts_at, ends_at] = [starts_at, ends_at].map(|at| at.map(Timestamp::from_millis));
        let phase = SaleWindow { starts_at, ends_at }.at(Timestamp::from_millis(now));
        match (phase, counts.available, counts.in_carts()) {
            (SalePhase::Ended(_), ..) => Self::Ended,
            _ if counts.paused => Self::Paused,
            (SalePhase::Upcoming(_), ..) => Self::Upcoming,
            // A window alone is never paused.
            (SalePhase::Open | SalePhase::Paused, 0, 0) => Self::SoldOut,
            (SalePhase::Open | SalePhase::Paused, 0, _) => Self::AllTaken,
            (SalePhase::Open | SalePhase::Paused, ..) => Self::Available,
        }
    }

    /// Returns the names of the parts of a page that are shown in this state: the state's own, and whether many units are
    /// left while it is [`SaleState::Available`].
    pub(crate) fn parts(self, counts: &StockCounts) -> [&'static str; 2] {
        let level = match self {
            Self::Available if counts.is_low() => "few",
            Self::Available => "plenty",
            _ => "",
        };
        [self.name(), level]
    }

    /// Returns the name used in the `data-sale-state` attribute.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Upcoming => "upcoming",
            Self::Available => "available",
            Self::AllTaken => "all-taken",
            Self::SoldOut => "sold-out",
            Self::Ended => "ended",
            Self::Paused => "paused",
        }
    }
}

/// Returns whether one of `parts` is among `when`, the words of an attribute `data-when`.
pub(crate) fn is_shown(when: &str, parts: [&str; 2]) -> bool {
    when.split(' ').any(|part| parts.contains(&part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(available: u32, held: u32) -> StockCounts {
        StockCounts {
            product_id: uuid::Uuid::nil().into(),
            total: 9,
            available,
            held,
            pending: 0,
            sold: 9 - available - held,
            paused: false,
            version: 1,
        }
    }

    #[test]
    fn parts_tell_whether_few_units_are_left() {
        let parts = |available, held| {
            let counts = counts(available, held);
            SaleState::new(10, None, None, &counts).parts(&counts)
        };
        assert_eq!(parts(9, 0), ["available", "plenty"]);
        assert_eq!(parts(1, 0), ["available", "plenty"], "one of nine is more than a tenth");
        assert_eq!(parts(0, 3), ["all-taken", ""]);
        let many = StockCounts { total: 10, sold: 9, ..counts(1, 0) };
        assert_eq!(SaleState::new(10, None, None, &many).parts(&many), ["available", "few"]);
    }

    #[test]
    fn elements_are_shown_in_each_of_their_parts() {
        assert!(is_shown("available all-taken", ["all-taken", ""]));
        assert!(is_shown("few", ["available", "few"]));
        assert!(!is_shown("available", ["all-taken", ""]));
    }

    #[test]
    fn state_follows_window_and_stock() {
        let state = |now, available, held| SaleState::new(now, Some(10), Some(20), &counts(available, held));
        assert_eq!(state(9, 9, 0), SaleState::Upcoming);
        assert_eq!(state(10, 1, 8), SaleState::Available);
        assert_eq!(state(19, 0, 1), SaleState::AllTaken);
        assert_eq!(state(19, 0, 0), SaleState::SoldOut);
        assert_eq!(state(20, 5, 0), SaleState::Ended);
        let paused = |now| SaleState::new(now, Some(10), Some(20), &StockCounts { paused: true, ..counts(1, 8) });
        assert_eq!([9, 10, 20].map(paused), [SaleState::Paused, SaleState::Paused, SaleState::Ended]);
    }
}
