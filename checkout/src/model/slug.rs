//! Names of products in URLs.

use super::ProductError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A product's name in URLs: at most 64 lower-case letters, digits and single hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(Box<str>);

impl Slug {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = ProductError;

    fn from_str(s: &str) -> Result<Self, ProductError> {
        let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if s.len() <= 64 && s.split('-').all(word) { Ok(Self(s.into())) } else { Err(ProductError::Slug) }
    }
}

impl TryFrom<String> for Slug {
    type Error = ProductError;

    fn try_from(s: String) -> Result<Self, ProductError> {
        s.parse()
    }
}

impl From<Slug> for String {
    fn from(s: Slug) -> Self {
        s.0.into()
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
