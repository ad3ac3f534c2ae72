//! The server as its clients meet it: a real listener, a store of its own for each test, and a clock that stands still
//! until it is turned. One file for each part of the API.

#![expect(clippy::unwrap_used, reason = "a test may end where it stands")]

mod apologies;
mod connections;
mod edges;
mod events;
mod holds;
mod limits;
mod metrics;
mod orders;
mod pages;
mod products;
mod sessions;
mod shop;
mod token;
mod webhooks;
