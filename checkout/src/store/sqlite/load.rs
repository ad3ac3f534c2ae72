//! Loads what a batch wants, one statement a kind, inside the writer's transaction.

use super::{classify, hex_list, json};
use crate::{
    error::StoreError,
    model::{Hold, HoldId, Order, Payment, Product, ProductId, Shopper, Timestamp},
    state::{Claim, LimitKey, LoadRequest, Loaded, MAX_DUE_PER_LOAD},
    store::rows::{HoldRow, KeyRow, OrderRow, PaymentRow, ProductRow, into_all},
};
use serde_json::json;
use sqlx::{FromRow, SqliteConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

pub(super) async fn load(conn: &mut SqliteConnection, request: &LoadRequest) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded::default();
    let mut holds: BTreeSet<Uuid> = request.holds.iter().map(|id| id.0).collect();
    if !request.orders.is_empty() {
        holds.extend(holds_of_orders(conn, request).await?);
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
    if !(products.is_empty() && request.slugs.is_empty()) {
        loaded.products = products_with_due(conn, &products, request).await?;
    }
    if !request.limit_usage.is_empty() {
        loaded.limit_usage = limit_usage(conn, request).await?;
    }
    if !request.keys.is_empty() {
        let list: Vec<_> =
            request.keys.iter().map(|(owner, key)| json!([owner.0.simple().to_string(), key.as_str()])).collect();
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT k.owner, k.key, k.fingerprint, k.reply FROM json_each(?1) w
             JOIN idempotency_keys k ON k.owner = unhex(w.value ->> 0) AND k.key = w.value ->> 1",
        )
        .bind(json(&list)?)
        .fetch_all(&mut *conn)
        .await
        .map_err(classify)?;
        loaded.keys = into_all(rows)?;
    }
    if !(request.events.is_empty() && request.by_transaction.is_empty()) {
        loaded.events = events(conn, request).await?;
    }
    if let Some(before) = request.parked_before {
        let rows: Vec<PaymentRow> = sqlx::query_as(
            "SELECT * FROM payment_webhooks
             WHERE outcome = 'parked' AND product_id IS NULL AND received_at <= ?1 ORDER BY received_at LIMIT ?2",
        )
        .bind(before.as_millis())
        .bind(i64::try_from(MAX_DUE_PER_LOAD).unwrap_or(i64::MAX))
        .fetch_all(&mut *conn)
        .await
        .map_err(classify)?;
        loaded.unmatched_payments = into_all(rows)?;
    }
    Ok(loaded)
}

async fn holds_of_orders(conn: &mut SqliteConnection, request: &LoadRequest) -> Result<Vec<Uuid>, StoreError> {
    sqlx::query_scalar("SELECT hold_id FROM orders WHERE id IN (SELECT unhex(value) FROM json_each(?1))")
        .bind(hex_list(request.orders.iter().map(|id| id.0)))
        .fetch_all(conn)
        .await
        .map_err(classify)
}

