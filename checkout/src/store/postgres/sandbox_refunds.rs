//! Refunds of the sandbox.

use super::{
    PostgresStore,
    audit_log::insert,
    error::{QueryExt as _, classify},
    sql,
};
use crate::{
    error::StoreError,
    model::{RefundReference, ReportedRefundState, TransactionId},
    store::{
        rows::{SandboxRefundRow, into_all},
        sandbox_refunds::{SandboxRefund, SandboxRefunds, impl_sandbox_refunds},
    },
};
use async_trait::async_trait;
use sqlx::AssertSqlSafe;

impl_sandbox_refunds!(PostgresStore, pool, pool);
