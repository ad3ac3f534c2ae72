//! Loads the rows that a batch needs with one statement for each kind of row, inside the writer's transaction. The
//! products come first, locked in the order of their ids. The rows under a locked product cannot change, and are read
//! after it.

use super::{
    error::classify,
    sql::{self, Parameters},
};
use crate::{
    error::StoreError,
    model::{
        EventKey, Hold, HoldId, Order, Payment, Product, ProductId, Reference, Refund, RefundReference, Timestamp,
        TransactionId,
    },
    state::{Claim, IdempotencyRecord, LimitKey, LoadRequest, Loaded, MAX_DUE_PER_LOAD},
    store::{
        rows::{
            self, HoldRow, KeyRow, LimitUsageRow, OrderRow, PaymentRow, ProductRow, RefundRow, StoredKey, into_all,
        },
        table::Table,
    },
};
use sqlx::{AssertSqlSafe, FromRow, PgConnection, postgres::PgRow};
use std::{collections::BTreeSet, sync::LazyLock};
use uuid::Uuid;

pub(super) async fn load(conn: &mut PgConnection, request: &LoadRequest) -> Result<Loaded, StoreError> {
    let mut loaded = Loaded::default();
    let products = lock(conn, request).await?;
    let mut holds: Vec<Uuid> = request.holds.iter().map(|id| id.0).collect();
    let mut orders: Vec<Uuid> = request.orders.iter().map(|id| id.0).collect();
    if !request.refunds.is_empty() {
        let ids = request.refunds.iter().map(|id| id.0).collect();
        loaded.refunds = locked_rows::<RefundRow, Refund>(conn, ids, &products).await?;
    }
    if !(request.refunds_of.is_empty() && request.refund_references.is_empty()) {
        loaded.refunds.extend(refunds_at_provider(conn, request, &products).await?);
    }
    orders.extend(loaded.refunds.iter().filter_map(|refund| refund.order_id).map(|id| id.0));
    if !request.replays.is_empty() {
        let ids = request.replays.iter().map(|id| id.0).collect();
        loaded.replays = locked_rows::<PaymentRow, Payment>(conn, ids, &products).await?;
        for event in &loaded.replays {
            match event.reference {
                Reference::Order(id) => orders.push(id.0),
                Reference::Hold(id) => holds.push(id.0),
            }
        }
    }
    for (product, offset) in &request.due {
        let (due, next) = due(conn, *product, *offset, request.now).await?;
        holds.extend(due.iter().map(|id| id.0));
        loaded.due.push((*product, due, next));
    }
    if !products.is_empty() {
        loaded.products = products_with_due(conn, products).await?;
    }
    if !(holds.is_empty() && orders.is_empty()) {
        loaded.claims = claims(conn, holds, orders).await?;
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

fn limit(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Locks every product that the batch touches with one statement, in the order of their ids. Returns their ids.
async fn lock(conn: &mut PgConnection, request: &LoadRequest) -> Result<Vec<Uuid>, StoreError> {
    let named: BTreeSet<Uuid> = request.products.iter().chain(request.due.keys()).map(|id| id.0).collect();
    let has_refunds = !(request.refunds.is_empty()
        && request.replays.is_empty()
        && request.refunds_of.is_empty()
        && request.refund_references.is_empty());
    if named.is_empty()
        && request.slugs.is_empty()
        && request.holds.is_empty()
        && request.orders.is_empty()
        && !has_refunds
    {
        return Ok(Vec::new());
    }
    let query = sqlx::query_scalar(if has_refunds { LOCK_WITH_REFUNDS } else { LOCK })
        .bind(named.into_iter().chain(request.touched.iter().map(|id| id.0)).collect::<Vec<_>>())
        .bind(request.slugs.iter().map(ToString::to_string).collect::<Vec<_>>())
        .bind(request.holds.iter().map(|id| id.0).collect::<Vec<_>>())
        .bind(request.orders.iter().map(|id| id.0).collect::<Vec<_>>());
    if !has_refunds {
        return query.fetch_all(conn).await.map_err(classify);
    }
    let query = query
        .bind(request.refunds.iter().map(|id| id.0).collect::<Vec<_>>())
        .bind(request.replays.iter().map(|id| id.0).collect::<Vec<_>>())
        .bind(request.refunds_of.iter().map(TransactionId::as_str).collect::<Vec<_>>())
        .bind(request.refund_references.iter().map(RefundReference::as_str).collect::<Vec<_>>());
    query.fetch_all(conn).await.map_err(classify)
}

const LOCK: &str = "
SELECT id FROM products
WHERE id = ANY ($1) OR slug = ANY ($2)
   OR id IN (SELECT product_id FROM holds WHERE id = ANY ($3))
   OR id IN (SELECT product_id FROM orders WHERE id = ANY ($4))
ORDER BY id FOR UPDATE";

/// The same with the products of refunds, payment events and transactions. A payment may have arrived before its hold or order: then
/// only these know the product.
const LOCK_WITH_REFUNDS: &str = "
SELECT id FROM products
WHERE id = ANY ($1) OR slug = ANY ($2)
   OR id IN (SELECT product_id FROM holds WHERE id = ANY ($3))
   OR id IN (SELECT product_id FROM orders WHERE id = ANY ($4))
   OR id IN (SELECT coalesce(r.product_id, o.product_id)
             FROM refunds r LEFT JOIN orders o ON o.id = r.order_id
             WHERE r.id = ANY ($5) OR r.transaction_id = ANY ($7) OR r.provider_reference = ANY ($8))
   OR id IN (SELECT coalesce(w.product_id, h.product_id, o.product_id)
             FROM payment_webhooks w LEFT JOIN holds h ON h.id = w.hold_id LEFT JOIN orders o ON o.id = w.order_id
             WHERE w.id = ANY ($6) OR (w.transaction_id = ANY ($7) AND w.outcome <> 'duplicate'))
ORDER BY id FOR UPDATE";

/// Loads refunds or payment events. Their products are locked. Rows without a product are guarded by their own locks, which
/// are taken after those of the products. A row that was stored after the products were locked is not loaded: its product
/// may not be locked.
async fn locked_rows<R, T>(conn: &mut PgConnection, ids: Vec<Uuid>, products: &[Uuid]) -> Result<Vec<T>, StoreError>
where
    R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    T: Table + TryFrom<R, Error = StoreError>,
{
    let columns = sql::select::<T>("t");
    let select = format!(
        "SELECT {columns} FROM {} t WHERE t.id = ANY ($1) AND (t.product_id IS NULL OR t.product_id = ANY ($2))
         ORDER BY t.id FOR UPDATE",
        T::NAME
    );
    let query = sqlx::query_as::<_, R>(AssertSqlSafe(select)).bind(ids).bind(products);
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

/// Loads the refunds of transactions, and refunds by the provider's ids, as [`locked_rows`] does.
async fn refunds_at_provider(
    conn: &mut PgConnection,
    request: &LoadRequest,
    products: &[Uuid],
) -> Result<Vec<Refund>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Refund>("t");
        format!(
            "SELECT {columns} FROM refunds t
             WHERE (t.transaction_id = ANY ($1) OR t.provider_reference = ANY ($2))
               AND (t.product_id IS NULL OR t.product_id = ANY ($3))
             ORDER BY t.id FOR UPDATE"
        )
    });
    let query = sqlx::query_as::<_, RefundRow>(AssertSqlSafe(SELECT.as_str()))
        .bind(request.refunds_of.iter().map(TransactionId::as_str).collect::<Vec<_>>())
        .bind(request.refund_references.iter().map(RefundReference::as_str).collect::<Vec<_>>())
        .bind(products);
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

/// Returns the overdue holds and the holds of overdue orders, and the first instant at which another one is due.
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

/// Loads products, each with the first instant at which one of its holds or orders is due. This is not part of the
/// statement that locks them: that one may have waited, and everything but the locked rows would be older than they.
async fn products_with_due(
    conn: &mut PgConnection,
    products: Vec<Uuid>,
) -> Result<Vec<(Product, Option<Timestamp>)>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Product>("p");
        format!(
            "SELECT {columns}, ms(least(
                 (SELECT min(expires_at) FROM holds WHERE product_id = p.id AND status = 'active'),
                 (SELECT min(pay_by) FROM orders WHERE product_id = p.id AND status = 'pending'))) AS next_due
             FROM products p WHERE p.id = ANY ($1)"
        )
    });
    let query = sqlx::query_as::<_, DueProductRow>(AssertSqlSafe(SELECT.as_str())).bind(products);
    let rows = query.fetch_all(conn).await.map_err(classify)?;
    rows.into_iter()
        .map(|row| Ok((Product::try_from(row.product)?, row.next_due.map(Timestamp::from_millis))))
        .collect()
}

