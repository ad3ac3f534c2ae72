//! The consequences of a sale outside the database (docs/decisions/payments-and-messages.md): the outbox's workers, payment
//! providers, mail and webhooks.

pub mod outbox;
pub mod payments;
pub mod provider;
pub mod strict_object;
