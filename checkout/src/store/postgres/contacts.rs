//! The contacts of orders.

use super::{
    PostgresStore,
    audit_log::insert,
    error::{QueryExt as _, classify},
    sql,
};
use crate::{
    command::Reply,
    error::StoreError,
    model::{AuditEntry, EmailAddress, OrderId, StoredContact, Timestamp},
    state::OrderContact,
    store::{
        ClientKey,
        contacts::{self, Contacts, Erasure, impl_contacts},
        rows::{ContactRow, StoredKey},
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, PgConnection, Postgres};
use std::collections::BTreeMap;

impl_contacts!(PostgresStore, Postgres, PgConnection, pool, Timestamp::to_datetime);