#[derive(FromRow)]
struct DueProductRow {
    #[sqlx(flatten)]
    product: ProductRow,
    next_due: Option<i64>,
}

/// Loads these holds and those of these orders, the orders that they became, and the payments parked for them.
async fn claims(conn: &mut PgConnection, holds: Vec<Uuid>, orders: Vec<Uuid>) -> Result<Vec<Claim>, StoreError> {
    static HOLDS: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Hold>("h");
        format!(
            "SELECT {columns} FROM holds h
             WHERE h.id IN (SELECT unnest($1::uuid[]) UNION SELECT hold_id FROM orders WHERE id = ANY ($2))"
        )
    });
    static ORDERS: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Order>("o");
        format!("SELECT {columns} FROM orders o WHERE o.hold_id = ANY ($1)")
    });
    static PARKED: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Payment>("w");
        format!(
            "SELECT {columns} FROM payment_webhooks w
             WHERE w.hold_id = ANY ($1) AND w.outcome = 'parked' ORDER BY w.id"
        )
    });
    let query = sqlx::query_as::<_, HoldRow>(AssertSqlSafe(HOLDS.as_str())).bind(holds).bind(orders);
    let held: Vec<Hold> = into_all(query.fetch_all(&mut *conn).await.map_err(classify)?)?;
    let holds: Vec<Uuid> = held.iter().map(|hold| hold.id.0).collect();
    let orders = by_holds::<OrderRow, _>(conn, &ORDERS, &holds).await?;
    let parked = by_holds::<PaymentRow, _>(conn, &PARKED, &holds).await?;
    Ok(Claim::assemble(held, orders, parked))
}

