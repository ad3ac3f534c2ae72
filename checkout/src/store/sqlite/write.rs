//! Writes a decided batch: one statement a kind of row, however many there are. Every statement demands the number of
//! rows it expects to touch.

use super::{classify, json};
use crate::{
    error::StoreError,
    model::{Hold, HoldState, Order, OrderState, Payment, Product, Reference, RefundReason, Timestamp},
    state::{IdempotencyRecord, WriteSet},
};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, SqliteConnection, sqlite::SqliteQueryResult};
use uuid::fmt::Simple;

/// `false`: a version had moved on or a key was taken, and the transaction must be rolled back.
pub(super) async fn write(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    if !products(conn, writes).await? {
        return Ok(false);
    }
    holds(conn, writes).await?;
    orders(conn, writes).await?;
    Ok(payments(conn, writes).await? && keys(conn, writes).await?)
}

async fn products(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    if !unchanged(conn, writes).await? {
        return Ok(false);
    }
    let rows: Vec<_> = writes.products_changed.iter().map(counters).collect();
    let touched = run(
        conn,
        "UPDATE products SET total = n.value ->> 2, available = n.value ->> 3, held = n.value ->> 4,
                pending = n.value ->> 5, sold = n.value ->> 6, version = n.value ->> 1, updated_at = n.value ->> 7
         FROM jsonb_each(?1) n WHERE products.id = unhex(n.value ->> 0) AND products.version = (n.value ->> 1) - 1",
        &rows,
    )
    .await?;
    if touched != rows.len() {
        return Ok(false);
    }
    let rows: Vec<_> = writes.products_added.iter().map(product).collect();
    let added = run(
        conn,
        "INSERT INTO products (id, version, total, available, held, pending, sold, updated_at, slug, name, description,
                               image, price, currency, per_shopper_limit, starts_at, ends_at, hold_seconds, pay_seconds,
                               extend_seconds)
         SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13,
                value ->> 14, value ->> 15, value ->> 16, value ->> 17, value ->> 18, value ->> 19
         FROM jsonb_each(?1) WHERE true ON CONFLICT (slug) DO NOTHING",
        &rows,
    )
    .await?;
    if added != rows.len() {
        return Ok(false);
    }
    stock_events(conn, writes).await?;
    Ok(true)
}

/// Refusals rest on versions, too: were one to have moved on, somebody could be told "sold out" wrongly.
async fn unchanged(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    if writes.products_read.is_empty() {
        return Ok(true);
    }
    let rows: Vec<_> = writes.products_read.iter().map(|(id, version)| (id.0.simple(), version)).collect();
    let same: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM jsonb_each(?1) n JOIN products p ON p.id = unhex(n.value ->> 0) AND p.version = n.value ->> 1",
    )
    .bind(json(&rows)?)
    .fetch_one(conn)
    .await
    .map_err(classify)?;
    Ok(usize::try_from(same) == Ok(rows.len()))
}

