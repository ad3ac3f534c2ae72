//! Loads the rows that a batch needs with one statement for each kind of row, inside the writer's transaction.

use super::{
    classify,
    sql::{self, hex_list},
};
use crate::{
    error::StoreError,
    model::{
        EventKey, Hold, HoldId, Order, OrderId, Payment, Product, ProductId, Reference, Refund, RefundReference, Slug,
        Timestamp, TransactionId,
    },
    state::{Claim, IdempotencyRecord, LimitKey, LoadRequest, Loaded, MAX_DUE_PER_LOAD},
    store::{
        rows::{
            self, HoldRow, KeyRow, LimitUsageRow, OrderRow, PaymentRow, ProductRow, RefundRow, StoredKey, into_all,
        },
        table::Table,
    },
};
use sqlx::{AssertSqlSafe, FromRow, SqliteConnection, sqlite::SqliteRow};
use std::{collections::BTreeSet, sync::LazyLock};
use uuid::Uuid;

pub(super) async fn load(conn: &mut SqliteConnection, request: &LoadRequest) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded::default();
    if !request.refunds.is_empty() {
        loaded.refunds = by_ids::<RefundRow, Refund>(conn, request.refunds.iter().map(|id| id.0)).await?;
    }
    if !(request.refunds_of.is_empty() && request.refund_references.is_empty()) {
        loaded.refunds.extend(refunds_at_provider(conn, request).await?);
    }
    if !request.replays.is_empty() {
        loaded.replays = by_ids::<PaymentRow, Payment>(conn, request.replays.iter().map(|id| id.0)).await?;
    }
    let mut holds: BTreeSet<Uuid> = request.holds.iter().map(|id| id.0).collect();
    let mut orders: BTreeSet<OrderId> = request.orders.clone();
    orders.extend(loaded.refunds.iter().filter_map(|refund| refund.order_id));
    for event in &loaded.replays {
        match event.reference {
            Reference::Order(id) => _ = orders.insert(id),
            Reference::Hold(id) => _ = holds.insert(id.0),
        }
    }
    if !orders.is_empty() {
        holds.extend(holds_of_orders(conn, &orders).await?);
    }
    for (product, offset) in &request.due {
        let (due, next) = due(conn, *product, *offset, request.now).await?;
        holds.extend(due.iter().map(|id| id.0));
        loaded.due.push((*product, due, next));
    }
    if !holds.is_empty() {
        loaded.claims = claims(conn, &hex_list(holds)).await?;
    }
    let mut products: BTreeSet<ProductId> = request.products.clone();
    products.extend(loaded.claims.iter().map(|claim| claim.hold.product_id));
    products.extend(loaded.refunds.iter().filter_map(|refund| refund.product_id));
    products.extend(loaded.replays.iter().filter_map(|event| event.product_id));
    if !(products.is_empty() && request.slugs.is_empty()) {
        loaded.products = products_with_due(conn, &products, request).await?;
    }
    if !request.pictures.is_empty() {
        loaded.pictures = super::pictures::facts(conn, &request.pictures).await?;
    }
    if !request.limit_usage.is_empty() {
        loaded.limit_usage = limit_usage(conn, request).await?;
    }
    if !request.keys.is_empty() {
        loaded.keys = keys(conn, request).await?;
    }
    if !(request.events.is_empty() && request.reports.is_empty()) {
        loaded.events = events(conn, request).await?;
    }
    if !request.disputes.is_empty() {
        loaded.disputed = disputed(conn, request).await?;
    }
    if let Some(before) = request.parked_before {
        loaded.unmatched_payments = unmatched_payments(conn, before).await?;
    }
    Ok(loaded)
}

/// Loads rows of a table by their ids.
async fn by_ids<R, T>(conn: &mut SqliteConnection, ids: impl Iterator<Item = Uuid>) -> Result<Vec<T>, StoreError>
where
    R: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
    T: Table + TryFrom<R, Error = StoreError>,
{
    let columns = sql::select::<T>("t");
    let select = format!("SELECT {columns} FROM {} t WHERE t.id IN (SELECT unhex(value) FROM json_each(?1))", T::NAME);
    let query = sqlx::query_as::<_, R>(AssertSqlSafe(select)).bind(hex_list(ids));
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

/// Loads the refunds of transactions, and refunds by the provider's ids.
async fn refunds_at_provider(conn: &mut SqliteConnection, request: &LoadRequest) -> Result<Vec<Refund>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Refund>("t");
        format!(
            "SELECT {columns} FROM refunds t WHERE t.transaction_id IN (SELECT value FROM json_each(?1))
             UNION
             SELECT {columns} FROM refunds t WHERE t.provider_reference IN (SELECT value FROM json_each(?2))"
        )
    });
    let query = sqlx::query_as::<_, RefundRow>(AssertSqlSafe(SELECT.as_str()))
        .bind(sql::text_list(request.refunds_of.iter().map(TransactionId::as_str))?)
        .bind(sql::text_list(request.refund_references.iter().map(RefundReference::as_str))?);
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