async fn by_holds<R, T>(conn: &mut PgConnection, sql: &'static str, holds: &[Uuid]) -> Result<Vec<T>, StoreError>
where
    R: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    T: TryFrom<R, Error = StoreError>,
{
    let query = sqlx::query_as::<_, R>(AssertSqlSafe(sql)).bind(holds);
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

/// Loads the units that count towards a limit: those of active holds and pending orders that are not overdue, and those
/// of paid orders that no refund has put back on sale.
async fn limit_usage(
    conn: &mut PgConnection,
    request: &LoadRequest,
) -> Result<Vec<(LimitKey, HoldId, u32)>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        // The time is $1.
        let shoppers = sql::rows(rows::limit_keys([]).columns(), 2);
        format!(
            "SELECT h.product_id, h.owner, h.shopper, h.id AS hold_id,
                    CASE o.status WHEN 'paid' THEN h.qty - o.restocked ELSE h.qty END AS units
             FROM {shoppers}
             JOIN holds h ON h.product_id = n.product_id AND h.owner = n.owner AND h.shopper = n.shopper
             LEFT JOIN orders o ON o.hold_id = h.id
             WHERE h.status IN ('active', 'ordered')
               AND ((h.status = 'active' AND h.expires_at > $1) OR (o.status = 'pending' AND o.pay_by > $1)
                    OR (o.status = 'paid' AND o.restocked < h.qty))"
        )
    });
    let mut parameters = Parameters::default();
    parameters.value(request.now.to_datetime());
    parameters.rows(&rows::limit_keys(&request.limit_usage));
    let arguments = parameters.finish().map_err(classify)?;
    let query = sqlx::query_as_with::<_, LimitUsageRow, _>(AssertSqlSafe(SELECT.as_str()), arguments);
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

