//! The transaction of one batch: loads rows under locks if the batch needs them, writes with one statement, and finds
//! out the outcome when the connection is lost in the commit.

use super::{
    PostgresStore,
    connection::{Lease, WriterConnection},
    error::{RESPONSE_TIMEOUT, classify, is_connection_lost, timed_out, unavailable, with_deadline},
    load, write,
};
use crate::{
    error::StoreError,
    model::Product,
    state::{LoadRequest, Loaded, WriteSet},
    store::{CommitOutcome, Transaction, rows::ProductRow},
};
use async_trait::async_trait;
use sqlx::{
    FromRow, PgConnection, Row, SqlStr,
    postgres::{PgArguments, PgRow},
};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;
use uuid::Uuid;

/// Unique constraints that two nodes may violate at the same time. The second node decides its batch again, and then
/// finds the reply of the first. The number of an order is random: the next attempt draws another.
const CONFLICT_CONSTRAINTS: [&str; 7] = [
    "idempotency_keys_pkey",
    "orders_number",
    "payment_webhooks_key",
    "payment_webhooks_said",
    "products_slug_key",
    "refunds_pkey",
    "refunds_at_provider",
];

/// The foreign key that a batch violates when the purge has deleted a picture since the batch looked it up. The batch is
/// decided again, and refuses the picture.
const PICTURE_CONSTRAINT: &str = "product_pictures_picture_id_fkey";

/// Limits for resolving the outcome of a batch whose connection was lost: in all, for one attempt, and the pause
/// between attempts. Callers wait meanwhile.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);
const RESOLVE_STEP_TIMEOUT: Duration = Duration::from_secs(2);
const RESOLVE_INTERVAL: Duration = Duration::from_millis(100);

pub(super) struct PostgresTransaction {
    writer: Arc<WriterConnection>,
    lease: Option<Lease>,
}

impl PostgresTransaction {
    pub(super) fn new(store: &PostgresStore) -> Self {
        Self { writer: store.writer.clone(), lease: None }
    }

    /// Takes the lease out of the transaction. Its connection closes unless the lease is given back.
    async fn lease(&mut self) -> Result<Lease, StoreError> {
        match self.lease.take() {
            Some(lease) => Ok(lease),
            None => self.writer.lease().await,
        }
    }
}

#[async_trait]
impl Transaction for PostgresTransaction {
    async fn load(&mut self, request: &LoadRequest) -> Result<Loaded, StoreError> {
        let mut lease = self.lease().await?;
        let loading = timeout(RESPONSE_TIMEOUT, load(&mut lease, request)).await;
        match loading.unwrap_or_else(|_| Err(unavailable(timed_out()))) {
            Err(StoreError::Unavailable(error)) => {
                drop(lease);
                // Nothing is written yet, so the writer may decide the batch again on a new connection.
                let is_connection_lost = error.downcast_ref().is_some_and(is_connection_lost);
                Err(if is_connection_lost { StoreError::Contended(error) } else { StoreError::Unavailable(error) })
            }
            loaded => {
                self.lease = Some(lease);
                loaded
            }
        }
    }

    async fn commit(mut self: Box<Self>, writes: &WriteSet) -> Result<CommitOutcome, StoreError> {
        let Some((sql, arguments)) = write::statement(writes).map_err(classify)? else {
            self.rollback().await;
            return Ok(CommitOutcome::Committed);
        };
        let mut lease = self.lease().await?;
        match run(&mut lease, sql, arguments).await {
            Ok(rows) => {
                lease.give_back().await;
                if is_done(&rows)? {
                    Ok(CommitOutcome::Committed)
                } else {
                    Ok(CommitOutcome::Conflict(current_products(&rows)?))
                }
            }
            Err(error) if is_connection_lost(&error) => {
                drop(lease);
                if writes.is_repeatable() {
                    return Err(StoreError::Contended(Box::new(error)));
                }
                self.resolve_lost_commit(writes, error).await
            }
            Err(error) if is_key_conflict(&error) => {
                lease.give_back().await;
                Ok(CommitOutcome::Conflict(Vec::new()))
            }
            Err(error) => {
                let error = classify(error);
                if !matches!(error, StoreError::Unavailable(_)) {
                    lease.give_back().await;
                }
                Err(error)
            }
        }
    }

    async fn rollback(mut self: Box<Self>) {
        if let Some(lease) = self.lease.take() {
            lease.give_back().await;
        }
    }
}

/// Rows of products are loaded in a transaction, which locks the products. A lookup of keys and events needs none.
async fn load(lease: &mut Lease, request: &LoadRequest) -> Result<Loaded, StoreError> {
    if !lease.in_transaction() && !request.is_keys_only() {
        lease.begin().await.map_err(classify)?;
    }
    load::load(lease.connection(), request).await
}

/// Runs the statement, which is a transaction of its own or the end of the one that has loaded rows.
async fn run(lease: &mut Lease, sql: SqlStr, arguments: PgArguments) -> Result<Vec<PgRow>, sqlx::Error> {
    let query = sqlx::query_with(sql, arguments);
    let rows = with_deadline(RESPONSE_TIMEOUT, query.fetch_all(lease.connection())).await?;
    if lease.in_transaction() {
        lease.commit().await?;
    }
    Ok(rows)
}

