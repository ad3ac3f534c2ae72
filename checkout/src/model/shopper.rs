//! Owners of holds and orders, and the shoppers that limits apply to.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// The owner of a hold or an order: an API client, or a browser session of the storefront. Other owners get 404.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Owner(pub Uuid);

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The owner's name for a customer: 1 to 200 characters without control characters. The per-shopper limit applies to it. On
/// the storefront each session is a shopper.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shopper(Box<str>);

/// The name is empty, too long, or contains control characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a shopper is 1 to 200 characters of plain text")]
pub struct ShopperError;

impl Shopper {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Owner> for Shopper {
    /// On the storefront each session is a shopper.
    fn from(owner: Owner) -> Self {
        Self(owner.to_string().into())
    }
}

impl TryFrom<String> for Shopper {
    type Error = ShopperError;

    fn try_from(name: String) -> Result<Self, ShopperError> {
        let length = name.chars().take(201).count();
        if (1..=200).contains(&length) && !name.chars().any(char::is_control) {
            Ok(Self(name.into()))
        } else {
            Err(ShopperError)
        }
    }
}

impl From<Shopper> for String {
    fn from(s: Shopper) -> Self {
        s.0.into()
    }
}