async fn holds_of_orders(conn: &mut SqliteConnection, orders: &BTreeSet<OrderId>) -> Result<Vec<Uuid>, StoreError> {
    sqlx::query_scalar("SELECT hold_id FROM orders WHERE id IN (SELECT unhex(value) FROM json_each(?1))")
        .bind(hex_list(orders.iter().map(|id| id.0)))
        .fetch_all(conn)
        .await
        .map_err(classify)
}

/// Returns the overdue holds and the holds of overdue orders, and the first instant at which another one is due.
async fn due(
    conn: &mut SqliteConnection,
    product: ProductId,
    offset: usize,
    now: Timestamp,
) -> Result<(Vec<HoldId>, Option<Timestamp>), StoreError> {
    let rows: Vec<(Uuid, i64)> = sqlx::query_as(
        "SELECT * FROM (SELECT id AS hold_id, expires_at AS due FROM holds
                        WHERE product_id = ?1 AND status = 'active' AND expires_at <= ?2 ORDER BY expires_at, id LIMIT ?3)
         UNION ALL
         SELECT * FROM (SELECT hold_id, pay_by AS due FROM orders
                        WHERE product_id = ?1 AND status = 'pending' AND pay_by <= ?2 ORDER BY pay_by, hold_id LIMIT ?3)
         ORDER BY due, hold_id LIMIT ?3 OFFSET ?4",
    )
    .bind(product.0)
    .bind(now.as_millis())
    .bind(limit(offset + MAX_DUE_PER_LOAD + 1))
    .bind(limit(offset))
    .fetch_all(&mut *conn)
    .await
    .map_err(classify)?;
    let next = match rows.get(MAX_DUE_PER_LOAD) {
        Some((_, due)) => Some(*due),
        None => next_after(conn, product, now).await?,
    };
    let holds = rows.into_iter().take(MAX_DUE_PER_LOAD).map(|(id, _)| HoldId(id)).collect();
    Ok((holds, next.map(Timestamp::from_millis)))
}

async fn next_after(
    conn: &mut SqliteConnection,
    product: ProductId,
    now: Timestamp,
) -> Result<Option<i64>, StoreError> {
    sqlx::query_scalar(
        "SELECT min(due) FROM (
             SELECT min(expires_at) AS due FROM holds WHERE product_id = ?1 AND status = 'active' AND expires_at > ?2
             UNION ALL
             SELECT min(pay_by) FROM orders WHERE product_id = ?1 AND status = 'pending' AND pay_by > ?2)",
    )
    .bind(product.0)
    .bind(now.as_millis())
    .fetch_one(conn)
    .await
    .map_err(classify)
}

/// Loads holds, the orders that they became, and the payments parked for them.
async fn claims(conn: &mut SqliteConnection, holds: &str) -> Result<Vec<Claim>, StoreError> {
    static HOLDS: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Hold>("h");
        format!("SELECT {columns} FROM holds h WHERE h.id IN (SELECT unhex(value) FROM json_each(?1))")
    });
    static ORDERS: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Order>("o");
        format!("SELECT {columns} FROM orders o WHERE o.hold_id IN (SELECT unhex(value) FROM json_each(?1))")
    });
    static PARKED: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Payment>("w");
        format!(
            "SELECT {columns} FROM payment_webhooks w
             WHERE w.hold_id IN (SELECT unhex(value) FROM json_each(?1)) AND w.outcome = 'parked' ORDER BY w.id"
        )
    });
    Ok(Claim::assemble(
        by_holds::<HoldRow, _>(conn, &HOLDS, holds).await?,
        by_holds::<OrderRow, _>(conn, &ORDERS, holds).await?,
        by_holds::<PaymentRow, _>(conn, &PARKED, holds).await?,
    ))
}

async fn by_holds<R, T>(conn: &mut SqliteConnection, sql: &'static str, holds: &str) -> Result<Vec<T>, StoreError>
where
    R: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
    T: TryFrom<R, Error = StoreError>,
{
    let query = sqlx::query_as::<_, R>(AssertSqlSafe(sql)).bind(holds);
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

#[derive(FromRow)]
struct DueProductRow {
    #[sqlx(flatten)]
    product: ProductRow,
    next_due: Option<i64>,
}

/// Loads products, each with the first instant at which one of its holds or orders is due.
async fn products_with_due(
    conn: &mut SqliteConnection,
    products: &BTreeSet<ProductId>,
    request: &LoadRequest,
) -> Result<Vec<(Product, Option<Timestamp>)>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Product>("p");
        format!(
            "SELECT {columns}, (SELECT min(due) FROM (
                 SELECT min(expires_at) AS due FROM holds WHERE product_id = p.id AND status = 'active'
                 UNION ALL
                 SELECT min(pay_by) FROM orders WHERE product_id = p.id AND status = 'pending')) AS next_due
             FROM products p
             WHERE p.id IN (SELECT unhex(value) FROM json_each(?1)) OR p.slug IN (SELECT value FROM json_each(?2))"
        )
    });
    let rows: Vec<DueProductRow> = sqlx::query_as(AssertSqlSafe(SELECT.as_str()))
        .bind(hex_list(products.iter().map(|id| id.0)))
        .bind(sql::text_list(request.slugs.iter().map(Slug::as_str))?)
        .fetch_all(conn)
        .await
        .map_err(classify)?;
    rows.into_iter()
        .map(|row| Ok((Product::try_from(row.product)?, row.next_due.map(Timestamp::from_millis))))
        .collect()
}

