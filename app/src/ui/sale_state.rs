//! Whether a sale is on, and what there is to have: what the product's page and its card go by.

use super::stock::Counts;

/// Where a sale is, by the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Coming,
    Open,
    Ended,
}

impl Phase {
    pub(super) fn at(now: i64, starts_at: Option<i64>, ends_at: Option<i64>) -> Self {
        match (starts_at, ends_at) {
            (Some(start), _) if now < start => Self::Coming,
            (_, Some(end)) if now >= end => Self::Ended,
            _ => Self::Open,
        }
    }
}

/// How things stand for a shopper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Coming,
    /// Something can be reserved.
    Open,
    /// Everything is taken, and some of it may come back.
    Waiting,
    /// Everything is sold.
    Gone,
    Ended,
}

impl Standing {
    pub(super) fn of(phase: Phase, counts: &Counts) -> Self {
        match (phase, counts.available, counts.may_return()) {
            (Phase::Coming, ..) => Self::Coming,
            (Phase::Ended, ..) => Self::Ended,
            (Phase::Open, 0, 0) => Self::Gone,
            (Phase::Open, 0, _) => Self::Waiting,
            (Phase::Open, ..) => Self::Open,
        }
    }

    /// The style sheet's word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Coming => "coming",
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Gone => "gone",
            Self::Ended => "ended",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sale_opens_and_closes_by_the_first_instant() {
        assert_eq!(Phase::at(9, Some(10), Some(20)), Phase::Coming);
        assert_eq!(Phase::at(10, Some(10), Some(20)), Phase::Open);
        assert_eq!(Phase::at(19, Some(10), Some(20)), Phase::Open);
        assert_eq!(Phase::at(20, Some(10), Some(20)), Phase::Ended);
        assert_eq!(Phase::at(0, None, None), Phase::Open);
    }
}
