//! Loads what a batch wants, one statement a kind, inside the writer's transaction.

use super::{classify, hex_list, json};
use crate::{
    fault::StoreError,
    model::{Hold, HoldId, Order, Payment, Product, ProductId, Shopper, Timestamp},
    state::{Claim, DUE_AT_ONCE, Found, TallyKey, Wanted},
    store::rows::{HoldRow, KeyRow, OrderRow, PaymentRow, ProductRow, into_all},
};
use serde_json::json;
use sqlx::{FromRow, SqliteConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

pub(super) async fn load(conn: &mut SqliteConnection, wanted: &Wanted) -> Result<Found, StoreError> {
    let mut found = Found::default();
    let mut holds: BTreeSet<Uuid> = wanted.holds.iter().map(|id| id.0).collect();
    if !wanted.orders.is_empty() {
        holds.extend(holds_of_orders(conn, wanted).await?);
    }
    for (product, loaded) in &wanted.due {
        let (due, next) = due(conn, *product, *loaded, wanted.now).await?;
        holds.extend(due.iter().map(|id| id.0));
        found.due.push((*product, due, next));
    }
    if !holds.is_empty() {
        found.claims = claims(conn, &hex_list(holds)).await?;
    }
    let mut products: BTreeSet<ProductId> = wanted.products.clone();
    products.extend(found.claims.iter().map(|claim| claim.hold.product_id));
    if !(products.is_empty() && wanted.slugs.is_empty()) {
        found.products = products_with_due(conn, &products, wanted).await?;
    }
    if !wanted.tallies.is_empty() {
        found.tallies = tallies(conn, wanted).await?;
    }
    if !wanted.keys.is_empty() {
        let list: Vec<_> =
            wanted.keys.iter().map(|(owner, key)| json!([owner.0.simple().to_string(), key.as_str()])).collect();
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT k.owner, k.key, k.fingerprint, k.reply FROM json_each(?1) w
             JOIN idempotency_keys k ON k.owner = unhex(w.value ->> 0) AND k.key = w.value ->> 1",
        )
        .bind(json(&list)?)
        .fetch_all(&mut *conn)
        .await
        .map_err(classify)?;
        found.keys = into_all(rows)?;
    }
    if !(wanted.events.is_empty() && wanted.said.is_empty()) {
        found.events = events(conn, wanted).await?;
    }
    if let Some(before) = wanted.parked_before {
        let rows: Vec<PaymentRow> = sqlx::query_as(
            "SELECT * FROM payment_webhooks
             WHERE outcome = 'parked' AND product_id IS NULL AND received_at <= ?1 ORDER BY received_at LIMIT ?2",
        )
        .bind(before.as_millis())
        .bind(i64::try_from(DUE_AT_ONCE).unwrap_or(i64::MAX))
        .fetch_all(&mut *conn)
        .await
        .map_err(classify)?;
        found.strays = into_all(rows)?;
    }
    Ok(found)
}

async fn holds_of_orders(conn: &mut SqliteConnection, wanted: &Wanted) -> Result<Vec<Uuid>, StoreError> {
    sqlx::query_scalar("SELECT hold_id FROM orders WHERE id IN (SELECT unhex(value) FROM json_each(?1))")
        .bind(hex_list(wanted.orders.iter().map(|id| id.0)))
        .fetch_all(conn)
        .await
        .map_err(classify)
}

/// Holds past their time and holds whose order is, and the first instant at which another one is due.
async fn due(
    conn: &mut SqliteConnection,
    product: ProductId,
    loaded: usize,
    now: Timestamp,
) -> Result<(Vec<HoldId>, Option<Timestamp>), StoreError> {
    let limit = loaded + DUE_AT_ONCE + 1;
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
    .bind(i64::try_from(loaded).unwrap_or(i64::MAX))
    .fetch_all(&mut *conn)
    .await
    .map_err(classify)?;
    let next = match rows.get(DUE_AT_ONCE) {
        Some((_, due)) => Some(*due),
        None => next_after(conn, product, now).await?,
    };
    let holds = rows.into_iter().take(DUE_AT_ONCE).map(|(id, _)| HoldId(id)).collect();
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
    wanted: &Wanted,
) -> Result<Vec<(Product, Option<Timestamp>)>, StoreError> {
    let slugs: Vec<_> = wanted.slugs.iter().map(|slug| json!(slug.as_str())).collect();
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
struct TallyRow {
    nth: i64,
    hold_id: Uuid,
    qty: i64,
}

/// What counts towards a limit: holds and orders that still have their time, and paid orders for ever.
async fn tallies(conn: &mut SqliteConnection, wanted: &Wanted) -> Result<Vec<(TallyKey, HoldId, u32)>, StoreError> {
    let keys: Vec<&TallyKey> = wanted.tallies.iter().collect();
    let list: Vec<_> = keys
        .iter()
        .map(|key| {
            json!([key.product.0.simple().to_string(), key.owner.0.simple().to_string(), Shopper::as_str(&key.shopper)])
        })
        .collect();
    let rows: Vec<TallyRow> = sqlx::query_as(
        "SELECT w.key AS nth, h.id AS hold_id, h.qty FROM json_each(?1) w
         JOIN holds h ON h.product_id = unhex(w.value ->> 0) AND h.owner = unhex(w.value ->> 1) AND h.shopper = w.value ->> 2
         LEFT JOIN orders o ON o.hold_id = h.id
         WHERE (h.status = 'active' AND h.expires_at > ?2)
            OR (o.status = 'pending' AND o.pay_by > ?2) OR o.status = 'paid'",
    )
    .bind(json(&list)?)
    .bind(wanted.now.as_millis())
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

async fn events(conn: &mut SqliteConnection, wanted: &Wanted) -> Result<Vec<Payment>, StoreError> {
    let keys: Vec<_> = wanted.events.iter().map(|key| json!(key.as_str())).collect();
    let said: Vec<_> = wanted.said.iter().map(|(id, status)| json!([id.as_str(), status])).collect();
    let rows: Vec<PaymentRow> = sqlx::query_as(
        "SELECT * FROM payment_webhooks WHERE key IN (SELECT value FROM json_each(?1))
         UNION
         SELECT p.* FROM json_each(?2) w
         JOIN payment_webhooks p ON p.transaction_id = w.value ->> 0 AND p.status = w.value ->> 1
         WHERE p.outcome <> 'duplicate'",
    )
    .bind(json(&keys)?)
    .bind(json(&said)?)
    .fetch_all(conn)
    .await
    .map_err(classify)?;
    into_all(rows)
}
