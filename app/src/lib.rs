//! The storefront. Pages are drawn by the server and work without scripts; a few islands wake up in the browser and make
//! them live. `pages` are the addresses, `parts` the pieces (islands among them), `actions` the forms' targets, `words`
//! everything the shop says, `live`, `clock` and `reload` the browser's wires to the server.

// A page's view is one type, as deep as the page.
#![recursion_limit = "256"]

pub mod clock;
pub mod live;
pub mod parts;
pub mod paths;
pub mod reload;
pub mod words;

#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
mod files;
#[cfg(feature = "ssr")]
mod flash;
#[cfg(feature = "ssr")]
mod money;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod session;
#[cfg(feature = "ssr")]
mod shell;

#[cfg(feature = "ssr")]
pub use shell::{App, apology, shell};
