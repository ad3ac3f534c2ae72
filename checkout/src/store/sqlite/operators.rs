//! The operators of the console.

use super::{QueryExt as _, SqliteStore, classify, insert, sql};
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

apply_operator_change!(SqliteConnection, Timestamp::as_millis);
impl_operators!(SqliteStore, readers, writer, Timestamp::as_millis);
