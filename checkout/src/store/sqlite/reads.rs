//! Reads beside the writer, each a statement of its own: no read transaction is ever left open.

use super::{
    SqliteStore, classify, hex_list,
    rows::{HoldRow, OrderRow, PaymentRow, ProductRow, into_all},
};
use crate::{
    fault::StoreError,
    model::{Hold, HoldId, Order, OrderId, Owner, Payment, Product, ProductId, Timestamp},
    store::{Audit, Drift, Reads},
};
use async_trait::async_trait;
use sqlx::FromRow;
use uuid::Uuid;

#[async_trait]
impl Reads for SqliteStore {
    async fn products(&self) -> Result<Vec<Product>, StoreError> {
        let rows: Vec<ProductRow> =
            sqlx::query_as("SELECT * FROM products ORDER BY id").fetch_all(&self.readers).await.map_err(classify)?;
        into_all(rows)
    }

    async fn pulse(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar("PRAGMA data_version").fetch_one(&self.lookout).await.map_err(classify)
    }

    async fn these_orders(&self, ids: &[OrderId]) -> Result<Vec<Order>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<OrderRow> =
            sqlx::query_as("SELECT * FROM orders WHERE id IN (SELECT unhex(value) FROM json_each(?1))")
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

    async fn live_holds(&self, owner: Owner, now: Timestamp, limit: u32) -> Result<Vec<Hold>, StoreError> {
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

    async fn payments(&self, order: OrderId, hold: HoldId) -> Result<Vec<Payment>, StoreError> {
        let rows: Vec<PaymentRow> =
            sqlx::query_as("SELECT * FROM payment_webhooks WHERE order_id = ?1 OR hold_id = ?2 ORDER BY id LIMIT 1000")
                .bind(order.0)
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

    async fn audit(&self) -> Result<Audit, StoreError> {
        // One statement, so that all of it is of one moment.
        let rows: Vec<AuditRow> = sqlx::query_as(
            "SELECT p.slug, p.total, p.available, p.held, p.pending, p.sold, p.version,
                    (SELECT ifnull(sum(qty), 0) FROM holds WHERE product_id = p.id AND status = 'active') AS held_rows,
                    (SELECT ifnull(sum(qty), 0) FROM orders WHERE product_id = p.id AND status = 'pending') AS pending_rows,
                    (SELECT ifnull(sum(qty), 0) FROM orders WHERE product_id = p.id AND status = 'paid') AS sold_rows,
                    (SELECT count(*) FROM stock_events WHERE product_id = p.id) AS events,
                    (SELECT available FROM stock_events WHERE product_id = p.id ORDER BY version DESC LIMIT 1) AS told,
                    (SELECT count(*) FROM holds h LEFT JOIN orders o ON o.hold_id = h.id
                     WHERE h.product_id = p.id AND (h.order_id IS NOT o.id)) AS strays,
                    (SELECT count(*) FROM holds WHERE product_id = p.id) AS holds,
                    (SELECT count(*) FROM orders WHERE product_id = p.id) AS orders,
                    (SELECT count(*) FROM payment_webhooks WHERE outcome = 'refund_due') AS refunds
             FROM products p ORDER BY p.id",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(classify)?;
        let drift: Vec<Drift> = rows.iter().flat_map(AuditRow::drift).collect();
        let sum = |part: fn(&AuditRow) -> i64| rows.iter().map(|r| u64::try_from(part(r)).unwrap_or(0)).sum();
        Ok(Audit {
            clean: drift.is_empty(),
            products: u64::try_from(rows.len()).unwrap_or(u64::MAX),
            holds: sum(|r| r.holds),
            orders: sum(|r| r.orders),
            refunds_due: rows.first().map_or(0, |r| u64::try_from(r.refunds).unwrap_or(0)),
            drift,
        })
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.readers).await.map_err(classify)?;
        Ok(())
    }
}

#[derive(FromRow)]
struct AuditRow {
    slug: String,
    total: i64,
    available: i64,
    held: i64,
    pending: i64,
    sold: i64,
    version: i64,
    held_rows: i64,
    pending_rows: i64,
    sold_rows: i64,
    events: i64,
    /// None where the trail is missing altogether.
    told: Option<i64>,
    strays: i64,
    holds: i64,
    orders: i64,
    refunds: i64,
}

impl AuditRow {
    fn drift(&self) -> Vec<Drift> {
        let sum = self.available + self.held + self.pending + self.sold;
        let checks = [
            ("total", self.total, sum),
            ("held", self.held, self.held_rows),
            ("pending", self.pending, self.pending_rows),
            ("sold", self.sold, self.sold_rows),
            // One stock event for each version, the last of which tells what is stored.
            ("version", self.version, self.events),
            ("available", self.available, self.told.unwrap_or(-1)),
            // Holds and orders that do not name each other.
            ("claims", 0, self.strays),
        ];
        let differ = checks.into_iter().filter(|(_, stored, counted)| stored != counted);
        differ
            .map(|(counter, stored, counted)| Drift {
                product: self.slug.clone(),
                counter: counter.to_owned(),
                stored,
                counted,
            })
            .collect()
    }
}
