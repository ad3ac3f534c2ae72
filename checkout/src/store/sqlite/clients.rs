//! The API's clients.

use super::{QueryExt as _, SqliteStore, classify, insert, sql};
use crate::{
    error::StoreError,
    model::{AuditEntry, Timestamp},
    store::{ApiClient, Clients, clients::impl_clients, rows::ClientRow},
};
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use std::sync::LazyLock;
use uuid::Uuid;

impl_clients!(SqliteStore, readers, Timestamp::as_millis);
