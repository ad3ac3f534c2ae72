//! The API's clients.

use super::{QueryExt as _, SqliteStore, classify, insert, sql};
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
use sqlx::{AssertSqlSafe, SqliteConnection};
use uuid::Uuid;

impl_clients!(SqliteStore, SqliteConnection, readers, Timestamp::as_millis);
