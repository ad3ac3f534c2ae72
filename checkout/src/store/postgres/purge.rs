//! Deletes rows whose retention time is over. Keys that another node is deleting are skipped.

use super::{PostgresStore, error::QueryExt};
use crate::{
    error::StoreError,
    model::{JobState, Timestamp},
    store::{Purge, contacts},
};
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

impl PostgresStore {
    /// Runs `delete` if the instant that `oldest` selects lies before `before`. Returns the number of rows deleted.
    async fn delete_oldest(
        &self,
        oldest: &'static str,
        delete: &'static str,
        before: Timestamp,
        most: u32,
    ) -> Result<u64, StoreError> {
        if !self.has_older(oldest, before).await? {
            return Ok(0);
        }
        let delete = sqlx::query(delete).bind(before.to_datetime()).bind(i64::from(most));
        Ok(delete.execute(&self.pool).with_timeout().await?.rows_affected())
    }

    /// Whether the instant that `oldest` selects lies before `before`.
    async fn has_older(&self, oldest: &str, before: Timestamp) -> Result<bool, StoreError> {
        let select = format!("SELECT ms(oldest.at) FROM ({oldest}) AS oldest (at)");
        let query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(select));
        let oldest = query.fetch_optional(&self.pool).with_timeout().await?;
        Ok(oldest.is_some_and(|oldest| oldest < before.as_millis()))
    }
}

#[async_trait]
impl Purge for PostgresStore {
    async fn idempotency_keys(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "DELETE FROM idempotency_keys WHERE (owner, key) IN (
                 SELECT owner, key FROM idempotency_keys WHERE created_at < $1
                 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        )
        .bind(before.to_datetime())
        .bind(i64::from(most))
        .execute(&self.pool)
        .with_timeout()
        .await?;
        Ok(done.rows_affected())
    }

    async fn payment_payloads(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        // Ids of events sort by age, so the oldest are found without an index by age.
        let oldest = "SELECT received_at FROM payment_payloads ORDER BY event_id LIMIT 1";
        let delete = "DELETE FROM payment_payloads WHERE received_at < $1 AND event_id IN (
                 SELECT event_id FROM payment_payloads ORDER BY event_id LIMIT $2 FOR UPDATE SKIP LOCKED)";
        self.delete_oldest(oldest, delete, before, most).await
    }

    async fn webhook_deliveries(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        // Ids of attempts sort by age, too.
        let oldest = "SELECT started_at FROM webhook_deliveries ORDER BY id LIMIT 1";
        let delete = "DELETE FROM webhook_deliveries WHERE started_at < $1 AND id IN (
                 SELECT id FROM webhook_deliveries ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)";
        self.delete_oldest(oldest, delete, before, most).await
    }

    async fn contacts(&self, before: Timestamp, now: Timestamp, most: u32) -> Result<u64, StoreError> {
        if !self.has_older(contacts::OLDEST, before).await? {
            return Ok(0);
        }
        let erase = sqlx::query(AssertSqlSafe(contacts::erase_oldest(" FOR UPDATE SKIP LOCKED")))
            .bind(now.to_datetime())
            .bind(before.to_datetime())
            .bind(i64::from(most));
        Ok(erase.execute(&self.pool).with_timeout().await?.rows_affected())
    }

    async fn stock_events(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        let product: Option<Uuid> = sqlx::query_scalar(
            "SELECT id FROM products p
             WHERE (SELECT at FROM stock_events WHERE product_id = p.id AND version < p.version
                    ORDER BY version LIMIT 1) < $1 LIMIT 1",
        )
        .bind(before.to_datetime())
        .fetch_optional(&self.pool)
        .with_timeout()
        .await?;
        let Some(product) = product else { return Ok(0) };
        // Deletes up to the first row that is young enough, and never the last row selected, so that the stock
        // history gets no gap.
        let done = sqlx::query(
            "WITH oldest AS (SELECT version, at FROM stock_events WHERE product_id = $1 ORDER BY version LIMIT $3 + 1)
             DELETE FROM stock_events WHERE product_id = $1 AND version < (
                 SELECT coalesce(min(version) FILTER (WHERE at >= $2), max(version)) FROM oldest)",
        )
        .bind(product)
        .bind(before.to_datetime())
        .bind(i64::from(most))
        .execute(&self.pool)
        .with_timeout()
        .await?;
        Ok(done.rows_affected())
    }

    async fn pictures(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        // A foreign key keeps a picture that a product has come to show meanwhile.
        let done = sqlx::query(
            "DELETE FROM pictures WHERE id IN (
                 SELECT id FROM pictures p WHERE uploaded_at < $1
                   AND NOT EXISTS (SELECT FROM product_pictures u WHERE u.picture_id = p.id)
                 ORDER BY uploaded_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        )
        .bind(before.to_datetime())
        .bind(i64::from(most))
        .execute(&self.pool)
        .with_timeout()
        .await?;
        Ok(done.rows_affected())
    }

    async fn jobs(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        self.purge_jobs(JobState::Done, before, most).await
    }

    async fn dead_jobs(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        self.purge_jobs(JobState::Dead, before, most).await
    }
}
