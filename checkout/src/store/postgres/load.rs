//! Loads what a batch wants, one statement a kind, inside the writer's transaction. The products come first, locked in
//! the order of their ids: what lies under a locked product stands still, and is read after.

use super::{
    columns::{HOLD, ORDER, PAYMENT, PRODUCT},
    error::classify,
};
use crate::{
    error::StoreError,
    model::{Hold, HoldId, Order, Payment, Product, ProductId, Timestamp},
    state::{Claim, LimitKey, LoadRequest, Loaded, MAX_DUE_PER_LOAD},
    store::rows::{HoldRow, KeyRow, OrderRow, PaymentRow, ProductRow, into_all},
};
use sqlx::{
    AssertSqlSafe, FromRow, PgConnection, Row,
    postgres::{PgArguments, PgRow},
};
use std::collections::BTreeSet;
use uuid::Uuid;

pub(super) async fn load(conn: &mut PgConnection, request: &LoadRequest) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded::default();
    let products = lock(conn, request).await?;
    let mut holds: Vec<Uuid> = request.holds.iter().map(|id| id.0).collect();
    for (product, offset) in &request.due {
        let (due, next) = due(conn, *product, *offset, request.now).await?;
        holds.extend(due.iter().map(|id| id.0));
        loaded.due.push((*product, due, next));
    }
    if !products.is_empty() {
        loaded.products = products_with_due(conn, products).await?;
    }
    if !(holds.is_empty() && request.orders.is_empty()) {
        loaded.claims = claims(conn, holds, request).await?;
    }
    if !request.limit_usage.is_empty() {
        loaded.limit_usage = limit_usage(conn, request).await?;
    }
    if !request.keys.is_empty() {
        let (owners, keys): (Vec<_>, Vec<_>) =
            request.keys.iter().map(|(owner, key)| (owner.0, key.as_str().to_owned())).unzip();
        let query = sqlx::query_as::<_, KeyRow>(
            "SELECT k.owner, k.key, k.fingerprint, k.reply
             FROM unnest($1::uuid[], $2::text[]) AS n (owner, key) JOIN idempotency_keys k USING (owner, key)",
        );
        loaded.keys = into_all(query.bind(owners).bind(keys).fetch_all(&mut *conn).await.map_err(classify)?)?;
    }
    if !(request.events.is_empty() && request.by_transaction.is_empty()) {
        loaded.events = events(conn, request).await?;
    }
    if let Some(before) = request.parked_before {
        // Under no product, so locked one by one; what another node is giving up is left to it.
        let sql = format!(
            "SELECT {PAYMENT} FROM payment_webhooks w
             WHERE w.outcome = 'parked' AND w.product_id IS NULL AND w.received_at <= $1
             ORDER BY w.received_at, w.id LIMIT $2 FOR UPDATE SKIP LOCKED"
        );
        let query = sqlx::query_as::<_, PaymentRow>(AssertSqlSafe(sql)).bind(before.to_datetime());
        loaded.unmatched_payments =
            into_all(query.bind(count(MAX_DUE_PER_LOAD)).fetch_all(&mut *conn).await.map_err(classify)?)?;
    }
    Ok(loaded)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Locks every product that the batch touches, in one go and in the order of their ids; answers which.
async fn lock(conn: &mut PgConnection, request: &LoadRequest) -> Result<Vec<Uuid>, StoreError> {
    let named: BTreeSet<Uuid> = request.products.iter().chain(request.due.keys()).map(|id| id.0).collect();
    if named.is_empty() && request.slugs.is_empty() && request.holds.is_empty() && request.orders.is_empty() {
        return Ok(Vec::new());
    }
    let query = sqlx::query_scalar(
        "SELECT id FROM products
         WHERE id = ANY ($1) OR slug = ANY ($2)
            OR id IN (SELECT product_id FROM holds WHERE id = ANY ($3))
            OR id IN (SELECT product_id FROM orders WHERE id = ANY ($4))
         ORDER BY id FOR UPDATE",
    );
    let query = query
        .bind(named.into_iter().chain(request.touched.iter().map(|id| id.0)).collect::<Vec<_>>())
        .bind(request.slugs.iter().map(ToString::to_string).collect::<Vec<_>>())
        .bind(request.holds.iter().map(|id| id.0).collect::<Vec<_>>())
        .bind(orders_requested(request));
    query.fetch_all(conn).await.map_err(classify)
}