async fn stock_events(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<(), StoreError> {
    let rows: Vec<_> = writes.products().map(|p| stock_event(p, writes)).collect();
    let added = run(
        conn,
        "INSERT INTO stock_events (product_id, version, total, available, held, pending, sold, at, batch, moved)
         SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                value ->> 7, unhex(value ->> 8), value ->> 9 FROM jsonb_each(?1)",
        &rows,
    )
    .await?;
    demand(added, rows.len(), "stock events")
}

async fn holds(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<(), StoreError> {
    let rows: Vec<_> = writes.holds_added.iter().map(hold).collect();
    let added = run(
        conn,
        "INSERT INTO holds (id, expires_at, extended, status, order_id, product_id, owner, shopper, qty, created_at)
         SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, unhex(value ->> 4), unhex(value ->> 5),
                unhex(value ->> 6), value ->> 7, value ->> 8, value ->> 9 FROM jsonb_each(?1)",
        &rows,
    )
    .await?;
    demand(added, rows.len(), "holds added")?;
    let rows: Vec<_> = writes.holds_changed.iter().map(hold).collect();
    let changed = run(
        conn,
        "UPDATE holds SET expires_at = n.value ->> 1, extended = n.value ->> 2, status = n.value ->> 3,
                order_id = unhex(n.value ->> 4)
         FROM jsonb_each(?1) n WHERE holds.id = unhex(n.value ->> 0) AND holds.status = 'active'",
        &rows,
    )
    .await?;
    demand(changed, rows.len(), "holds changed")
}

async fn orders(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<(), StoreError> {
    let rows: Vec<_> = writes.orders_added.iter().map(|o| order(o, "")).collect();
    let added = run(
        conn,
        "INSERT INTO orders (id, status, ended_at, transaction_id, cancel_reason, hold_id, product_id, owner, shopper,
                             qty, amount, currency, created_at, pay_by)
         SELECT unhex(value ->> 0), value ->> 2, value ->> 3, value ->> 4, value ->> 5, unhex(value ->> 6),
                unhex(value ->> 7), unhex(value ->> 8), value ->> 9, value ->> 10, value ->> 11, value ->> 12,
                value ->> 13, value ->> 14 FROM jsonb_each(?1)",
        &rows,
    )
    .await?;
    demand(added, rows.len(), "orders added")?;
    let rows: Vec<_> = writes.orders_changed.iter().map(|(o, was)| order(o, was)).collect();
    let changed = run(
        conn,
        "UPDATE orders SET status = n.value ->> 2, ended_at = n.value ->> 3, transaction_id = n.value ->> 4,
                cancel_reason = n.value ->> 5
         FROM jsonb_each(?1) n WHERE orders.id = unhex(n.value ->> 0) AND orders.status = n.value ->> 1",
        &rows,
    )
    .await?;
    demand(changed, rows.len(), "orders changed")
}

async fn payments(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    let rows: Vec<_> = writes.payments_added.iter().map(payment).collect();
    let added = run(
        conn,
        "INSERT INTO payment_webhooks (id, outcome, refund_reason, product_id, key, fingerprint, order_id, hold_id,
                                       transaction_id, status, amount, currency, received_at)
         SELECT unhex(value ->> 0), value ->> 1, value ->> 2, unhex(value ->> 3), value ->> 4, unhex(value ->> 5),
                unhex(value ->> 6), unhex(value ->> 7), value ->> 8, value ->> 9, value ->> 10, value ->> 11,
                value ->> 12 FROM jsonb_each(?1) WHERE true ON CONFLICT DO NOTHING",
        &rows,
    )
    .await?;
    let rows_changed: Vec<_> = writes.payments_changed.iter().map(payment).collect();
    let changed = run(
        conn,
        "UPDATE payment_webhooks SET outcome = n.value ->> 1, refund_reason = n.value ->> 2,
                product_id = unhex(n.value ->> 3)
         FROM jsonb_each(?1) n WHERE payment_webhooks.id = unhex(n.value ->> 0) AND payment_webhooks.outcome = 'parked'",
        &rows_changed,
    )
    .await?;
    demand(changed, rows_changed.len(), "payments changed")?;
    Ok(added == rows.len())
}

async fn keys(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    let row = |record: &IdempotencyRecord| {
        let reply = serde_json::to_string(&record.reply).unwrap_or_default();
        let key = record.idempotency.key.as_str();
        (
            record.owner.0.simple(),
            key.to_owned(),
            hex::encode(record.idempotency.fingerprint),
            reply,
            writes.at.as_millis(),
        )
    };
    let rows: Vec<_> = writes.keys.iter().map(row).collect();
    let added = run(
        conn,
        "INSERT INTO idempotency_keys (owner, key, fingerprint, reply, created_at)
         SELECT unhex(value ->> 0), value ->> 1, unhex(value ->> 2), value ->> 3, value ->> 4
         FROM jsonb_each(?1) WHERE true ON CONFLICT DO NOTHING",
        &rows,
    )
    .await?;
    Ok(added == rows.len())
}

/// Runs a statement for all rows at once; none, and it is spared.
async fn run<R: Serialize>(conn: &mut SqliteConnection, sql: &'static str, rows: &[R]) -> Result<usize, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let result: SqliteQueryResult =
        sqlx::query(AssertSqlSafe(sql)).bind(json(rows)?).execute(conn).await.map_err(classify)?;
    Ok(usize::try_from(result.rows_affected()).unwrap_or(usize::MAX))
}

/// The product's version guards everything under it, so a wrong number here is a bug, not contention.
fn demand(touched: usize, expected: usize, what: &str) -> Result<(), StoreError> {
    if touched == expected {
        return Ok(());
    }
    Err(StoreError::Corrupt(format!("{what}: {touched} rows instead of {expected}")))
}

fn counters(p: &Product) -> (Simple, u64, u32, u32, u32, u32, u32, i64) {
    let s = p.stock;
    (p.id.0.simple(), p.version, s.total, s.available, s.held, s.pending, s.sold, p.updated_at.as_millis())
}

fn stock_event(p: &Product, writes: &WriteSet) -> impl Serialize {
    let (id, version, total, available, held, pending, sold, at) = counters(p);
    let moved = writes.stock_deltas.get(&p.id).copied().unwrap_or_default();
    let moved = serde_json::to_string(&moved).unwrap_or_default();
    (id, version, total, available, held, pending, sold, at, writes.batch.0.simple(), moved)
}

/// One row as a list; a tuple has no room for as many columns.
fn product(p: &Product) -> Value {
    let mut row = json!(counters(p));
    if let Value::Array(columns) = &mut row {
        columns.extend([
            json!(p.slug.as_str()),
            json!(p.name),
            json!(p.description),
            json!(p.image),
            json!(p.price.minor),
            json!(p.price.currency),
            json!(p.per_shopper_limit),
            json!(p.window.starts_at.map(Timestamp::as_millis)),
            json!(p.window.ends_at.map(Timestamp::as_millis)),
            json!(p.hold_for.as_secs()),
            json!(p.pay_within.as_secs()),
            json!(p.extend_by.map(|by| by.as_secs())),
        ]);
    }
    row
}

fn hold(h: &Hold) -> impl Serialize {
    let order = match h.state {
        HoldState::Ordered { order_id } => Some(order_id.0.simple()),
        _ => None,
    };
    (
        h.id.0.simple(),
        h.expires_at.as_millis(),
        u8::from(h.extended),
        h.state.name(),
        order,
        h.product_id.0.simple(),
        h.owner.0.simple(),
        &h.shopper,
        h.qty,
        h.created_at.as_millis(),
    )
}

fn order<'a>(o: &'a Order, was: &'a str) -> impl Serialize {
    let (ended_at, transaction, reason) = match &o.state {
        OrderState::Pending => (None, None, None),
        OrderState::Paid { paid_at, transaction_id } => (Some(paid_at), Some(transaction_id), None),
        OrderState::Cancelled { cancelled_at, reason } => (Some(cancelled_at), None, Some(reason.name())),
    };
    (
        o.id.0.simple(),
        was,
        o.state.name(),
        ended_at.map(|at| at.as_millis()),
        transaction,
        reason,
        o.hold_id.0.simple(),
        o.product_id.0.simple(),
        o.owner.0.simple(),
        &o.shopper,
        o.qty,
        o.amount.minor,
        o.amount.currency,
        o.created_at.as_millis(),
        o.pay_by.as_millis(),
    )
}

fn payment(p: &Payment) -> impl Serialize {
    let (order, hold) = match p.reference {
        Reference::Order(id) => (Some(id.0.simple()), None),
        Reference::Hold(id) => (None, Some(id.0.simple())),
    };
    (
        p.id.0.simple(),
        p.outcome.name(),
        p.outcome.refund_reason().map(RefundReason::name),
        p.product_id.map(|id| id.0.simple()),
        &p.key,
        hex::encode(p.fingerprint),
        order,
        hold,
        &p.transaction_id,
        p.status.name(),
        p.reported.amount,
        p.reported.currency,
        p.received_at.as_millis(),
    )
}
