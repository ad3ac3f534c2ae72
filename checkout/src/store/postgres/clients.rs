//! The API's clients.

use super::{
    PostgresStore,
    audit_log::insert,
    error::{QueryExt as _, classify},
    sql,
};
use crate::{
    command::Reply,
    error::StoreError,
    model::{AuditEntry, Timestamp},
    state::IdempotencyRecord,
    store::{
        ApiClient, ClientChange, ClientKey, ClientOutcome, Clients,
        clients::impl_clients,
        rows::{ClientRow, KeyRow, StoredKey},
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, PgConnection};
use uuid::Uuid;

impl_clients!(PostgresStore, PgConnection, pool, Timestamp::to_datetime);