fn orders_requested(request: &LoadRequest) -> Vec<Uuid> {
    request.orders.iter().map(|id| id.0).collect()
}

/// Holds past their time and holds whose order is, and the first instant at which another one is due.
async fn due(
    conn: &mut PgConnection,
    product: ProductId,
    offset: usize,
    now: Timestamp,
) -> Result<(Vec<HoldId>, Option<Timestamp>), StoreError> {
    let rows: Vec<(Uuid, i64)> = sqlx::query_as(
        "SELECT hold_id, ms(due) FROM (
             (SELECT id AS hold_id, expires_at AS due FROM holds
              WHERE product_id = $1 AND status = 'active' AND expires_at <= $2 ORDER BY expires_at, id LIMIT $3)
             UNION ALL
             (SELECT hold_id, pay_by AS due FROM orders
              WHERE product_id = $1 AND status = 'pending' AND pay_by <= $2 ORDER BY pay_by, hold_id LIMIT $3)) d
         ORDER BY due, hold_id LIMIT $3 OFFSET $4",
    )
    .bind(product.0)
    .bind(now.to_datetime())
    .bind(count(offset + MAX_DUE_PER_LOAD + 1))
    .bind(count(offset))
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

async fn next_after(conn: &mut PgConnection, product: ProductId, now: Timestamp) -> Result<Option<i64>, StoreError> {
    sqlx::query_scalar(
        "SELECT ms(least(
             (SELECT min(expires_at) FROM holds WHERE product_id = $1 AND status = 'active' AND expires_at > $2),
             (SELECT min(pay_by) FROM orders WHERE product_id = $1 AND status = 'pending' AND pay_by > $2)))",
    )
    .bind(product.0)
    .bind(now.to_datetime())
    .fetch_one(conn)
    .await
    .map_err(classify)
}

/// The products and when something under each is due: a statement of its own, because the one that locked them may have
/// waited, and what it then saw beside the locked rows was older than they.
async fn products_with_due(
    conn: &mut PgConnection,
    products: Vec<Uuid>,
) -> Result<Vec<(Product, Option<Timestamp>)>, StoreError> {
    let sql = format!(
        "SELECT {PRODUCT}, ms(least(
             (SELECT min(expires_at) FROM holds WHERE product_id = p.id AND status = 'active'),
             (SELECT min(pay_by) FROM orders WHERE product_id = p.id AND status = 'pending'))) AS next_due
         FROM products p WHERE p.id = ANY ($1)"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(products).fetch_all(conn).await.map_err(classify)?;
    let product = |row: PgRow| {
        let product = ProductRow::from_row(&row).map_err(classify)?;
        let next_due: Option<i64> = row.try_get("next_due").map_err(classify)?;
        Ok((Product::try_from(product)?, next_due.map(Timestamp::from_millis)))
    };
    rows.into_iter().map(product).collect()
}

