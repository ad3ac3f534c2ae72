//! Stripe's provider against a double that records each request, and the reading of Stripe's events.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod double;

mod checkout;
mod errors;
mod events;
mod reading;
mod refunds;
