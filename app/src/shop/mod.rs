//! The shoppers' side: pages, their components, and the server functions behind their forms.

pub mod components;

#[cfg(feature = "ssr")]
mod actions;
#[cfg(feature = "ssr")]
pub mod card;
#[cfg(feature = "ssr")]
pub mod checkout_form;
#[cfg(feature = "ssr")]
mod form_error;
#[cfg(feature = "ssr")]
pub(crate) mod held;
#[cfg(feature = "ssr")]
mod info;
#[cfg(feature = "ssr")]
pub mod order_code;
#[cfg(feature = "ssr")]
pub(crate) mod pages;
#[cfg(feature = "ssr")]
pub mod payment;
#[cfg(feature = "ssr")]
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod session;

#[cfg(feature = "ssr")]
pub use info::{DataPractice, ShopInfo};
