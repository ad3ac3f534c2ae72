//! The reconciliation with payment providers.

use super::{PostgresStore, error::QueryExt as _, sql};
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

impl_reconciliations!(PostgresStore, pool, pool, Timestamp::to_datetime);
