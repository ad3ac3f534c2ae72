//! Views and tasks that the console, the admin API and the command line share: orders, payments, refunds and products as
//! operators see them, exports, an order's timeline, and what changed since a product was read.

pub mod audit_log_export;
pub mod csv;
pub mod edit_conflict;
pub mod export;
pub mod recount;
pub mod timeline;
pub mod views;
