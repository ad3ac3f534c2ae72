//! The API's clients.

use super::{
    PostgresStore,
    audit_log::insert,
    error::{QueryExt as _, classify},
    sql,
};
use crate::{
    error::StoreError,
    model::{AuditEntry, Timestamp},
    store::{ApiClient, Clients, clients::impl_clients, rows::ClientRow},
};
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use std::sync::LazyLock;
use uuid::Uuid;

impl_clients!(PostgresStore, pool, Timestamp::to_datetime);
