//! Webhooks from the commit to the endpoint: an HTTP server in the test receives them, and verifies them with its own code.

#![expect(clippy::unwrap_used, reason = "an unexpected error fails the test")]

mod receiver;
mod shop;

mod addresses;
mod deliveries;
mod health;
