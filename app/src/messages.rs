//! All messages for shoppers: each says what happened and what to do next.

#[cfg(feature = "ssr")]
mod errors;
#[cfg(feature = "ssr")]
mod format;
#[cfg(feature = "ssr")]
pub mod home;
#[cfg(feature = "ssr")]
pub mod keepsake;
#[cfg(feature = "ssr")]
pub(crate) mod legal;
#[cfg(feature = "ssr")]
pub mod live;
#[cfg(feature = "ssr")]
mod refunds;
#[cfg(feature = "ssr")]
pub mod sharing;
#[cfg(feature = "ssr")]
pub mod story;

#[cfg(feature = "ssr")]
pub use errors::*;
#[cfg(feature = "ssr")]
pub use format::*;
#[cfg(feature = "ssr")]
pub use refunds::*;

use serde::{Deserialize, Serialize};

/// A message for the shopper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// A headline of a few words.
    pub title: String,
    /// Explanation and next step.
    pub text: String,
}

impl Notice {
    /// Creates a notice from its title and text.
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into() }
    }
}

/// Calls a function that writes texts in German.
#[cfg(all(test, feature = "ssr"))]
pub(crate) fn in_german<T>(write: impl FnOnce() -> T) -> T {
    crate::i18n::german().scope(write)
}
