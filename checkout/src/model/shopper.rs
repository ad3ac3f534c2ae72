//! Whose a hold or an order is.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// Who may see and use a hold or an order: an API client, or a browser session of the storefront. Another owner's
/// things do not exist for you (404).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Owner(pub Uuid);

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The owner's own name for its customer, 1 to 200 characters with no control characters. The per-shopper limit
/// counts by it; on the storefront the session is the shopper.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shopper(Box<str>);

/// The name was empty, too long, or held control characters.
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
    /// The storefront's shoppers are their sessions.
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
