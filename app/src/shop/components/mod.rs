//! Components of the shoppers' pages.

pub mod buy_box;
#[cfg(feature = "ssr")]
pub(crate) mod gallery;
#[cfg(feature = "ssr")]
pub(crate) mod held;
pub mod held_pill;
mod live_order;
pub mod order_panel;
#[cfg(feature = "ssr")]
pub(crate) mod product_card;
mod quantity_field;
pub mod stock_badge;

pub use live_order::OrderStatusView;
