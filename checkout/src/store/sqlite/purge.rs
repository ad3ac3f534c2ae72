//! Deletes rows whose retention time is over. A reader looks for such rows first, so that the writer's lock is only
//! taken when there are some.

use super::{SqliteStore, classify};
use crate::{
    error::StoreError,
    model::{JobState, Timestamp},
    store::{Purge, contacts},
};
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

impl SqliteStore {
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
        let delete = sqlx::query(delete).bind(before.as_millis()).bind(most);
        Ok(delete.execute(&self.writer).await.map_err(classify)?.rows_affected())
    }

    /// Whether the instant that `oldest` selects lies before `before`. A reader looks, so that the writer's lock stays free.
    async fn has_older(&self, oldest: &'static str, before: Timestamp) -> Result<bool, StoreError> {
        let oldest: Option<i64> = sqlx::query_scalar(oldest).fetch_optional(&self.readers).await.map_err(classify)?;
        Ok(oldest.is_some_and(|oldest| oldest < before.as_millis()))
    }
}

#[async_trait]
impl Purge for SqliteStore {
    async fn idempotency_keys(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        // The rows are in the order in which they were inserted, so the oldest lie together without an index by age.
        let oldest = "SELECT created_at FROM idempotency_keys ORDER BY nth LIMIT 1";
        let delete = "DELETE FROM idempotency_keys
             WHERE nth IN (SELECT nth FROM idempotency_keys ORDER BY nth LIMIT ?2) AND created_at < ?1";
        self.delete_oldest(oldest, delete, before, most).await
    }

    async fn payment_payloads(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        // Ids of events sort by age, so the oldest are found without an index by age.
        let oldest = "SELECT received_at FROM payment_payloads ORDER BY event_id LIMIT 1";
        let delete = "DELETE FROM payment_payloads
             WHERE event_id IN (SELECT event_id FROM payment_payloads ORDER BY event_id LIMIT ?2) AND received_at < ?1";
        self.delete_oldest(oldest, delete, before, most).await
    }

    async fn webhook_deliveries(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        // Ids of attempts sort by age, too.
        let oldest = "SELECT started_at FROM webhook_deliveries ORDER BY id LIMIT 1";
        let delete = "DELETE FROM webhook_deliveries
             WHERE id IN (SELECT id FROM webhook_deliveries ORDER BY id LIMIT ?2) AND started_at < ?1";
        self.delete_oldest(oldest, delete, before, most).await
    }

    async fn contacts(&self, before: Timestamp, now: Timestamp, most: u32) -> Result<u64, StoreError> {
        if !self.has_older(contacts::OLDEST, before).await? {
            return Ok(0);
        }
        let erase = sqlx::query(AssertSqlSafe(contacts::erase_oldest(""))).bind(now.as_millis());
        let erase = erase.bind(before.as_millis()).bind(most);
        Ok(erase.execute(&self.writer).await.map_err(classify)?.rows_affected())
    }

    async fn stock_events(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        let product: Option<Uuid> = sqlx::query_scalar(
            "SELECT id FROM products p
             WHERE (SELECT at FROM stock_events WHERE product_id = p.id AND version < p.version
                    ORDER BY version LIMIT 1) < ?1 LIMIT 1",
        )
        .bind(before.as_millis())
        .fetch_optional(&self.readers)
        .await
        .map_err(classify)?;
        let Some(product) = product else { return Ok(0) };
        // Deletes up to the first row that is young enough, and never the last row selected, so that the stock
        // history gets no gap.
        let done = sqlx::query(
            "WITH oldest AS (SELECT version, at FROM stock_events WHERE product_id = ?1 ORDER BY version LIMIT ?3 + 1)
             DELETE FROM stock_events WHERE product_id = ?1 AND version < (
                 SELECT coalesce(min(version) FILTER (WHERE at >= ?2), max(version)) FROM oldest)",
        )
        .bind(product)
        .bind(before.as_millis())
        .bind(most)
        .execute(&self.writer)
        .await
        .map_err(classify)?;
        Ok(done.rows_affected())
    }

    async fn pictures(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        let is_any_unused: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM pictures p WHERE uploaded_at < ?1
               AND NOT EXISTS (SELECT 1 FROM product_pictures u WHERE u.picture_id = p.id))",
        )
        .bind(before.as_millis())
        .fetch_one(&self.readers)
        .await
        .map_err(classify)?;
        if !is_any_unused {
            return Ok(0);
        }
        let done = sqlx::query(
            "DELETE FROM pictures WHERE id IN (
                 SELECT id FROM pictures p WHERE uploaded_at < ?1
                   AND NOT EXISTS (SELECT 1 FROM product_pictures u WHERE u.picture_id = p.id)
                 ORDER BY uploaded_at LIMIT ?2)",
        )
        .bind(before.as_millis())
        .bind(most)
        .execute(&self.writer)
        .await
        .map_err(classify)?;
        Ok(done.rows_affected())
    }

    async fn jobs(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        self.purge_jobs(JobState::Done, before, most).await
    }

    async fn dead_jobs(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
        self.purge_jobs(JobState::Dead, before, most).await
    }
}
