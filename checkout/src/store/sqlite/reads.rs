//! Reads outside the writer's transaction. Each is one statement, so that no read transaction stays open.

use super::{
    SqliteStore, classify,
    sql::{self, hex_list},
};
use crate::{
    error::StoreError,
    model::{
        Hold, HoldId, Order, OrderId, Owner, PaidBefore, Payment, PaymentPayload, Product, ProductId, Reference,
        Refund, RefundId, Timestamp, TransactionId, WebhookId,
    },
    state::StoredPayload,
    store::{
        Audit, OrderSnapshot, Reads,
        audit::{self, BrokenRule, PaymentCounts, ProductCounts},
        rows::{
            HoldRow, OrderRow, OrderSnapshotRow, PaidBeforeRow, PayloadRow, PaymentRow, ProductRow, ReferenceRow,
            RefundRow, disputed, into_all, paid_before, product_versions, reference_of, refunds,
        },
        table,
    },
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Row as _};
use std::sync::LazyLock;
use uuid::Uuid;

#[async_trait]
impl Reads for SqliteStore {
    async fn products(&self) -> Result<Vec<Product>, StoreError> {
        static SELECT: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM products p ORDER BY p.id", sql::select::<Product>("p")));
        let rows = sqlx::query_as::<_, ProductRow>(AssertSqlSafe(SELECT.as_str())).fetch_all(&self.readers).await;
        into_all(rows.map_err(classify)?)
    }

    async fn product(&self, id: ProductId) -> Result<Option<Product>, StoreError> {
        static SELECT: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM products p WHERE p.id = ?1", sql::select::<Product>("p")));
        let query = sqlx::query_as::<_, ProductRow>(AssertSqlSafe(SELECT.as_str())).bind(id.0);
        query.fetch_optional(&self.readers).await.map_err(classify)?.map(Product::try_from).transpose()
    }