async fn keys(conn: &mut PgConnection, request: &LoadRequest) -> Result<Vec<IdempotencyRecord>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<StoredKey>("k");
        let names = sql::rows(rows::idempotency_keys([]).columns(), 1);
        format!("SELECT {columns} FROM {names} JOIN idempotency_keys k ON k.owner = n.owner AND k.key = n.key")
    });
    let arguments = Parameters::of(&rows::idempotency_keys(&request.keys)).map_err(classify)?;
    let query = sqlx::query_as_with::<_, KeyRow, _>(AssertSqlSafe(SELECT.as_str()), arguments);
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

/// Returns those of the requested transactions that are disputed.
async fn disputed(conn: &mut PgConnection, request: &LoadRequest) -> Result<Vec<TransactionId>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| rows::disputed("SELECT unnest($1::text[])"));
    let query = sqlx::query_scalar::<_, String>(AssertSqlSafe(SELECT.as_str()))
        .bind(request.disputes.iter().map(TransactionId::as_str).collect::<Vec<_>>());
    let ids = query.fetch_all(conn).await.map_err(classify)?;
    ids.into_iter().map(|id| TransactionId::try_from(id).map_err(StoreError::Corrupt)).collect()
}

/// Loads events by their keys, and by what their transactions have reported.
async fn events(conn: &mut PgConnection, request: &LoadRequest) -> Result<Vec<Payment>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        // The keys are $1.
        let reported = sql::rows(rows::payment_reports([]).columns(), 2);
        let columns = sql::select::<Payment>("w");
        format!(
            "SELECT {columns} FROM payment_webhooks w WHERE w.key = ANY ($1)
             UNION
             SELECT {columns} FROM {reported}
             JOIN payment_webhooks w ON w.transaction_id = n.transaction_id AND w.status = n.status
             WHERE w.outcome <> 'duplicate' AND w.dispute_id IS NOT DISTINCT FROM n.dispute_id"
        )
    });
    let mut parameters = Parameters::default();
    parameters.value(request.events.iter().map(EventKey::as_str).collect::<Vec<_>>());
    parameters.rows(&rows::payment_reports(&request.reports));
    let arguments = parameters.finish().map_err(classify)?;
    let query = sqlx::query_as_with::<_, PaymentRow, _>(AssertSqlSafe(SELECT.as_str()), arguments);
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}

/// Loads payments that were parked before this instant and refer to nothing that the shop knows. They belong to no
/// product, so they are locked one by one. Skips a payment that another node is expiring.
async fn unmatched_payments(conn: &mut PgConnection, before: Timestamp) -> Result<Vec<Payment>, StoreError> {
    static SELECT: LazyLock<String> = LazyLock::new(|| {
        let columns = sql::select::<Payment>("w");
        format!(
            "SELECT {columns} FROM payment_webhooks w
             WHERE w.outcome = 'parked' AND w.product_id IS NULL AND w.received_at <= $1
             ORDER BY w.received_at, w.id LIMIT $2 FOR UPDATE SKIP LOCKED"
        )
    });
    let query = sqlx::query_as::<_, PaymentRow>(AssertSqlSafe(SELECT.as_str()));
    let query = query.bind(before.to_datetime()).bind(limit(MAX_DUE_PER_LOAD));
    into_all(query.fetch_all(conn).await.map_err(classify)?)
}
