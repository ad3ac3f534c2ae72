//! A hold: some units set aside for one shopper while they decide. `active → ordered | expired | released`.

use super::{HoldId, OrderId, Owner, ProductId, Quantity, Refusal, Shopper, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where a hold stands. Only an active one can go anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum HoldState {
    /// Waiting for its order, until `expires_at`.
    Active,
    /// Became this order.
    Ordered {
        /// The order it became.
        order_id: OrderId,
    },
    /// Ran out; its units are for sale again.
    Expired,
    /// Given back; its units are for sale again.
    Released,
}

impl HoldState {
    /// The word for it on the wire and in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Ordered { .. } => "ordered",
            Self::Expired => "expired",
            Self::Released => "released",
        }
    }
}

/// Some units of a product, set aside for one shopper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its id, which is also what a payment may refer to before the order exists.
    pub id: HoldId,
    /// What is held.
    pub product_id: ProductId,
    /// Who may use it.
    pub owner: Owner,
    /// Whom the per-shopper limit counts it for.
    pub shopper: Option<Shopper>,
    /// How many units.
    pub qty: Quantity,
    /// When it was placed.
    pub created_at: Timestamp,
    /// The first instant at which it no longer becomes an order (P3).
    pub expires_at: Timestamp,
    /// The one extension has been used.
    pub extended: bool,
    /// Where it stands.
    #[serde(flatten)]
    pub state: HoldState,
}

impl Hold {
    /// Active and not yet past its time: only such a hold becomes an order, whether or not the sweep has run (P3).
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.state == HoldState::Active && now < self.expires_at
    }

    /// Active but past its time: the sweep, or the next shopper who needs the units, will take it.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.state == HoldState::Active && now >= self.expires_at
    }

    /// The hold as `now` shows it to people: one that is due has expired, even where the sweep has yet to say so.
    #[must_use]
    pub fn as_of(self, now: Timestamp) -> Self {
        if self.is_due(now) { Self { state: HoldState::Expired, ..self } } else { self }
    }

    /// Becomes `order_id`.
    pub fn order(self, order_id: OrderId, now: Timestamp) -> Result<Self, Refusal> {
        match self.state {
            HoldState::Active if now < self.expires_at => Ok(Self { state: HoldState::Ordered { order_id }, ..self }),
            HoldState::Active | HoldState::Expired => Err(Refusal::HoldExpired { expired_at: self.expires_at }),
            HoldState::Ordered { order_id } => Err(Refusal::HoldUsed { order_id }),
            HoldState::Released => Err(Refusal::HoldReleased),
        }
    }

    /// Is given back. A hold that has already ended stays as it is: giving back twice is no error, and counts once (P4).
    pub fn release(self) -> Result<Self, Refusal> {
        match self.state {
            HoldState::Active => Ok(Self { state: HoldState::Released, ..self }),
            HoldState::Ordered { order_id } => Err(Refusal::HoldUsed { order_id }),
            HoldState::Expired | HoldState::Released => Ok(self),
        }
    }

    /// Runs out.
    #[must_use]
    pub fn expire(self) -> Self {
        debug_assert_eq!(self.state, HoldState::Active, "only an active hold runs out");
        Self { state: HoldState::Expired, ..self }
    }

    /// Lasts `by` longer, once.
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
