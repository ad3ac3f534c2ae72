//! Attempts to pay at a provider.

use super::{
    PostgresStore,
    audit_log::insert,
    error::{QueryExt as _, classify},
    sql,
};
use crate::{
    error::StoreError,
    model::{AttemptId, AttemptState, OrderId, OrderStatus, PaymentAttempt, ProviderName, SessionId, Timestamp},
    store::{
        payment_attempts::{BeginOutcome, PaymentAttempts, impl_payment_attempts},
        rows::{AttemptRow, into_all},
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Postgres, QueryBuilder};
use uuid::Uuid;

impl_payment_attempts!(PostgresStore, Postgres, pool, pool, Timestamp::to_datetime, lock: " FOR UPDATE");
