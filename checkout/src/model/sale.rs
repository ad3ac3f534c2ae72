//! When a product is on sale.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// The time of a sale. A missing bound is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SaleWindow {
    /// The first instant of the sale.
    pub starts_at: Option<Timestamp>,
    /// The first instant after the sale.
    pub ends_at: Option<Timestamp>,
}

/// The phase of a sale at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SalePhase {
    /// The sale opens at this instant.
    Upcoming(Timestamp),
    /// The sale is open.
    Open,
    /// The sale ended at this instant.
    Ended(Timestamp),
    /// The shop has paused the sale.
    Paused,
}

/// Whether a product is on sale, apart from its [`SaleWindow`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    /// Accepts new holds.
    #[default]
    Active,
    /// Accepts no new holds. Existing holds and orders go on.
    Paused,
    /// Accepts no new holds and is not listed.
    Archived,
}

impl ProductStatus {
    /// All statuses.
    pub const ALL: [Self; 3] = [Self::Active, Self::Paused, Self::Archived];

    /// The name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Archived => "archived",
        }
    }

    /// Returns the status of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

impl SaleWindow {
    /// Returns the sale's phase at `now`.
    ///
    /// ```
    /// use checkout::model::{SalePhase, SaleWindow, Timestamp};
    ///
    /// let noon = Timestamp::parse("2026-06-01T12:00:00Z")?;
    /// let evening = Timestamp::parse("2026-06-01T18:00:00Z")?;
    /// let window = SaleWindow { starts_at: Some(noon), ends_at: Some(evening) };
    /// assert_eq!(window.at(noon), SalePhase::Open);
    /// assert_eq!(window.at(evening), SalePhase::Ended(evening));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at(&self, now: Timestamp) -> SalePhase {
        match (self.starts_at, self.ends_at) {
            (Some(start), _) if now < start => SalePhase::Upcoming(start),
            (_, Some(end)) if now >= end => SalePhase::Ended(end),
            _ => SalePhase::Open,
        }
    }
}
