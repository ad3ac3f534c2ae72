//! The console's pages. The server renders each of them from values that it passes in; none has an island, so that they add
//! nothing to the shoppers' WebAssembly, and all work without JavaScript.

pub mod account;
pub mod audit_log;
pub mod clients;
pub mod confirm;
pub mod entered;
pub mod error;
pub mod form;
pub mod health;
pub mod labels;
pub mod layout;
pub mod list;
pub mod live;
mod navigation;
pub mod operators;
pub mod order;
mod order_contact;
pub mod order_mail;
pub mod order_refund;
pub mod orders;
pub mod outbox;
pub mod payment;
pub mod payments;
pub mod pictures;
pub mod preview;
pub mod products;
pub mod refund;
pub mod refunds;
pub mod refusal;
pub mod sale_state;
pub mod setup;
pub mod sign_in;
pub mod webhook;
pub mod webhooks;
