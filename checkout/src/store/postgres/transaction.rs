//! One batch: loaded under locks if it must be, written by one statement, and settled when its answer is lost.

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
    AssertSqlSafe, FromRow, PgConnection, Row,
    error::DatabaseError,
    postgres::{PgArguments, PgRow},
};
use std::{sync::Arc, time::Duration};
use tokio::time::timeout;
use uuid::Uuid;

/// Keys that two nodes may take at once; whoever is second decides again, and finds the first one's answer.
const CONFLICT_CONSTRAINTS: [&str; 4] =
    ["idempotency_keys_pkey", "payment_webhooks_key", "payment_webhooks_said", "products_slug_key"];

/// How long, and how often, the database is asked what became of a batch whose connection was lost. Callers wait meanwhile.
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

    /// The connection, taken out: dropped instead of put back, it is closed.
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
                // Nothing is written yet, so the batch may be made again on another connection, if there is one.
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
        let Some(statement) = write::statement(writes) else {
            self.rollback().await;
            return Ok(CommitOutcome::Committed);
        };
        let (sql, arguments) = statement.finish().map_err(classify)?;
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

/// What lies under products is loaded in a transaction, which locks them; names need none.
async fn load(lease: &mut Lease, request: &LoadRequest) -> Result<Loaded, StoreError> {
    if !lease.in_transaction() && !request.is_keys_only() {
        lease.begin().await.map_err(classify)?;
    }
    load::load(lease.connection(), request).await
}

/// The statement is a transaction of its own, or the end of the one that has loaded. Where it has done nothing, nothing is
/// committed.
async fn run(lease: &mut Lease, sql: String, arguments: PgArguments) -> Result<Vec<PgRow>, sqlx::Error> {
    let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
    let rows = with_deadline(RESPONSE_TIMEOUT, query.fetch_all(lease.connection())).await?;
    if lease.in_transaction() {
        lease.commit().await?;
    }
    Ok(rows)
}

fn is_done(rows: &[PgRow]) -> Result<bool, StoreError> {
    rows.first().map_or(Ok(false), |row| row.try_get("done")).map_err(classify)
}

/// The products that the statement found moved on, as they are now.
fn current_products(rows: &[PgRow]) -> Result<Vec<Product>, StoreError> {
    let known = rows.iter().filter(|row| row.try_get::<Uuid, _>("id").is_ok());
    known.map(|row| Product::try_from(ProductRow::from_row(row).map_err(classify)?)).collect()
}

/// Another node has taken a key of this batch.
fn is_key_conflict(error: &sqlx::Error) -> bool {
    let constraint = error.as_database_error().filter(|e| e.is_unique_violation()).and_then(DatabaseError::constraint);
    constraint.is_some_and(|name| CONFLICT_CONSTRAINTS.contains(&name))
}

impl PostgresTransaction {
    /// The connection was lost before the answer came: on another one, ends the lost session, so that nothing of it can
    /// happen any more, and looks for what the batch would have left (P9).
    async fn resolve_lost_commit(&self, writes: &WriteSet, lost: sqlx::Error) -> Result<CommitOutcome, StoreError> {
        tracing::warn!(error = %lost, "the connection was lost in a commit");
        let answer = async {
            loop {
                match timeout(RESOLVE_STEP_TIMEOUT, self.is_committed(writes)).await {
                    Ok(Ok(written)) => return written,
                    Ok(Err(error)) => tracing::debug!(%error, "not settled yet"),
                    Err(_) => tracing::debug!("not settled yet"),
                }
                tokio::time::sleep(RESOLVE_INTERVAL).await;
            }
        };
        match timeout(RESOLVE_TIMEOUT, answer).await {
            Ok(true) => Ok(CommitOutcome::Committed),
            Ok(false) => Err(StoreError::Contended(Box::new(lost))),
            Err(_) => Err(StoreError::Ambiguous(Box::new(lost))),
        }
    }

    /// Is the batch on disk? Answered when the session that would have written it is no more.
    async fn is_committed(&self, writes: &WriteSet) -> Result<bool, sqlx::Error> {
        let mut connection = self.writer.auxiliary().await?;
        while end_sessions(&mut connection, self.writer.name()).await? > 0 {
            tokio::time::sleep(RESOLVE_INTERVAL).await;
        }
        // The batch's mark on any of its products tells of all: they were committed together.
        if let Some(product) = writes.products().next() {
            let batch: Option<Uuid> =
                sqlx::query_scalar("SELECT batch FROM stock_events WHERE product_id = $1 AND version = $2")
                    .bind(product.id.0)
                    .bind(i64::try_from(product.version).unwrap_or(i64::MAX))
                    .fetch_optional(&mut connection)
                    .await?;
            return Ok(batch == Some(writes.batch.0));
        }
        // Without a product only payments are written, each of which is as it should be, or is not.
        let payments: Vec<_> = writes.payments_added.iter().chain(&writes.payments_changed).collect();
        let written: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM unnest($1::uuid[], $2::text[]) AS n (id, outcome)
             JOIN payment_webhooks w ON w.id = n.id AND w.outcome = n.outcome",
        )
        .bind(payments.iter().map(|p| p.id.0).collect::<Vec<_>>())
        .bind(payments.iter().map(|p| p.outcome.name()).collect::<Vec<_>>())
        .fetch_one(&mut connection)
        .await?;
        // A batch that wrote nothing is decided again rather than believed: its refusals may rest on old news.
        Ok(!payments.is_empty() && usize::try_from(written) == Ok(payments.len()))
    }
}

/// Ends the sessions of this name; answers how many there still were.
async fn end_sessions(connection: &mut PgConnection, name: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1")
        .bind(name)
        .fetch_one(connection)
        .await
}
