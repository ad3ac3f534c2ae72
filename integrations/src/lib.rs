//! The consequences of a sale outside the database (docs/decisions/payments-and-messages.md): the outbox's workers, payment
//! providers, mail and webhooks.

pub mod mail;
pub mod outbox;
pub mod payments;
pub mod provider;
pub mod strict_object;
pub mod webhooks;

/// The Rust code of the integrator's documentation, which the documentation tests run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/INTEGRATING.md")]
pub struct Integrating;
