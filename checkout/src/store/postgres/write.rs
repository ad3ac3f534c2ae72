//! Writes a decided batch with one statement, however many rows it has.

use super::{sql, statement::Statement};
use crate::{
    model::{AuditEntry, Hold, NewJob, Order, Payment, Product, Refund},
    state::{OrderContact, StoredPayload, WriteSet},
    store::{
        rows::{self, EditedProduct, StockEvent, StoredKey},
        table::{Rows, Table},
    },
};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr, postgres::PgArguments};
use std::sync::OnceLock;
use uuid::Uuid;

/// Kinds of row that a batch of shoppers may have.
const KINDS: usize = 13;

/// The text for each combination of those kinds, made when the first such batch is written.
static TEXTS: [OnceLock<String>; 1 << KINDS] = [const { OnceLock::new() }; 1 << KINDS];

/// The statement that writes the whole batch, guarded by the versions of its products. `None` when the batch writes
/// nothing and depends on nothing.
pub(super) fn statement(writes: &WriteSet) -> Result<Option<(SqlStr, PgArguments)>, sqlx::Error> {
    if writes.is_empty() {
        return Ok(None);
    }
    if has_rare_kinds(writes) {
        let (text, arguments) = build(writes, true).finish()?;
        return Ok(Some((AssertSqlSafe(text.unwrap_or_default()).into_sql_str(), arguments)));
    }
    let known = &TEXTS[shape(writes)];
    let (text, arguments) = build(writes, known.get().is_none()).finish()?;
    let text: &'static str = known.get_or_init(|| text.unwrap_or_default());
    Ok(Some((text.into_sql_str(), arguments)))
}

/// Whether the batch has kinds of row that only operations and refunds write. The texts of such batches are made anew each
/// time: to keep them would take 16 times as many.
fn has_rare_kinds(writes: &WriteSet) -> bool {
    let WriteSet { products_edited, refunds_added, refunds_changed, audit_log, .. } = writes;
    !(products_edited.is_empty() && refunds_added.is_empty() && refunds_changed.is_empty() && audit_log.is_empty())
}

/// One bit for each of those kinds that the batch has.
fn shape(writes: &WriteSet) -> usize {
    let kinds: [bool; KINDS] = [
        writes.products_read.is_empty(),
        writes.products_added.is_empty(),
        writes.products_changed.is_empty(),
        writes.holds_added.is_empty(),
        writes.holds_changed.is_empty(),
        writes.orders_added.is_empty(),
        writes.orders_changed.is_empty(),
        writes.payments_added.is_empty(),
        writes.payments_changed.is_empty(),
        writes.payloads.is_empty(),
        writes.contacts.is_empty(),
        writes.events.is_empty(),
        writes.keys.is_empty(),
    ];
    kinds.iter().fold(0, |shape, is_empty| (shape << 1) | usize::from(!is_empty))
}

fn build(writes: &WriteSet, needs_text: bool) -> Statement {
    let mut s = Statement::new(needs_text);
    guard(&mut s, writes);
    s.insert::<Product>(&Rows::new(&writes.products_added));
    s.insert::<StockEvent>(&Rows::new(&StockEvent::all(writes)));
    s.insert::<Hold>(&Rows::new(&writes.holds_added));
    s.update::<Hold>(&rows::changed_holds(writes));
    s.insert::<Order>(&Rows::new(&writes.orders_added));
    s.update::<Order>(&rows::changed_orders(writes));
    s.insert::<Payment>(&rows::added_payments(writes));
    s.update::<Payment>(&rows::changed_payments(writes));
    s.insert::<StoredPayload>(&Rows::new(&writes.payloads));
    s.insert::<OrderContact>(&Rows::new(&writes.contacts));
    s.insert::<NewJob>(&Rows::new(&writes.events));
    s.insert::<Refund>(&Rows::new(&writes.refunds_added));
    // No other node can have changed these refunds: loading them has locked their products, or the refunds themselves.
    s.update::<Refund>(&rows::changed_refunds(writes));
    s.insert::<AuditEntry>(&Rows::new(&writes.audit_log));
    s.insert::<StoredKey>(&Rows::new(&StoredKey::all(writes)));
    s
}

/// Updates the products' counters, or all columns of edited products, if all products are still at the versions that the batch was decided on. The
/// statement locks the products first, in the order of their ids, so that two nodes never wait for each other in a
/// circle. The node that comes second sees the rows that the first has left. The guard also covers products on which
/// the batch only refused something: at another version, "sold out" could be wrong.
fn guard(s: &mut Statement, writes: &WriteSet) {
    let unchanged = unchanged(s, writes);
    let ids = |products: &[Product]| products.iter().map(|product| product.id.0).collect();
    match (&*writes.products_changed, &*writes.products_edited) {
        ([], []) => s.part(|| format!("guard AS (SELECT {unchanged} AS ok)")),
        (changed, []) => update::<Product>(s, &rows::changed_products(writes), ids(changed), &unchanged),
        (changed, edited) => {
            // An edit is decided in a batch of its own, and one statement cannot update a product twice.
            assert!(changed.is_empty(), "a batch has edited products or changed products");
            let rows: Vec<_> = edited.iter().map(EditedProduct).collect();
            update::<EditedProduct<'_>>(s, &rows::edited_products(&rows), ids(edited), &unchanged);
        }
    }
}

/// Adds the guard and the update of products. `T` decides which of their columns are updated.
fn update<T: Table>(s: &mut Statement, changed: &Rows<'_>, ids: Vec<Uuid>, unchanged: &str) {
    let first = s.parameters().rows(changed);
    let ids = s.parameters().value(ids);
    let count = s.parameters().value(i64::try_from(changed.len()).unwrap_or(i64::MAX));
    s.part(|| format!("changed AS (SELECT * FROM {})", sql::rows(changed.columns(), first)));
    s.locked(|| {
        let columns = sql::select::<Product>("p");
        format!("SELECT {columns} FROM products p WHERE p.id = ANY (${ids}) ORDER BY p.id FOR UPDATE")
    });
    s.part(|| {
        format!(
            "guard AS (SELECT count(*) = ${count} AND {unchanged} AS ok FROM locked l JOIN changed n ON n.id = l.id
                   WHERE l.version = n.expected)"
        )
    });
    s.update_from::<T>(changed.len(), || "changed n".to_owned());
}

/// The condition that the products that were only read are still at the same versions.
fn unchanged(s: &mut Statement, writes: &WriteSet) -> String {
    if writes.products_read.is_empty() {
        return "true".to_owned();
    }
    let read = rows::product_versions(&writes.products_read);
    let first = s.parameters().rows(&read);
    let count = s.parameters().value(i64::try_from(read.len()).unwrap_or(i64::MAX));
    let rows = sql::rows(read.columns(), first);
    format!("(SELECT count(*) FROM {rows} JOIN products u ON u.id = n.id AND u.version = n.version) = ${count}")
}
