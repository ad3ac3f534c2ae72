//! One batch: loaded under locks if it must be, written by one statement, and settled when its answer is lost.

use super::{
    PostgresStore,
    connection::{Lease, WriterConnection},
    fault::{ANSWER_WITHIN, classify, is_lost, silence, unavailable, within},
    load, write,
};
use crate::{
    fault::StoreError,
    model::Product,
    state::{Found, Wanted, WriteSet},
    store::{Commit, Unit, rows::ProductRow},
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
const SHARED_KEYS: [&str; 4] =
    ["idempotency_keys_pkey", "payment_webhooks_key", "payment_webhooks_said", "products_slug_key"];

/// How long, and how often, the database is asked what became of a batch whose connection was lost. Callers wait meanwhile.
const SETTLE_WITHIN: Duration = Duration::from_secs(5);
const SETTLE_STEP: Duration = Duration::from_secs(2);
const SETTLE_EVERY: Duration = Duration::from_millis(100);

pub(super) struct PostgresUnit {
    writer: Arc<WriterConnection>,
    lease: Option<Lease>,
}

impl PostgresUnit {
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
impl Unit for PostgresUnit {
    async fn load(&mut self, wanted: &Wanted) -> Result<Found, StoreError> {
        let mut lease = self.lease().await?;
        let loading = timeout(ANSWER_WITHIN, load(&mut lease, wanted)).await;
        match loading.unwrap_or_else(|_| Err(unavailable(silence()))) {
            Err(StoreError::Unavailable(error)) => {
                drop(lease);
                // Nothing is written yet, so the batch may be made again on another connection, if there is one.
                let is_lost = error.downcast_ref().is_some_and(is_lost);
                Err(if is_lost { StoreError::Contended(error) } else { StoreError::Unavailable(error) })
            }
            found => {
                self.lease = Some(lease);
                found
            }
        }
    }

    async fn commit(mut self: Box<Self>, writes: &WriteSet) -> Result<Commit, StoreError> {
        let Some(statement) = write::statement(writes) else {
            self.roll_back().await;
            return Ok(Commit::Done);
        };
        let (sql, arguments) = statement.finish().map_err(classify)?;
        let mut lease = self.lease().await?;
        match run(&mut lease, sql, arguments).await {
            Ok(rows) => {
                lease.give_back().await;
                if is_done(&rows)? { Ok(Commit::Done) } else { Ok(Commit::Overtaken(as_they_are(&rows)?)) }
            }
            Err(error) if is_lost(&error) => {
                drop(lease);
                self.settle(writes, error).await
            }
            Err(error) if is_taken(&error) => {
                lease.give_back().await;
                Ok(Commit::Overtaken(Vec::new()))
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

    async fn roll_back(mut self: Box<Self>) {
        if let Some(lease) = self.lease.take() {
            lease.give_back().await;
        }
    }
}

/// What lies under products is loaded in a transaction, which locks them; names need none.
async fn load(lease: &mut Lease, wanted: &Wanted) -> Result<Found, StoreError> {
    if !lease.in_transaction() && !wanted.is_only_names() {
        lease.begin().await.map_err(classify)?;
    }
    load::load(lease.connection(), wanted).await
}

/// The statement is a transaction of its own, or the end of the one that has loaded. Where it has done nothing, nothing is
/// committed.
async fn run(lease: &mut Lease, sql: String, arguments: PgArguments) -> Result<Vec<PgRow>, sqlx::Error> {
    let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
    let rows = within(ANSWER_WITHIN, query.fetch_all(lease.connection())).await?;
    if lease.in_transaction() {
        lease.commit().await?;
    }
    Ok(rows)
}

fn is_done(rows: &[PgRow]) -> Result<bool, StoreError> {
    rows.first().map_or(Ok(false), |row| row.try_get("done")).map_err(classify)
}

/// The products that the statement found moved on, as they are now.
fn as_they_are(rows: &[PgRow]) -> Result<Vec<Product>, StoreError> {
    let known = rows.iter().filter(|row| row.try_get::<Uuid, _>("id").is_ok());
    known.map(|row| Product::try_from(ProductRow::from_row(row).map_err(classify)?)).collect()
}

/// Another node has taken a key of this batch.
fn is_taken(error: &sqlx::Error) -> bool {
    let constraint = error.as_database_error().filter(|e| e.is_unique_violation()).and_then(DatabaseError::constraint);
    constraint.is_some_and(|name| SHARED_KEYS.contains(&name))
}

impl PostgresUnit {
    /// The connection was lost before the answer came: on another one, ends the lost session, so that nothing of it can
    /// happen any more, and looks for what the batch would have left (P9).
    async fn settle(&self, writes: &WriteSet, lost: sqlx::Error) -> Result<Commit, StoreError> {
        tracing::warn!(error = %lost, "the connection was lost in a commit");
        let answer = async {
            loop {
                match timeout(SETTLE_STEP, self.is_written(writes)).await {
                    Ok(Ok(written)) => return written,
                    Ok(Err(error)) => tracing::debug!(%error, "not settled yet"),
                    Err(_) => tracing::debug!("not settled yet"),
                }
                tokio::time::sleep(SETTLE_EVERY).await;
            }
        };
        match timeout(SETTLE_WITHIN, answer).await {
            Ok(true) => Ok(Commit::Done),
            Ok(false) => Err(StoreError::Contended(Box::new(lost))),
            Err(_) => Err(StoreError::Ambiguous(Box::new(lost))),
        }
    }

    /// Is the batch on disk? Answered when the session that would have written it is no more.
    async fn is_written(&self, writes: &WriteSet) -> Result<bool, sqlx::Error> {
        let mut connection = self.writer.beside().await?;
        while end_sessions(&mut connection, self.writer.name()).await? > 0 {
            tokio::time::sleep(SETTLE_EVERY).await;
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
