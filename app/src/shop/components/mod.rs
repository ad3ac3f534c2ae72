//! Components of the shoppers' pages.

#[cfg(feature = "ssr")]
pub(crate) mod buy_box;
#[cfg(feature = "ssr")]
pub(crate) mod gallery;
mod live_order;
pub mod live_sale;
pub mod order_panel;
pub mod quantity_field;
#[cfg(feature = "ssr")]
pub(crate) mod reserve_form;
pub mod stock_badge;
#[cfg(any(feature = "hydrate", test))]
mod ticker;

pub use live_order::OrderStatusView;
