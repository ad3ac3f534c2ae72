//! Tests of the server through its listener. Each test has its own server and store, and a clock that only moves when the
//! test advances it.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod admin;
mod checkout_form;
mod compression;
mod connections;
mod console;
mod cors;
mod error_pages;
mod events;
mod held;
mod holds;
mod home;
mod http2;
mod limits;
mod live_sale;
mod mailbox;
mod manners;
mod metrics;
mod openapi;
mod operations;
mod order_links;
mod orders;
mod pagination;
mod payment_return;
mod payments;
mod png;
mod products;
mod requests;
mod sessions;
mod shop;
mod token;
mod webhooks;
