//! Writes a decided batch: one statement for each kind of row, however many rows there are. Each statement checks the
//! number of rows that it touched.

use super::{classify, sql};
use crate::{
    error::StoreError,
    model::{AuditEntry, Hold, NewJob, Order, Payment, Product, Refund},
    state::{OrderContact, StoredPayload, WriteSet},
    store::{
        rows::{self, EditedProduct, StockEvent, StoredKey},
        table::Rows,
    },
};
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::sync::LazyLock;

/// Returns `false` when a version had moved on or a key was taken: the caller must roll back.
pub(super) async fn write(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    if !(products_unchanged(conn, writes).await? && products(conn, writes).await?) {
        return Ok(false);
    }
    stock_events(conn, writes).await?;
    holds(conn, writes).await?;
    audit_log(conn, writes).await?;
    payloads(conn, writes).await?;
    events(conn, writes).await?;
    Ok(orders(conn, writes).await?
        && contacts(conn, writes).await?
        && payments(conn, writes).await?
        && refunds(conn, writes).await?
        && keys(conn, writes).await?)
}

/// Checks the products on which the batch only refused something: at another version, "sold out" could be wrong.
async fn products_unchanged(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    static COUNT: LazyLock<String> = LazyLock::new(|| {
        let rows = sql::rows(rows::product_versions([]).columns(), "?1");
        format!("SELECT count(*) FROM {rows} JOIN products p ON p.id = n.id AND p.version = n.version")
    });
    let rows = rows::product_versions(&writes.products_read);
    if rows.is_empty() {
        return Ok(true);
    }
    let query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(COUNT.as_str())).bind(sql::json(&rows)?);
    let same = query.fetch_one(conn).await.map_err(classify)?;
    Ok(usize::try_from(same) == Ok(rows.len()))
}

async fn products(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    static UPDATE: LazyLock<String> = LazyLock::new(sql::update::<Product>);
    static EDIT: LazyLock<String> = LazyLock::new(sql::update::<EditedProduct<'_>>);
    static INSERT: LazyLock<String> = LazyLock::new(|| sql::insert::<Product>() + " ON CONFLICT (slug) DO NOTHING");
    let edited: Vec<_> = writes.products_edited.iter().map(EditedProduct).collect();
    Ok(run(conn, &UPDATE, &rows::changed_products(writes)).await?.is_complete()
        && run(conn, &EDIT, &rows::edited_products(&edited)).await?.is_complete()
        && run(conn, &INSERT, &Rows::new(&writes.products_added)).await?.is_complete())
}

async fn stock_events(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<(), StoreError> {
    static INSERT: LazyLock<String> = LazyLock::new(sql::insert::<StockEvent>);
    run(conn, &INSERT, &Rows::new(&StockEvent::all(writes))).await?.must_be_complete("stock events")
}

async fn holds(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<(), StoreError> {
    static INSERT: LazyLock<String> = LazyLock::new(sql::insert::<Hold>);
    static UPDATE: LazyLock<String> = LazyLock::new(sql::update::<Hold>);
    run(conn, &INSERT, &Rows::new(&writes.holds_added)).await?.must_be_complete("holds added")?;
    run(conn, &UPDATE, &rows::changed_holds(writes)).await?.must_be_complete("holds changed")
}

async fn orders(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    // A number is random, so another order may have it. The next attempt draws another.
    static INSERT: LazyLock<String> =
        LazyLock::new(|| sql::insert::<Order>() + " ON CONFLICT (number) WHERE number IS NOT NULL DO NOTHING");
    static UPDATE: LazyLock<String> = LazyLock::new(sql::update::<Order>);
    if !run(conn, &INSERT, &Rows::new(&writes.orders_added)).await?.is_complete() {
        return Ok(false);
    }
    run(conn, &UPDATE, &rows::changed_orders(writes)).await?.must_be_complete("orders changed")?;
    Ok(true)
}

async fn payments(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    static INSERT: LazyLock<String> = LazyLock::new(|| sql::insert::<Payment>() + " ON CONFLICT DO NOTHING");
    static UPDATE: LazyLock<String> = LazyLock::new(sql::update::<Payment>);
    let added = run(conn, &INSERT, &rows::added_payments(writes)).await?;
    run(conn, &UPDATE, &rows::changed_payments(writes)).await?.must_be_complete("payments changed")?;
    Ok(added.is_complete())
}

async fn payloads(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<(), StoreError> {
    static INSERT: LazyLock<String> = LazyLock::new(sql::insert::<StoredPayload>);
    run(conn, &INSERT, &Rows::new(&writes.payloads)).await?.must_be_complete("payloads")
}

async fn events(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<(), StoreError> {
    static INSERT: LazyLock<String> = LazyLock::new(sql::insert::<NewJob>);
    run(conn, &INSERT, &Rows::new(&writes.events)).await?.must_be_complete("events of the outbox")
}

/// The contacts of orders that the batch has just added.
async fn contacts(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    static INSERT: LazyLock<String> = LazyLock::new(sql::insert::<OrderContact>);
    run(conn, &INSERT, &Rows::new(&writes.contacts)).await?.must_be_complete("contacts")?;
    Ok(true)
}

/// A refund without a product is guarded by its own version alone.
async fn refunds(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    static INSERT: LazyLock<String> = LazyLock::new(|| sql::insert::<Refund>() + " ON CONFLICT DO NOTHING");
    static UPDATE: LazyLock<String> = LazyLock::new(sql::update::<Refund>);
    Ok(run(conn, &INSERT, &Rows::new(&writes.refunds_added)).await?.is_complete()
        && run(conn, &UPDATE, &rows::changed_refunds(writes)).await?.is_complete())
}

async fn audit_log(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<(), StoreError> {
    static INSERT: LazyLock<String> = LazyLock::new(sql::insert::<AuditEntry>);
    run(conn, &INSERT, &Rows::new(&writes.audit_log)).await?.must_be_complete("rows of the audit log")
}

async fn keys(conn: &mut SqliteConnection, writes: &WriteSet) -> Result<bool, StoreError> {
    static INSERT: LazyLock<String> = LazyLock::new(|| sql::insert::<StoredKey>() + " ON CONFLICT DO NOTHING");
    Ok(run(conn, &INSERT, &Rows::new(&StoredKey::all(writes))).await?.is_complete())
}

/// Number of rows that a statement was given, and number that it touched.
struct Touched {
    expected: usize,
    touched: usize,
}

impl Touched {
    fn is_complete(&self) -> bool {
        self.touched == self.expected
    }

    /// The product's version guards everything under it, so a wrong number here is a bug and not contention.
    fn must_be_complete(&self, rows: &str) -> Result<(), StoreError> {
        if self.is_complete() {
            return Ok(());
        }
        Err(StoreError::Corrupt(format!("{rows}: {} rows instead of {}", self.touched, self.expected)))
    }
}

/// Runs a statement for all rows at once, if there are any.
async fn run(conn: &mut SqliteConnection, sql: &'static str, rows: &Rows<'_>) -> Result<Touched, StoreError> {
    if rows.is_empty() {
        return Ok(Touched { expected: 0, touched: 0 });
    }
    let query = sqlx::query(AssertSqlSafe(sql)).bind(sql::json(rows)?);
    let done = query.execute(conn).await.map_err(classify)?;
    Ok(Touched { expected: rows.len(), touched: usize::try_from(done.rows_affected()).unwrap_or(usize::MAX) })
}