/// Holds past their time and holds whose order is, and the first instant at which another one is due.
async fn due(
    conn: &mut SqliteConnection,
    product: ProductId,
    offset: usize,
    now: Timestamp,
) -> Result<(Vec<HoldId>, Option<Timestamp>), StoreError> {
    let limit = offset + MAX_DUE_PER_LOAD + 1;
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
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .bind(i64::try_from(offset).unwrap_or(i64::MAX))
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

async fn claims(conn: &mut SqliteConnection, holds: &str) -> Result<Vec<Claim>, StoreError> {
    let rows: Vec<HoldRow> = sqlx::query_as("SELECT * FROM holds WHERE id IN (SELECT unhex(value) FROM json_each(?1))")
        .bind(holds)
        .fetch_all(&mut *conn)
        .await
        .map_err(classify)?;
    let held: Vec<Hold> = into_all(rows)?;
    let rows: Vec<OrderRow> =
        sqlx::query_as("SELECT * FROM orders WHERE hold_id IN (SELECT unhex(value) FROM json_each(?1))")
            .bind(holds)
            .fetch_all(&mut *conn)
            .await
            .map_err(classify)?;
    let orders: Vec<Order> = into_all(rows)?;
    let rows: Vec<PaymentRow> = sqlx::query_as(
        "SELECT * FROM payment_webhooks
         WHERE hold_id IN (SELECT unhex(value) FROM json_each(?1)) AND outcome = 'parked' ORDER BY id",
    )
    .bind(holds)
    .fetch_all(conn)
    .await
    .map_err(classify)?;
    Ok(Claim::assemble(held, orders, into_all(rows)?))
}

#[derive(FromRow)]
struct DueProductRow {
    #[sqlx(flatten)]
    product: ProductRow,
    next_due: Option<i64>,
}

async fn products_with_due(
    conn: &mut SqliteConnection,
    products: &BTreeSet<ProductId>,
    request: &LoadRequest,
) -> Result<Vec<(Product, Option<Timestamp>)>, StoreError> {
    let slugs: Vec<_> = request.slugs.iter().map(|slug| json!(slug.as_str())).collect();
    let rows: Vec<DueProductRow> = sqlx::query_as(
        "SELECT p.*, (SELECT min(due) FROM (
             SELECT min(expires_at) AS due FROM holds WHERE product_id = p.id AND status = 'active'
             UNION ALL
             SELECT min(pay_by) FROM orders WHERE product_id = p.id AND status = 'pending')) AS next_due
         FROM products p
         WHERE p.id IN (SELECT unhex(value) FROM json_each(?1)) OR p.slug IN (SELECT value FROM json_each(?2))",
    )
    .bind(hex_list(products.iter().map(|id| id.0)))
    .bind(json(&slugs)?)
    .fetch_all(conn)
    .await
    .map_err(classify)?;
    rows.into_iter()
        .map(|row| Ok((Product::try_from(row.product)?, row.next_due.map(Timestamp::from_millis))))
        .collect()
}

#[derive(FromRow)]
struct LimitUsageRow {
    nth: i64,
    hold_id: Uuid,
    qty: i64,
}

/// What counts towards a limit: holds and orders that still have their time, and paid orders for ever.
async fn limit_usage(
    conn: &mut SqliteConnection,
    request: &LoadRequest,
) -> Result<Vec<(LimitKey, HoldId, u32)>, StoreError> {
    let keys: Vec<&LimitKey> = request.limit_usage.iter().collect();
    let list: Vec<_> = keys
        .iter()
        .map(|key| {
            json!([key.product.0.simple().to_string(), key.owner.0.simple().to_string(), Shopper::as_str(&key.shopper)])
        })
        .collect();
    let rows: Vec<LimitUsageRow> = sqlx::query_as(
        "SELECT w.key AS nth, h.id AS hold_id, h.qty FROM json_each(?1) w
         JOIN holds h ON h.product_id = unhex(w.value ->> 0) AND h.owner = unhex(w.value ->> 1) AND h.shopper = w.value ->> 2
         LEFT JOIN orders o ON o.hold_id = h.id
         WHERE (h.status = 'active' AND h.expires_at > ?2)
            OR (o.status = 'pending' AND o.pay_by > ?2) OR o.status = 'paid'",
    )
    .bind(json(&list)?)
    .bind(request.now.as_millis())
    .fetch_all(conn)
    .await
    .map_err(classify)?;
    rows.into_iter()
        .filter_map(|row| {
            let key = keys.get(usize::try_from(row.nth).ok()?)?;
            Some(((*key).clone(), HoldId(row.hold_id), u32::try_from(row.qty).ok()?))
        })
        .map(Ok)
        .collect()
}

async fn events(conn: &mut SqliteConnection, request: &LoadRequest) -> Result<Vec<Payment>, StoreError> {
    let keys: Vec<_> = request.events.iter().map(|key| json!(key.as_str())).collect();
    let by_transaction: Vec<_> =
        request.by_transaction.iter().map(|(id, status)| json!([id.as_str(), status])).collect();
    let rows: Vec<PaymentRow> = sqlx::query_as(
        "SELECT * FROM payment_webhooks WHERE key IN (SELECT value FROM json_each(?1))
         UNION
         SELECT p.* FROM json_each(?2) w
         JOIN payment_webhooks p ON p.transaction_id = w.value ->> 0 AND p.status = w.value ->> 1
         WHERE p.outcome <> 'duplicate'",
    )
    .bind(json(&keys)?)
    .bind(json(&by_transaction)?)
    .fetch_all(conn)
    .await
    .map_err(classify)?;
    into_all(rows)
}
