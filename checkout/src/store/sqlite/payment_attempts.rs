//! Attempts to pay at a provider.

use super::{QueryExt as _, SqliteStore, classify, insert, sql};
use crate::{
    error::StoreError,
    model::{AttemptId, AttemptState, OrderId, OrderStatus, PaymentAttempt, ProviderName, SessionId, Timestamp},
    store::{
        payment_attempts::{BeginOutcome, PaymentAttempts, impl_payment_attempts},
        rows::{AttemptRow, into_all},
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, QueryBuilder, Sqlite};
use uuid::Uuid;

impl_payment_attempts!(SqliteStore, Sqlite, readers, writer, Timestamp::as_millis, lock: "");
