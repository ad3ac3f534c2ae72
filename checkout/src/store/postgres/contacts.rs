//! The contacts of orders.

use super::{
    PostgresStore,
    audit_log::insert,
    error::{QueryExt as _, classify},
    sql,
};
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
use sqlx::{AssertSqlSafe, PgConnection, Postgres};
use std::collections::BTreeMap;

impl_contacts!(PostgresStore, Postgres, PgConnection, pool, Timestamp::to_datetime);
