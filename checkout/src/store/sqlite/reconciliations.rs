//! The reconciliation with payment providers.

use super::{QueryExt as _, SqliteStore, sql};
use crate::{
    error::StoreError,
    model::{ProviderName, Timestamp},
    store::{
        reconciliations::{Reconciliation, ReconciliationRun, Reconciliations, impl_reconciliations},
        rows::ReconciliationRow,
    },
};
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

impl_reconciliations!(SqliteStore, readers, writer, Timestamp::as_millis);