/// Loads the units that count towards a limit: those of active holds and pending orders that are not overdue, and those
/// of paid orders that no refund has put back on sale.
async fn limit_usage(
    conn: &mut SqliteConnection,
    request: &LoadRequest,
) -> Result<Vec<(LimitKey, HoldId, u32)>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        let shoppers = sql::rows(rows::limit_keys([]).columns(), "?1");
        format!(
            "SELECT h.product_id, h.owner, h.shopper, h.id AS hold_id,
                    CASE o.status WHEN 'paid' THEN h.qty - o.restocked ELSE h.qty END AS units
             FROM {shoppers}
             JOIN holds h ON h.product_id = n.product_id AND h.owner = n.owner AND h.shopper = n.shopper
             LEFT JOIN orders o ON o.hold_id = h.id
             WHERE (h.status = 'active' AND h.expires_at > ?2)
                OR (o.status = 'pending' AND o.pay_by > ?2) OR (o.status = 'paid' AND o.restocked < h.qty)"
        )
    });
    let query = sqlx::query_as::<_, LimitUsageRow>(AssertSqlSafe(SELECT.as_str()))
        .bind(sql::json(&rows::limit_keys(&request.limit_usage))?)
        .bind(request.now.as_millis());
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

async fn keys(conn: &mut SqliteConnection, request: &LoadRequest) -> Result<Vec<IdempotencyRecord>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<StoredKey>("k");
        let names = sql::rows(rows::idempotency_keys([]).columns(), "?1");
        format!("SELECT {columns} FROM {names} JOIN idempotency_keys k ON k.owner = n.owner AND k.key = n.key")
    });
    let query = sqlx::query_as::<_, KeyRow>(AssertSqlSafe(SELECT.as_str()))
        .bind(sql::json(&rows::idempotency_keys(&request.keys))?);
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

/// Returns those of the requested transactions that are disputed.
async fn disputed(conn: &mut SqliteConnection, request: &LoadRequest) -> Result<Vec<TransactionId>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| rows::disputed("SELECT value FROM json_each(?1)"));
    let query = sqlx::query_scalar::<_, String>(AssertSqlSafe(SELECT.as_str()))
        .bind(sql::text_list(request.disputes.iter().map(TransactionId::as_str))?);
    let ids = query.fetch_all(conn).await.map_err(classify)?;
    ids.into_iter().map(|id| TransactionId::try_from(id).map_err(StoreError::Corrupt)).collect()
}

/// Loads events by their keys, and by what their transactions have reported.
async fn events(conn: &mut SqliteConnection, request: &LoadRequest) -> Result<Vec<Payment>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Payment>("w");
        let reported = sql::rows(rows::payment_reports([]).columns(), "?2");
        format!(
            "SELECT {columns} FROM payment_webhooks w WHERE w.key IN (SELECT value FROM json_each(?1))
             UNION
             SELECT {columns} FROM {reported}
             JOIN payment_webhooks w ON w.transaction_id = n.transaction_id AND w.status = n.status
             WHERE w.outcome <> 'duplicate' AND w.dispute_id IS NOT DISTINCT FROM n.dispute_id"
        )
    });
    let query = sqlx::query_as::<_, PaymentRow>(AssertSqlSafe(SELECT.as_str()))
        .bind(sql::text_list(request.events.iter().map(EventKey::as_str))?)
        .bind(sql::json(&rows::payment_reports(&request.reports))?);
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

/// Loads payments that were parked before this instant and refer to nothing that the shop knows.
async fn unmatched_payments(conn: &mut SqliteConnection, before: Timestamp) -> Result<Vec<Payment>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Payment>("w");
        format!(
            "SELECT {columns} FROM payment_webhooks w
             WHERE w.outcome = 'parked' AND w.product_id IS NULL AND w.received_at <= ?1 ORDER BY w.received_at LIMIT ?2"
        )
    });
    let query = sqlx::query_as::<_, PaymentRow>(AssertSqlSafe(SELECT.as_str()))
        .bind(before.as_millis())
        .bind(limit(MAX_DUE_PER_LOAD));
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

fn limit(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
