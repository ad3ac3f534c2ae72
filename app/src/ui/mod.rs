//! Shared components. Islands hydrate in the browser and stay live; the server alone renders the others.

mod connection_indicator;
#[cfg(test)]
mod contrast;
pub mod countdown;
pub mod local_time;
pub mod own_address;
pub(crate) mod sale_state;
pub mod stock;
pub(crate) mod stock_tiles;

#[cfg(feature = "ssr")]
pub mod head;
#[cfg(feature = "ssr")]
pub(crate) mod layout;
#[cfg(feature = "ssr")]
pub(crate) mod notice;
#[cfg(feature = "ssr")]
pub(crate) mod product_image;
#[cfg(feature = "ssr")]
pub(crate) mod slot;
#[cfg(feature = "ssr")]
pub(crate) mod world;

pub(crate) use connection_indicator::ConnectionIndicator;
