//! What can go wrong that is nobody's wish. Expected "no"s are [`Refusal`]s; neither knows HTTP.

use crate::model::Refusal;
use std::time::Duration;

/// How a request to [`Checkout`](crate::Checkout) can end without its effect, or without knowing of it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Understood, and not granted.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Too much to do: nothing was done, try again after a while.
    #[error("the checkout is busy")]
    Busy {
        /// How long to wait before trying again.
        retry_after: Duration,
    },
    /// The database was lost in the commit and could not be asked what became of it. Whoever repeats the request with
    /// the same idempotency key will learn (P9).
    #[error("the outcome is not known yet")]
    OutcomeUnknown,
    /// A fault of the shop; the log has the rest.
    #[error("the checkout failed")]
    Internal,
}

impl Error {
    /// Too much to do; a second is enough for a full queue to drain.
    pub(crate) const BUSY: Self = Self::Busy { retry_after: Duration::from_secs(1) };
}

/// What a store can fail with. The `sqlx` error stays inside as a source, for the log only.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer got in between: nothing was written, and it may be tried again.
    #[error("another writer was first")]
    Contended(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database cannot be reached, or took too long: nothing was written.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The connection died while committing: the batch is written, or it is not.
    #[error("the outcome of the commit is not known")]
    Ambiguous(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The statement failed: a constraint, a type, a full disk. Nothing was written.
    #[error("the database refused a statement")]
    Rejected(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row that cannot be.
    #[error("an impossible row: {0}")]
    Corrupt(String),
    /// The settings name no database that can be opened.
    #[error("{0}")]
    Config(String),
}
