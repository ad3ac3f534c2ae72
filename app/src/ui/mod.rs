//! The pieces that pages are made of. Islands wake up in the browser and stay live; all else is drawn by the server only.

pub mod buy;
mod connection;
mod countdown;
pub mod hold;
pub mod order;
mod quantity;
mod standing;
pub mod steps;
pub mod stock;
pub mod teaser;
pub mod when;

#[cfg(feature = "ssr")]
pub mod card;
#[cfg(feature = "ssr")]
pub mod notice;
#[cfg(feature = "ssr")]
pub mod picture;
#[cfg(feature = "ssr")]
pub mod refunds;
