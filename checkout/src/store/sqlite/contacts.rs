//! The contacts of orders.

use super::{QueryExt as _, SqliteStore, classify, insert, sql};
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
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection};
use std::collections::BTreeMap;

impl_contacts!(SqliteStore, Sqlite, SqliteConnection, readers, Timestamp::as_millis);
