//! The operators of the console.

use super::{SqliteStore, classify, insert, sql};
use crate::{
    error::StoreError,
    model::{AuditEntry, Timestamp},
    store::{
        operators::{
            EmailAddress, OneTimeLink, Operator, OperatorChange, OperatorId, OperatorSession, Operators,
            SignInFailures, TokenHash,
            statements::{apply_operator_change, impl_operators},
        },
        rows::{FailuresRow, OneTimeLinkRow, OperatorRow, OperatorSessionRow, RecoveryCode, StoredFailures, into_all},
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::sync::LazyLock;
use uuid::Uuid;

/// A query's result in the form that the shared statements expect. A query of a file needs no time limit.
trait QueryExt<T>: Future<Output = Result<T, sqlx::Error>> + Sized {
    async fn with_timeout(self) -> Result<T, StoreError> {
        self.await.map_err(classify)
    }
}

impl<T, F: Future<Output = Result<T, sqlx::Error>>> QueryExt<T> for F {}

apply_operator_change!(SqliteConnection, Timestamp::as_millis);
impl_operators!(SqliteStore, readers, writer, Timestamp::as_millis);
