//! Components of the shoppers' pages.

pub mod buy_box;
#[cfg(feature = "ssr")]
pub(crate) mod gallery;
mod live_order;
pub mod order_panel;
mod quantity_field;
pub mod stock_badge;
#[cfg(feature = "ssr")]
pub(crate) mod story;

pub use live_order::OrderStatusView;
