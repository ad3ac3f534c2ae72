//! Classifies the driver's errors, and limits how long a response of the database may take.

use crate::error::StoreError;
use sqlx::{
    error::DatabaseError,
    postgres::{PgDatabaseError, PgSeverity},
};
use std::{io, time::Duration};

/// How long one response may take. The database itself gives up sooner (`statement_timeout`), so after this time its
/// host is gone. A host that vanishes closes no connection, and TCP alone would notice only after about 15 minutes.
pub(super) const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);

/// The same, including the wait for a connection of the pool.
const POOL_RESPONSE_TIMEOUT: Duration = Duration::from_secs(15);

/// A query outside the writer's transaction.
pub(super) trait QueryExt<T: Send>: Future<Output = Result<T, sqlx::Error>> + Send + Sized {
    /// Returns the response, or an error if it does not come in time.
    fn with_timeout(self) -> impl Future<Output = Result<T, StoreError>> + Send {
        async { with_deadline(POOL_RESPONSE_TIMEOUT, self).await.map_err(classify) }
    }
}

impl<T: Send, F: Future<Output = Result<T, sqlx::Error>> + Send> QueryExt<T> for F {}

/// Treats a response that does not come in time like a broken connection.
pub(super) async fn with_deadline<T>(
    time: Duration,
    query: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    tokio::time::timeout(time, query).await.map_err(|_| timed_out())?
}

/// The error for a response that did not come in time.
pub(super) fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the database did not respond in time"))
}

/// The error for a database that cannot be reached. Nothing was written, and the caller may retry.
pub(super) fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

/// Maps an error of the driver to the writer's error. It is for errors after which nothing is written for certain.
pub(super) fn classify(error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(DatabaseError::code);
    match code.as_deref() {
        // serialization_failure, deadlock_detected, lock_not_available
        Some("40001" | "40P01" | "55P03") => StoreError::Contended(Box::new(error)),
        // read_only_sql_transaction: the server is now a standby.
        Some("25006") => unavailable(error),
        // insufficient_resources, operator_intervention (shutdown, a statement cancelled by its timeout), connection
        // errors
        Some(code) if ["53", "57", "08"].iter().any(|class| code.starts_with(class)) => unavailable(error),
        _ if is_connection_lost(&error) => unavailable(error),
        _ => StoreError::Rejected(Box::new(error)),
    }
}

/// Whether the connection was lost before the response, or was ended by the database: by a shutdown, a crash or a
/// timeout. Only another connection can find out whether a commit took place.
pub(super) fn is_connection_lost(error: &sqlx::Error) -> bool {
    use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
    let ended = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    let severity = ended.map(PgDatabaseError::severity);
    matches!(severity, Some(PgSeverity::Fatal | PgSeverity::Panic))
        || matches!(error, Io(_) | Protocol(_) | Tls(_) | PoolTimedOut | PoolClosed | WorkerCrashed)
}
