//! Components of the shoppers' pages.

#[cfg(feature = "ssr")]
pub(crate) mod buy_box;
#[cfg(feature = "ssr")]
pub(crate) mod gallery;
#[cfg(feature = "ssr")]
pub(crate) mod held;
pub mod held_pill;
mod live_order;
pub mod live_sale;
pub mod order_panel;
#[cfg(feature = "ssr")]
pub(crate) mod product_card;
#[cfg(feature = "ssr")]
pub(crate) mod purchase;
pub mod quantity_field;
#[cfg(feature = "ssr")]
pub(crate) mod reserve_form;
pub mod stock_badge;
#[cfg(feature = "ssr")]
pub(crate) mod story;
#[cfg(any(feature = "hydrate", test))]
mod ticker;

pub use live_order::{ORDER_STATUSES, OrderStatusView};
