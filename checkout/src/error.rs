//! Infrastructure errors. An expected refusal is a [`Refusal`]; neither type knows HTTP.

use crate::model::Refusal;
use std::time::Duration;

/// Why a request to [`Checkout`](crate::Checkout) did not take effect, or why its outcome is unknown.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The request was understood and refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The engine or the database is overloaded or unavailable. Nothing was done; the request may be retried.
    #[error("the checkout is busy")]
    Busy {
        /// How long to wait before the next attempt.
        retry_after: Duration,
    },
    /// The database connection was lost during the commit, and its outcome could not be found out. A retry with the same
    /// idempotency key returns it (P9).
    #[error("the outcome is not known yet")]
    OutcomeUnknown,
    /// An internal error. Its cause is in the log only.
    #[error("the checkout failed")]
    Internal,
}

impl Error {
    /// Busy. A full queue drains within a second.
    pub(crate) const BUSY: Self = Self::Busy { retry_after: Duration::from_secs(1) };
}

/// An error of a store. The `sqlx` error is its source, for the log only.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another transaction got in the way. Nothing was written; the batch may be retried.
    #[error("another writer was first")]
    Contended(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database cannot be reached, or took too long. Nothing was written.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The connection was lost during the commit. Whether the batch was written is unknown.
    #[error("the outcome of the commit is not known")]
    Ambiguous(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database rejected a statement, for instance because of a constraint. Nothing was written.
    #[error("the database refused a statement")]
    Rejected(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored row breaks an invariant.
    #[error("an invalid row: {0}")]
    Corrupt(String),
    /// The database cannot be opened with these settings.
    #[error("{0}")]
    Config(String),
}

/// Maps an error of a store to the answer of the engine. It does not log, because only the caller knows what has failed.
impl From<&StoreError> for Error {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Contended(_) => Self::BUSY,
            StoreError::Ambiguous(_) => Self::OutcomeUnknown,
            StoreError::Rejected(_) | StoreError::Corrupt(_) | StoreError::Config(_) => Self::Internal,
        }
    }
}

impl StoreError {
    /// Returns the driver's error as text, for the log.
    pub fn cause(&self) -> Option<String> {
        std::error::Error::source(self).map(ToString::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ambiguous_commit_has_an_unknown_outcome() {
        let answer = |error: StoreError| Error::from(&error);
        for error in [StoreError::Contended("x".into()), StoreError::Unavailable("x".into())] {
            assert!(matches!(answer(error), Error::Busy { .. }));
        }
        assert!(matches!(answer(StoreError::Ambiguous("x".into())), Error::OutcomeUnknown));
        for error in [StoreError::Rejected("x".into()), StoreError::Corrupt("x".to_owned())] {
            assert!(matches!(answer(error), Error::Internal));
        }
    }
}
