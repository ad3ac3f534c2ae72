//! The checkout engine. `model` is the language; `decide` the rules, pure; `state` what the writer knows; `writer` the
//! one way in; `store` the databases; `feed` the way out to everybody who watches; `service` the handle that the
//! storefront and the API share. It knows neither HTTP nor Leptos.

pub mod model;

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
pub mod metrics;
#[cfg(all(test, feature = "testing"))]
mod properties;
#[cfg(feature = "engine")]
mod purge;
#[cfg(feature = "engine")]
mod service;
#[cfg(all(test, feature = "testing"))]
mod simulation;
#[cfg(feature = "engine")]
mod state;
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
    command::{Idempotency, IdempotencyKey, Idempotent, PaymentReply, PaymentVerdict},
    error::{Error, StoreError},
    feed::{OrderWatch, StockUpdate, StockWatch},
    service::{Checkout, Limits, PaymentEvent},
    supervisor::{Supervisor, TaskStatus},
};

#[cfg(feature = "testing")]
pub use clock::ManualClock;