    async fn products_beyond(&self, known: &[(ProductId, u64)]) -> Result<Vec<Product>, StoreError> {
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            let columns = sql::select::<Product>("p");
            let known = sql::rows(&["id", "version"].map(table::column::<Product>), "?1");
            format!(
                "SELECT {columns} FROM products p LEFT JOIN {known} ON n.id = p.id WHERE n.id IS NULL OR p.version > n.version"
            )
        });
        let query =
            sqlx::query_as::<_, ProductRow>(AssertSqlSafe(SELECT.as_str())).bind(sql::json(&product_versions(known))?);
        into_all(query.fetch_all(&self.readers).await.map_err(classify)?)
    }

    async fn hold(&self, id: HoldId) -> Result<Option<Hold>, StoreError> {
        static SELECT: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM holds h WHERE h.id = ?1", sql::select::<Hold>("h")));
        let query = sqlx::query_as::<_, HoldRow>(AssertSqlSafe(SELECT.as_str())).bind(id.0);
        query.fetch_optional(&self.readers).await.map_err(classify)?.map(Hold::try_from).transpose()
    }

    async fn active_holds(&self, owner: Owner, now: Timestamp, limit: u32) -> Result<Vec<Hold>, StoreError> {
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            let columns = sql::select::<Hold>("h");
            format!(
                "SELECT {columns} FROM holds h
                 WHERE h.owner = ?1 AND h.shopper IS NOT NULL AND h.status = 'active' AND h.expires_at > ?2
                 ORDER BY h.id DESC LIMIT ?3"
            )
        });
        let query = sqlx::query_as::<_, HoldRow>(AssertSqlSafe(SELECT.as_str()));
        let query = query.bind(owner.0).bind(now.as_millis()).bind(limit);
        into_all(query.fetch_all(&self.readers).await.map_err(classify)?)
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        static SELECT: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM orders o WHERE o.id = ?1", sql::select::<Order>("o")));
        let query = sqlx::query_as::<_, OrderRow>(AssertSqlSafe(SELECT.as_str())).bind(id.0);
        query.fetch_optional(&self.readers).await.map_err(classify)?.map(Order::try_from).transpose()
    }

    async fn order_snapshots(&self, ids: &[OrderId]) -> Result<Vec<OrderSnapshot>, StoreError> {
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            let (columns, refunds) = (sql::select::<Order>("o"), refunds(|id| format!("hex({id})")));
            format!("SELECT {columns}, {refunds} FROM orders o WHERE o.id IN (SELECT unhex(value) FROM json_each(?1))")
        });
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let query = sqlx::query_as::<_, OrderSnapshotRow>(AssertSqlSafe(SELECT.as_str()));
        let query = query.bind(hex_list(ids.iter().map(|id| id.0)));
        into_all(query.fetch_all(&self.readers).await.map_err(classify)?)
    }

    async fn orders(&self, owner: Owner, before: Option<OrderId>, limit: u32) -> Result<Vec<Order>, StoreError> {
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            let columns = sql::select::<Order>("o");
            format!("SELECT {columns} FROM orders o WHERE o.owner = ?1 AND o.id < ?2 ORDER BY o.id DESC LIMIT ?3")
        });
        // Ids sort by age, so the greatest UUID stands for "no bound".
        let before = before.map_or(Uuid::max(), |id| id.0);
        let query = sqlx::query_as::<_, OrderRow>(AssertSqlSafe(SELECT.as_str()));
        let query = query.bind(owner.0).bind(before).bind(limit);
        into_all(query.fetch_all(&self.readers).await.map_err(classify)?)
    }

    async fn paid_before(&self, orders: &[OrderId]) -> Result<Vec<PaidBefore>, StoreError> {
        static SELECT: LazyLock<String> = LazyLock::new(|| paid_before("IN (SELECT unhex(value) FROM json_each(?1))"));
        if orders.is_empty() {
            return Ok(Vec::new());
        }
        let query = sqlx::query_as::<_, PaidBeforeRow>(AssertSqlSafe(SELECT.as_str()))
            .bind(hex_list(orders.iter().map(|id| id.0)));
        into_all(query.fetch_all(&self.readers).await.map_err(classify)?)
    }

    async fn explain_paid_before(&self, orders: &[OrderId]) -> Result<Vec<String>, StoreError> {
        let select = format!("EXPLAIN QUERY PLAN {}", paid_before("IN (SELECT unhex(value) FROM json_each(?1))"));
        let query = sqlx::query(AssertSqlSafe(select)).persistent(false).bind(hex_list(orders.iter().map(|id| id.0)));
        let rows = query.fetch_all(&self.readers).await.map_err(classify)?;
        Ok(rows.iter().filter_map(|row| row.try_get("detail").ok()).collect())
    }

    async fn payments(&self, hold: HoldId, order: Option<OrderId>) -> Result<Vec<Payment>, StoreError> {
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            let columns = sql::select::<Payment>("w");
            format!(
                "SELECT {columns} FROM payment_webhooks w
                 WHERE (w.order_id = ?1 OR w.hold_id = ?2) AND w.outcome <> 'duplicate' ORDER BY w.id LIMIT 1000"
            )
        });
        let query = sqlx::query_as::<_, PaymentRow>(AssertSqlSafe(SELECT.as_str()));
        let query = query.bind(order.map(|id| id.0)).bind(hold.0);
        into_all(query.fetch_all(&self.readers).await.map_err(classify)?)
    }

    async fn payment_payload(&self, id: WebhookId) -> Result<Option<PaymentPayload>, StoreError> {
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            format!("SELECT {} FROM payment_payloads p WHERE p.event_id = ?1", sql::select::<StoredPayload>("p"))
        });
        let query = sqlx::query_as::<_, PayloadRow>(AssertSqlSafe(SELECT.as_str())).bind(id.0);
        Ok(query.fetch_optional(&self.readers).await.map_err(classify)?.map(PaymentPayload::from))
    }

    async fn reference_of(&self, transaction: &TransactionId) -> Result<Option<Reference>, StoreError> {
        static SELECT: LazyLock<String> = LazyLock::new(|| reference_of("?1"));
        let query = sqlx::query_as::<_, ReferenceRow>(AssertSqlSafe(SELECT.as_str())).bind(transaction.as_str());
        query.fetch_optional(&self.readers).await.map_err(classify)?.map(Reference::try_from).transpose()
    }

    async fn disputed(&self, transactions: &[TransactionId]) -> Result<Vec<TransactionId>, StoreError> {
        static SELECT: LazyLock<String> = LazyLock::new(|| disputed("SELECT value FROM json_each(?1)"));
        let query = sqlx::query_scalar::<_, String>(AssertSqlSafe(SELECT.as_str()))
            .bind(sql::text_list(transactions.iter().map(TransactionId::as_str))?);
        let ids = query.fetch_all(&self.readers).await.map_err(classify)?;
        ids.into_iter().map(|id| TransactionId::try_from(id).map_err(StoreError::Corrupt)).collect()
    }

    async fn refunds_due_without_row(&self, most: u32) -> Result<Vec<WebhookId>, StoreError> {
        let query = sqlx::query_scalar(audit::REFUNDS_DUE_WITHOUT_ROW).bind(i64::from(most));
        let ids: Vec<Uuid> = query.fetch_all(&self.readers).await.map_err(classify)?;
        Ok(ids.into_iter().map(WebhookId).collect())
    }

    async fn refund(&self, id: RefundId) -> Result<Option<Refund>, StoreError> {
        static SELECT: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM refunds r WHERE r.id = ?1", sql::select::<Refund>("r")));
        let query = sqlx::query_as::<_, RefundRow>(AssertSqlSafe(SELECT.as_str())).bind(id.0);
        query.fetch_optional(&self.readers).await.map_err(classify)?.map(Refund::try_from).transpose()
    }

    async fn refunds_by_id(&self, ids: &[RefundId]) -> Result<Vec<Refund>, StoreError> {
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            let columns = sql::select::<Refund>("r");
            format!("SELECT {columns} FROM refunds r WHERE r.id IN (SELECT unhex(value) FROM json_each(?1))")
        });
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let query = sqlx::query_as::<_, RefundRow>(AssertSqlSafe(SELECT.as_str()));
        let query = query.bind(hex_list(ids.iter().map(|id| id.0)));
        into_all(query.fetch_all(&self.readers).await.map_err(classify)?)
    }

    async fn refunds_of_order(&self, order: OrderId) -> Result<Vec<Refund>, StoreError> {
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            let columns = sql::select::<Refund>("r");
            format!("SELECT {columns} FROM refunds r WHERE r.order_id = ?1 ORDER BY r.created_at, r.id LIMIT 1000")
        });
        let query = sqlx::query_as::<_, RefundRow>(AssertSqlSafe(SELECT.as_str())).bind(order.0);
        into_all(query.fetch_all(&self.readers).await.map_err(classify)?)
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
        // One snapshot for all statements: while a server sells, two snapshots would never agree.
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
