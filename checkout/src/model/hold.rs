//! A hold reserves units for one shopper for a limited time. `active → ordered | expired | released`.

use super::{HoldId, Money, OrderId, Owner, ProductId, Quantity, Refusal, Shopper, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The state of a hold. Only an active hold changes its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum HoldState {
    /// Reserves its units until `expires_at`.
    Active,
    /// Was turned into an order.
    Ordered {
        /// The order.
        order_id: OrderId,
    },
    /// Expired. Its units are for sale again.
    Expired,
    /// Was released before it expired. Its units are for sale again.
    Released,
}

impl HoldState {
    /// The state's name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Ordered { .. } => "ordered",
            Self::Expired => "expired",
            Self::Released => "released",
        }
    }
}

/// Units of a product that are reserved for one shopper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The hold's id. A payment may refer to it before the order exists.
    pub id: HoldId,
    /// The product.
    pub product_id: ProductId,
    /// The owner, who alone may see and use the hold.
    pub owner: Owner,
    /// The shopper that the per-shopper limit counts the hold for.
    pub shopper: Option<Shopper>,
    /// The number of units.
    pub qty: Quantity,
    /// The price of one unit when the hold was placed, in minor units of the product's currency. A later change of the price
    /// does not affect the hold. `None` for a hold that a server placed which did not store it: then the product's price
    /// counts.
    #[serde(default)]
    pub unit_price: Option<i64>,
    /// When the hold was placed.
    pub created_at: Timestamp,
    /// The first instant at which the hold can no longer become an order (P3).
    pub expires_at: Timestamp,
    /// The hold has been extended. It can be extended once.
    pub extended: bool,
    /// The state.
    #[serde(flatten)]
    pub state: HoldState,
}

impl Hold {
    /// Returns whether the hold is active and has not reached its expiry. Only such a hold becomes an order, whether or not
    /// the sweep has run (P3).
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.state == HoldState::Active && now < self.expires_at
    }

    /// Returns whether the hold is overdue: still active, but past its expiry. The sweep, or the next command that needs its
    /// units, expires it.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state == HoldState::Active && now >= self.expires_at
    }

    /// Returns the hold as people see it at `now`: an overdue hold as expired, even before the sweep has run.
    #[must_use]
    pub fn as_of(self, now: Timestamp) -> Self {
        if self.is_due(now) { Self { state: HoldState::Expired, ..self } } else { self }
    }

    /// Returns the price of the hold's units, as fixed when the hold was placed. `product_price` is the product's price now,
    /// which counts only for a hold without a stored price.
    pub fn amount(&self, product_price: Money) -> Option<Money> {
        let minor = self.unit_price.unwrap_or(product_price.minor);
        Money { minor, ..product_price }.times(self.qty.get())
    }

    /// Turns the hold into the order `order_id`.
    pub fn order(self, order_id: OrderId, now: Timestamp) -> Result<Self, Refusal> {
        match self.state {
            HoldState::Active if now < self.expires_at => Ok(Self { state: HoldState::Ordered { order_id }, ..self }),
            HoldState::Active | HoldState::Expired => Err(Refusal::HoldExpired { expired_at: self.expires_at }),
            HoldState::Ordered { order_id } => Err(Refusal::HoldUsed { order_id }),
            HoldState::Released => Err(Refusal::HoldReleased),
        }
    }

    /// Releases the hold. A hold that has expired or been released stays as it is: its units return once (P4).
    pub fn release(self) -> Result<Self, Refusal> {
        match self.state {
            HoldState::Active => Ok(Self { state: HoldState::Released, ..self }),
            HoldState::Ordered { order_id } => Err(Refusal::HoldUsed { order_id }),
            HoldState::Expired | HoldState::Released => Ok(self),
        }
    }

    /// Expires the hold.
    #[must_use]
    pub fn expire(self) -> Self {
        debug_assert_eq!(self.state, HoldState::Active, "only an active hold expires");
        Self { state: HoldState::Expired, ..self }
    }

    /// Extends the hold by `by`, once. `None` means that the product allows no extension.
    pub fn extend(self, by: Option<Duration>, now: Timestamp) -> Result<Self, Refusal> {
        match self.state {
            HoldState::Active if now < self.expires_at => match by {
                Some(by) if !self.extended => Ok(Self { expires_at: self.expires_at + by, extended: true, ..self }),
                _ => Err(Refusal::NoExtension),
            },
            HoldState::Active | HoldState::Expired => Err(Refusal::HoldExpired { expired_at: self.expires_at }),
            HoldState::Ordered { order_id } => Err(Refusal::HoldUsed { order_id }),
            HoldState::Released => Err(Refusal::HoldReleased),
        }
    }
}