/// The claims of these holds, and of the orders that are wanted.
async fn claims(conn: &mut PgConnection, holds: Vec<Uuid>, request: &LoadRequest) -> Result<Vec<Claim>, StoreError> {
    let sql = format!(
        "SELECT {HOLD} FROM holds h
         WHERE h.id IN (SELECT unnest($1::uuid[]) UNION SELECT hold_id FROM orders WHERE id = ANY ($2))"
    );
    let query = sqlx::query_as::<_, HoldRow>(AssertSqlSafe(sql)).bind(holds).bind(orders_requested(request));
    let held: Vec<Hold> = into_all(query.fetch_all(&mut *conn).await.map_err(classify)?)?;
    let holds: Vec<Uuid> = held.iter().map(|hold| hold.id.0).collect();
    let orders: Vec<Order> =
        by_holds::<OrderRow, _>(conn, &holds, format!("SELECT {ORDER} FROM orders o WHERE o.hold_id = ANY ($1)"))
            .await?;
    let parked: Vec<Payment> = by_holds::<PaymentRow, _>(
        conn,
        &holds,
        format!(
            "SELECT {PAYMENT} FROM payment_webhooks w WHERE w.hold_id = ANY ($1) AND w.outcome = 'parked' ORDER BY w.id"
        ),
    )
    .await?;
    Ok(Claim::assemble(held, orders, parked))
}

async fn by_holds<R, T>(conn: &mut PgConnection, holds: &[Uuid], sql: String) -> Result<Vec<T>, StoreError>
where
    R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    T: TryFrom<R, Error = StoreError>,
{
    let query = sqlx::query_as_with::<_, R, PgArguments>(AssertSqlSafe(sql), PgArguments::default());
    into_all(query.bind(holds.to_vec()).fetch_all(conn).await.map_err(classify)?)
}

#[derive(FromRow)]
struct LimitUsageRow {
    nth: i64,
    hold_id: Uuid,
    qty: i64,
}

/// What counts towards a limit: holds and orders that still have their time, and paid orders for ever.
async fn limit_usage(
    conn: &mut PgConnection,
    request: &LoadRequest,
) -> Result<Vec<(LimitKey, HoldId, u32)>, StoreError> {
    let keys: Vec<&LimitKey> = request.limit_usage.iter().collect();
    let rows: Vec<LimitUsageRow> = sqlx::query_as(
        "SELECT n.nth, h.id AS hold_id, h.qty
         FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS n (product_id, owner, shopper, nth)
         JOIN holds h USING (product_id, owner, shopper)
         LEFT JOIN orders o ON o.hold_id = h.id
         WHERE h.status IN ('active', 'ordered')
           AND ((h.status = 'active' AND h.expires_at > $4) OR (o.status = 'pending' AND o.pay_by > $4) OR o.status = 'paid')",
    )
    .bind(keys.iter().map(|key| key.product.0).collect::<Vec<_>>())
    .bind(keys.iter().map(|key| key.owner.0).collect::<Vec<_>>())
    .bind(keys.iter().map(|key| key.shopper.as_str().to_owned()).collect::<Vec<_>>())
    .bind(request.now.to_datetime())
    .fetch_all(conn)
    .await
    .map_err(classify)?;
    let usage = |row: LimitUsageRow| {
        let key = keys.get(usize::try_from(row.nth - 1).ok()?)?;
        Some(((*key).clone(), HoldId(row.hold_id), u32::try_from(row.qty).ok()?))
    };
    Ok(rows.into_iter().filter_map(usage).collect())
}

async fn events(conn: &mut PgConnection, request: &LoadRequest) -> Result<Vec<Payment>, StoreError> {
    let keys: Vec<String> = request.events.iter().map(ToString::to_string).collect();
    let (transactions, statuses): (Vec<_>, Vec<_>) =
        request.by_transaction.iter().map(|(id, status)| (id.to_string(), (*status).to_owned())).unzip();
    let sql = format!(
        "SELECT {PAYMENT} FROM payment_webhooks w WHERE w.key = ANY ($1)
         UNION
         SELECT {PAYMENT} FROM unnest($2::text[], $3::text[]) AS n (transaction_id, status)
         JOIN payment_webhooks w ON w.transaction_id = n.transaction_id AND w.status = n.status
         WHERE w.outcome <> 'duplicate'"
    );
    let query = sqlx::query_as::<_, PaymentRow>(AssertSqlSafe(sql)).bind(keys).bind(transactions).bind(statuses);
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}