fn is_done(rows: &[PgRow]) -> Result<bool, StoreError> {
    rows.first().map_or(Ok(false), |row| row.try_get("done")).map_err(classify)
}

/// The current products, which the statement returns when one of them was at another version.
fn current_products(rows: &[PgRow]) -> Result<Vec<Product>, StoreError> {
    let known = rows.iter().filter(|row| row.try_get::<Uuid, _>("id").is_ok());
    known.map(|row| Product::try_from(ProductRow::from_row(row).map_err(classify)?)).collect()
}

/// Whether another node has taken a key of this batch, or has deleted a picture that it refers to.
fn is_key_conflict(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else { return false };
    let constraint = error.constraint();
    (error.is_unique_violation() && constraint.is_some_and(|name| CONFLICT_CONSTRAINTS.contains(&name)))
        || (error.is_foreign_key_violation() && constraint == Some(PICTURE_CONSTRAINT))
}

impl PostgresTransaction {
    /// Finds out whether the batch was committed, after the connection was lost before the response (P9). A new
    /// connection ends the lost session, so that it can no longer commit, and then looks for the batch's rows.
    async fn resolve_lost_commit(&self, writes: &WriteSet, lost: sqlx::Error) -> Result<CommitOutcome, StoreError> {
        tracing::warn!(error = %lost, "lost the database connection during a commit");
        let outcome = async {
            loop {
                match timeout(RESOLVE_STEP_TIMEOUT, self.is_committed(writes)).await {
                    Ok(Ok(written)) => return written,
                    Ok(Err(error)) => tracing::debug!(%error, "the commit's outcome is not known yet"),
                    Err(_) => tracing::debug!("the commit's outcome is not known yet"),
                }
                tokio::time::sleep(RESOLVE_INTERVAL).await;
            }
        };
        match timeout(RESOLVE_TIMEOUT, outcome).await {
            Ok(true) => Ok(CommitOutcome::Committed),
            Ok(false) => Err(StoreError::Contended(Box::new(lost))),
            Err(_) => Err(StoreError::Ambiguous(Box::new(lost))),
        }
    }

    /// Returns whether the batch is on disk, once the session that may have written it has ended.
    async fn is_committed(&self, writes: &WriteSet) -> Result<bool, sqlx::Error> {
        let mut connection = self.writer.auxiliary().await?;
        while end_sessions(&mut connection, self.writer.name()).await? > 0 {
            tokio::time::sleep(RESOLVE_INTERVAL).await;
        }
        // All rows of a batch are committed together, so one row that only this batch writes is enough: of the audit log, or
        // of the stock history, which has the batch's id.
        if let Some(entry) = writes.audit_log.first() {
            return sqlx::query_scalar("SELECT EXISTS (SELECT FROM audit_log WHERE id = $1)")
                .bind(entry.id.0)
                .fetch_one(&mut connection)
                .await;
        }
        if let Some(product) = writes.products().next() {
            let batch: Option<Uuid> =
                sqlx::query_scalar("SELECT batch FROM stock_events WHERE product_id = $1 AND version = $2")
                    .bind(product.id.0)
                    .bind(i64::try_from(product.version).unwrap_or(i64::MAX))
                    .fetch_optional(&mut connection)
                    .await?;
            return Ok(batch == Some(writes.batch.0));
        }
        // A batch without products wrote only payments and refunds. It was committed if each payment has its outcome, and
        // each refund its version.
        if !are_refunds_written(&mut connection, writes).await? {
            return Ok(false);
        }
        let payments: Vec<_> = writes.payments().collect();
        let written: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM unnest($1::uuid[], $2::text[]) AS n (id, outcome)
             JOIN payment_webhooks w ON w.id = n.id AND w.outcome = n.outcome",
        )
        .bind(payments.iter().map(|p| p.id.0).collect::<Vec<_>>())
        .bind(payments.iter().map(|p| p.outcome.name()).collect::<Vec<_>>())
        .fetch_one(&mut connection)
        .await?;
        Ok(usize::try_from(written) == Ok(payments.len()))
    }
}

/// Returns whether each refund of the batch is on disk.
async fn are_refunds_written(connection: &mut PgConnection, writes: &WriteSet) -> Result<bool, sqlx::Error> {
    let refunds: Vec<_> = writes.refunds_added.iter().chain(&writes.refunds_changed).collect();
    let written: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM unnest($1::uuid[], $2::bigint[]) AS n (id, version)
         JOIN refunds r ON r.id = n.id AND r.version = n.version",
    )
    .bind(refunds.iter().map(|refund| refund.id.0).collect::<Vec<_>>())
    .bind(refunds.iter().map(|refund| i64::try_from(refund.version).unwrap_or(i64::MAX)).collect::<Vec<_>>())
    .fetch_one(connection)
    .await?;
    Ok(usize::try_from(written) == Ok(refunds.len()))
}

/// Ends the sessions of this name. Returns the number of sessions that there still were.
async fn end_sessions(connection: &mut PgConnection, name: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1")
        .bind(name)
        .fetch_one(connection)
        .await
}
