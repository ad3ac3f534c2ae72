//! The checkout engine of a flash-sale shop. It knows neither HTTP nor Leptos.
//!
//! [`model`] defines the values, `decide` the rules, `state` the writer's memory, `writer` the single writer, [`store`] the
//! databases, and `feed` the watchers. [`Checkout`] is the handle that the storefront and the API share.

#![deny(missing_docs)]

pub mod model;

#[cfg(feature = "engine")]
mod batch;
#[cfg(feature = "engine")]
mod clock;
#[cfg(feature = "engine")]
mod command;
#[cfg(feature = "engine")]
mod decide;
#[cfg(feature = "engine")]
mod error;
#[cfg(feature = "engine")]
mod feed;
#[cfg(feature = "engine")]
mod idempotency;
#[cfg(feature = "engine")]
mod limits;
#[cfg(feature = "engine")]
pub mod metrics;
#[cfg(all(test, feature = "testing"))]
mod properties;
#[cfg(feature = "engine")]
mod purge;
#[cfg(feature = "engine")]
mod queue;
#[cfg(feature = "engine")]
mod service;
#[cfg(all(test, feature = "testing"))]
mod simulation;
#[cfg(feature = "engine")]
mod state;
#[cfg(feature = "engine")]
pub mod statistics;
#[cfg(feature = "engine")]
pub mod store;
#[cfg(feature = "engine")]
pub mod supervisor;
#[cfg(feature = "engine")]
mod sweep;
#[cfg(feature = "engine")]
mod writer;

#[cfg(feature = "engine")]
pub use {
    clock::{Clock, IdGenerator, SystemClock},
    command::{Idempotent, IssueRefund, PaymentReply, PaymentVerdict, Restock, StockChange},
    error::{Error, StoreError},
    feed::{OrderWatch, StockUpdate, StockWatch},
    idempotency::{Idempotency, IdempotencyKey, retry_in_progress},
    limits::Limits,
    purge::PAYLOAD_RETENTION,
    service::{Checkout, OperationContext, PaymentEvent},
    supervisor::{Supervisor, TaskStatus},
};

#[cfg(feature = "testing")]
pub use clock::ManualClock;
