//! Reads beside the writer, each a statement of its own: no read transaction is ever left open.

use super::{SqliteStore, classify, hex_list};
use crate::{
    error::StoreError,
    model::{Hold, HoldId, Order, OrderId, Owner, Payment, Product, ProductId, Timestamp},
    store::{
        Audit, OrderSnapshot, Reads,
        audit::{self, BrokenRule, PaymentCounts, ProductCounts},
        rows::{HoldRow, OrderRow, OrderSnapshotRow, PaymentRow, ProductRow, REFUNDS, into_all},
    },
};
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

#[async_trait]
impl Reads for SqliteStore {
    async fn products(&self) -> Result<Vec<Product>, StoreError> {
        let rows: Vec<ProductRow> =
            sqlx::query_as("SELECT * FROM products ORDER BY id").fetch_all(&self.readers).await.map_err(classify)?;
        into_all(rows)
    }

    async fn change_token(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar("PRAGMA data_version").fetch_one(&self.change_watcher).await.map_err(classify)
    }

    async fn order_snapshots(&self, ids: &[OrderId]) -> Result<Vec<OrderSnapshot>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("SELECT o.*, {REFUNDS} FROM orders o WHERE o.id IN (SELECT unhex(value) FROM json_each(?1))");
        let rows: Vec<OrderSnapshotRow> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(hex_list(ids.iter().map(|id| id.0)))
            .fetch_all(&self.readers)
            .await
            .map_err(classify)?;
        into_all(rows)
    }

    async fn hold(&self, id: HoldId) -> Result<Option<Hold>, StoreError> {
        let row: Option<HoldRow> = sqlx::query_as("SELECT * FROM holds WHERE id = ?1")
            .bind(id.0)
            .fetch_optional(&self.readers)
            .await
            .map_err(classify)?;
        row.map(Hold::try_from).transpose()
    }

    async fn active_holds(&self, owner: Owner, now: Timestamp, limit: u32) -> Result<Vec<Hold>, StoreError> {
        let rows: Vec<HoldRow> = sqlx::query_as(
            "SELECT * FROM holds WHERE owner = ?1 AND shopper IS NOT NULL AND status = 'active' AND expires_at > ?2
             ORDER BY id DESC LIMIT ?3",
        )
        .bind(owner.0)
        .bind(now.as_millis())
        .bind(limit)
        .fetch_all(&self.readers)
        .await
        .map_err(classify)?;
        into_all(rows)
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        let row: Option<OrderRow> = sqlx::query_as("SELECT * FROM orders WHERE id = ?1")
            .bind(id.0)
            .fetch_optional(&self.readers)
            .await
            .map_err(classify)?;
        row.map(Order::try_from).transpose()
    }

    async fn orders(&self, owner: Owner, before: Option<OrderId>, limit: u32) -> Result<Vec<Order>, StoreError> {
        // The greatest UUID stands for "no bound": ids sort by age.
        let rows: Vec<OrderRow> =
            sqlx::query_as("SELECT * FROM orders WHERE owner = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3")
                .bind(owner.0)
                .bind(before.map_or(Uuid::max(), |id| id.0))
                .bind(limit)
                .fetch_all(&self.readers)
                .await
                .map_err(classify)?;
        into_all(rows)
    }

    async fn payments(&self, hold: HoldId, order: Option<OrderId>) -> Result<Vec<Payment>, StoreError> {
        let rows: Vec<PaymentRow> =
            sqlx::query_as("SELECT * FROM payment_webhooks WHERE (order_id = ?1 OR hold_id = ?2) AND outcome <> 'duplicate' ORDER BY id LIMIT 1000")
                .bind(order.map(|id| id.0))
                .bind(hold.0)
                .fetch_all(&self.readers)
                .await
                .map_err(classify)?;
        into_all(rows)
    }

    async fn due(&self, now: Timestamp) -> Result<Vec<ProductId>, StoreError> {
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "SELECT id FROM products p
             WHERE EXISTS (SELECT 1 FROM holds WHERE product_id = p.id AND status = 'active' AND expires_at <= ?1)
                OR EXISTS (SELECT 1 FROM orders WHERE product_id = p.id AND status = 'pending' AND pay_by <= ?1)
             ORDER BY id",
        )
        .bind(now.as_millis())
        .fetch_all(&self.readers)
        .await
        .map_err(classify)?;
        Ok(ids.into_iter().map(ProductId).collect())
    }

    async fn next_due(&self) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError> {
        let (due, parked): (Option<i64>, Option<i64>) = sqlx::query_as(
            "SELECT (SELECT min(due) FROM (
                 SELECT (SELECT min(expires_at) FROM holds WHERE product_id = p.id AND status = 'active') AS due
                 FROM products p
                 UNION ALL
                 SELECT (SELECT min(pay_by) FROM orders WHERE product_id = p.id AND status = 'pending')
                 FROM products p)),
                 (SELECT min(received_at) FROM payment_webhooks WHERE outcome = 'parked' AND product_id IS NULL)",
        )
        .fetch_one(&self.readers)
        .await
        .map_err(classify)?;
        Ok((due.map(Timestamp::from_millis), parked.map(Timestamp::from_millis)))
    }

    async fn refunds_due(&self) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(audit::REFUNDS_DUE).fetch_one(&self.readers).await.map_err(classify)?;
        Ok(audit::count(count))
    }

    async fn audit(&self) -> Result<Audit, StoreError> {
        // One instant for all of it: beside a server that sells, two would never agree.
        let mut snapshot = self.readers.begin().await.map_err(classify)?;
        let products: Vec<ProductCounts> =
            sqlx::query_as(audit::PRODUCTS).fetch_all(&mut *snapshot).await.map_err(classify)?;
        let broken: Vec<BrokenRule> =
            sqlx::query_as(audit::BROKEN_RULES).fetch_all(&mut *snapshot).await.map_err(classify)?;
        let payments: PaymentCounts =
            sqlx::query_as(audit::PAYMENTS).fetch_one(&mut *snapshot).await.map_err(classify)?;
        snapshot.rollback().await.map_err(classify)?;
        Ok(Audit::of(&products, broken, &payments))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.readers).await.map_err(classify)?;
        Ok(())
    }
}
