//! The contacts of orders.

use super::{QueryExt as _, SqliteStore, classify, insert, sql};
use crate::{
    error::StoreError,
    model::{AuditEntry, EmailAddress, OrderId, StoredContact, Timestamp},
    state::OrderContact,
    store::{
        contacts::{self, Contacts, impl_contacts},
        rows::ContactRow,
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection};
use std::collections::BTreeMap;

impl_contacts!(SqliteStore, Sqlite, SqliteConnection, readers, Timestamp::as_millis);
