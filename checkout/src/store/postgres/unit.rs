//! One batch: loaded under locks if it must be, written by one statement, and settled when its answer is lost.

use super::{PostgresStore, classify, is_lost, load, write};
use crate::{
    fault::StoreError,
    model::Product,
    state::{Found, Wanted, WriteSet},
    store::{Commit, Unit, rows::ProductRow},
};
use async_trait::async_trait;
use sqlx::{
    AssertSqlSafe, FromRow, PgConnection, PgPool, Postgres, Row, Transaction,
    error::DatabaseError,
    postgres::{PgArguments, PgRow},
};
use std::time::Duration;
use uuid::Uuid;

/// Keys that two nodes may take at once; whoever is second decides again, and finds the first one's answer.
const SHARED_KEYS: [&str; 4] =
    ["idempotency_keys_pkey", "payment_webhooks_key", "payment_webhooks_said", "products_slug_key"];

/// How long, and how often, the database is asked what became of a batch whose connection was lost. Callers wait meanwhile.
const SETTLE_WITHIN: Duration = Duration::from_secs(5);
const SETTLE_EVERY: Duration = Duration::from_millis(100);

pub(super) struct PostgresUnit {
    writer: PgPool,
    pool: PgPool,
    writer_name: String,
    transaction: Option<Transaction<'static, Postgres>>,
}

impl PostgresUnit {
    pub(super) fn new(store: &PostgresStore) -> Self {
        Self {
            writer: store.writer.clone(),
            pool: store.pool.clone(),
            writer_name: store.writer_name.clone(),
            transaction: None,
        }
    }
}

#[async_trait]
impl Unit for PostgresUnit {
    async fn load(&mut self, wanted: &Wanted) -> Result<Found, StoreError> {
        if self.transaction.is_none() && wanted.is_only_names() {
            let mut connection = self.writer.acquire().await.map_err(classify)?;
            return load::load(&mut connection, wanted).await;
        }
        let transaction = match self.transaction.take() {
            Some(begun) => begun,
            None => self.writer.begin().await.map_err(classify)?,
        };
        load::load(self.transaction.insert(transaction), wanted).await
    }

    async fn commit(mut self: Box<Self>, writes: &WriteSet) -> Result<Commit, StoreError> {
        let (sql, arguments) = match write::statement(writes) {
            Some(statement) => statement.finish().map_err(classify)?,
            None => return Ok(Commit::Done),
        };
        let outcome = match self.transaction.take() {
            Some(transaction) => in_transaction(transaction, sql, arguments).await,
            None => alone(&self.writer, sql, arguments).await,
        };
        match outcome {
            Ok(rows) if is_done(&rows)? => Ok(Commit::Done),
            Ok(rows) => Ok(Commit::Overtaken(as_they_are(&rows)?)),
            Err(error) if is_taken(&error) => Ok(Commit::Overtaken(Vec::new())),
            Err(error) if is_lost(&error) || is_shutdown(&error) => self.settle(writes, error).await,
            Err(error) => Err(classify(error)),
        }
    }
}

/// A statement that is a transaction of its own.
async fn alone(writer: &PgPool, sql: String, arguments: PgArguments) -> Result<Vec<PgRow>, sqlx::Error> {
    let mut connection = writer.acquire().await?;
    run(&mut connection, sql, arguments).await
}

/// The same statement at the end of a transaction that has loaded. Where it has done nothing, nothing is committed.
async fn in_transaction(
    mut transaction: Transaction<'static, Postgres>,
    sql: String,
    arguments: PgArguments,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let rows = run(&mut transaction, sql, arguments).await?;
    transaction.commit().await?;
    Ok(rows)
}

async fn run(connection: &mut PgConnection, sql: String, arguments: PgArguments) -> Result<Vec<PgRow>, sqlx::Error> {
    sqlx::query_with(AssertSqlSafe(sql), arguments).fetch_all(connection).await
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

/// The database ended the session, perhaps in the middle of the commit: `admin_shutdown`, `crash_shutdown`.
fn is_shutdown(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    matches!(code.as_deref(), Some("57P01" | "57P02"))
}

impl PostgresUnit {
    /// The connection was lost before the answer came: on another one, ends the lost session, so that nothing of it can
    /// happen any more, and looks for what the batch would have left (P9).
    async fn settle(&self, writes: &WriteSet, lost: sqlx::Error) -> Result<Commit, StoreError> {
        tracing::warn!(error = %lost, "the connection was lost in a commit");
        let answer = async {
            loop {
                match self.is_written(writes).await {
                    Ok(Some(written)) => return written,
                    Ok(None) => {}
                    Err(error) => tracing::debug!(%error, "not settled yet"),
                }
                tokio::time::sleep(SETTLE_EVERY).await;
            }
        };
        match tokio::time::timeout(SETTLE_WITHIN, answer).await {
            Ok(true) => Ok(Commit::Done),
            Ok(false) => Err(StoreError::Contended(Box::new(lost))),
            Err(_) => Err(StoreError::Ambiguous(Box::new(lost))),
        }
    }

    /// Is the batch on disk? `None` while its session may still write it.
    async fn is_written(&self, writes: &WriteSet) -> Result<Option<bool>, sqlx::Error> {
        let sessions: i64 = sqlx::query_scalar(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1",
        )
        .bind(&self.writer_name)
        .fetch_one(&self.pool)
        .await?;
        if sessions > 0 {
            return Ok(None);
        }
        // The batch's mark on any of its products tells of all: they were committed together.
        if let Some(product) = writes.products().next() {
            let batch: Option<Uuid> =
                sqlx::query_scalar("SELECT batch FROM stock_events WHERE product_id = $1 AND version = $2")
                    .bind(product.id.0)
                    .bind(i64::try_from(product.version).unwrap_or(i64::MAX))
                    .fetch_optional(&self.pool)
                    .await?;
            return Ok(Some(batch == Some(writes.batch.0)));
        }
        // Without a product only payments are written, each of which is as it should be, or is not.
        let payments: Vec<_> = writes.payments_added.iter().chain(&writes.payments_changed).collect();
        let written: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM unnest($1::uuid[], $2::text[]) AS n (id, outcome)
             JOIN payment_webhooks w ON w.id = n.id AND w.outcome = n.outcome",
        )
        .bind(payments.iter().map(|p| p.id.0).collect::<Vec<_>>())
        .bind(payments.iter().map(|p| p.outcome.name()).collect::<Vec<_>>())
        .fetch_one(&self.pool)
        .await?;
        // A batch that wrote nothing is decided again rather than believed: its refusals may rest on old news.
        Ok(Some(!payments.is_empty() && usize::try_from(written) == Ok(payments.len())))
    }
}
