//! The operators of the console.

use super::{
    PostgresStore,
    audit_log::insert,
    error::{QueryExt as _, classify},
    sql,
};
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
use sqlx::{AssertSqlSafe, PgConnection};
use std::sync::LazyLock;
use uuid::Uuid;

apply_operator_change!(PgConnection, Timestamp::to_datetime);
impl_operators!(PostgresStore, pool, pool, Timestamp::to_datetime);
