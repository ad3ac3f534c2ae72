//! Views and tasks that the console, the admin API and the command line share: orders, payments, refunds and products as
//! operators see them, lookups by name, exports, an order's timeline, the erasure of a customer, and the edits of a product since it
//! was read. Two tasks are
//! not shared by all: the API has no export of the audit log, and only the console uses the recount.

pub mod audit_log_export;
pub mod csv;
pub mod customer;
pub mod edit_conflict;
pub mod export;
pub mod lookup;
pub mod order_export;
pub mod receipt;
pub mod reconciliation;
pub mod recount;
pub mod send_refund;
pub mod timeline;
pub mod views;

use checkout::{Error, StoreError};

/// Logs an error of the store, and returns it as the engine's.
pub(crate) fn store_failed(error: &StoreError) -> Error {
    let cause = error.cause();
    tracing::error!(%error, cause, "the store failed");
    error.into()
}
