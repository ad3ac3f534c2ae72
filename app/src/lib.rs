//! The storefront. The server renders every page, and each page works without JavaScript. A few islands hydrate in the
//! browser and keep the page live.
//!
//! - [`shop`]: the shoppers' pages, their components and server functions
//! - [`ui`]: components that any page can use
//! - [`messages`]: all messages for shoppers
//! - [`event_stream`], [`clock`], [`reload`]: how the browser follows the server

// A page's view is one deeply nested type.
#![recursion_limit = "256"]

pub mod clock;
pub mod event_stream;
pub mod messages;
pub mod paths;
pub mod reload;
pub mod shop;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod admin;
#[cfg(feature = "ssr")]
mod app;
#[cfg(feature = "ssr")]
mod assets;
#[cfg(any(feature = "hydrate", test))]
mod backoff;
#[cfg(feature = "ssr")]
mod form_script;
#[cfg(feature = "ssr")]
pub mod i18n;
#[cfg(feature = "ssr")]
pub mod price;
#[cfg(feature = "hydrate")]
mod visibility;

#[cfg(feature = "ssr")]
pub use app::{App, error_document, shell};
#[cfg(feature = "ssr")]
pub use shop::pages::PUBLIC_PAGE_HEADERS;
