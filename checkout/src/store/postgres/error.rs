//! What an error of the driver means, and how long an answer of the database is waited for.

use crate::error::StoreError;
use sqlx::{
    error::DatabaseError,
    postgres::{PgDatabaseError, PgSeverity},
};
use std::{io, time::Duration};

/// How long one answer may take. The database gives up sooner by itself (`statement_timeout`), so past this nobody is there
/// any more: a host that vanished closes no connection, and TCP alone would notice after a quarter of an hour.
pub(super) const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);

/// The same where a connection of the pool is waited for first.
const POOL_RESPONSE_TIMEOUT: Duration = Duration::from_secs(15);

/// A question that is asked outside the writer's transaction.
pub(super) trait QueryExt<T: Send>: Future<Output = Result<T, sqlx::Error>> + Send + Sized {
    /// Its answer, if it comes in time.
    fn with_timeout(self) -> impl Future<Output = Result<T, StoreError>> + Send {
        async { with_deadline(POOL_RESPONSE_TIMEOUT, self).await.map_err(classify) }
    }
}

impl<T: Send, F: Future<Output = Result<T, sqlx::Error>> + Send> QueryExt<T> for F {}

/// What is not answered in time is as lost as what was asked on a broken connection.
pub(super) async fn with_deadline<T>(
    time: Duration,
    question: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    tokio::time::timeout(time, question).await.map_err(|_| timed_out())?
}

/// Nothing was answered in time.
pub(super) fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the database fell silent"))
}

/// Nothing was written, and it may be tried again.
pub(super) fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

/// What an error means to the writer, where it is certain that nothing was written.
pub(super) fn classify(error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(DatabaseError::code);
    match code.as_deref() {
        // serialization_failure, deadlock_detected, lock_not_available
        Some("40001" | "40P01" | "55P03") => StoreError::Contended(Box::new(error)),
        // read_only_sql_transaction: what was the primary is a standby now.
        Some("25006") => unavailable(error),
        // insufficient_resources, operator_intervention (shutdown, cancelled by a time limit), connection exceptions
        Some(code) if ["53", "57", "08"].iter().any(|class| code.starts_with(class)) => unavailable(error),
        _ if is_connection_lost(&error) => unavailable(error),
        _ => StoreError::Rejected(Box::new(error)),
    }
}

/// The connection is gone, and with it the answer, or the database has ended it: a shutdown, a crash, a time limit of its
/// own. Whether a commit took place must be asked on another one.
pub(super) fn is_connection_lost(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
    let ended = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    let severity = ended.map(PgDatabaseError::severity);
    matches!(severity, Some(PgSeverity::Fatal | PgSeverity::Panic))
        || matches!(error, Io(_) | Protocol(_) | Tls(_) | PoolTimedOut | PoolClosed | WorkerCrashed)
}
