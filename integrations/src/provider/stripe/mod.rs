//! Stripe: hosted Checkout pages, refunds and the list of events.
//!
//! The requests are those of async-stripe, which pins the version of Stripe's API (`stripe_shared::version::VERSION`). They
//! travel over a client of our own: see [`client`].

pub mod event;
mod money;
mod object;
