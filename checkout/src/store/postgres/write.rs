//! Writes a decided batch with one statement, however many rows it has.

use super::{sql, statement::Statement};
use crate::{
    model::{Hold, Order, Payment, Product},
    state::WriteSet,
    store::{
        rows::{self, StockEvent, StoredKey},
        table::Rows,
    },
};
use sqlx::postgres::PgArguments;
use std::sync::OnceLock;

/// Kinds of row that a batch may have.
const KINDS: usize = 10;

/// The text for each combination of those kinds, made when the first such batch is written.
static TEXTS: [OnceLock<String>; 1 << KINDS] = [const { OnceLock::new() }; 1 << KINDS];

/// The statement that writes the whole batch, guarded by the versions of its products. `None` when the batch writes
/// nothing and depends on nothing.
pub(super) fn statement(writes: &WriteSet) -> Result<Option<(&'static str, PgArguments)>, sqlx::Error> {
    if writes.is_empty() {
        return Ok(None);
    }
    let known = &TEXTS[shape(writes)];
    let (text, arguments) = build(writes, known.get().is_none()).finish()?;
    Ok(Some((known.get_or_init(|| text.unwrap_or_default()), arguments)))
}

/// One bit for each kind of row that the batch has.
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
    s.insert::<StoredKey>(&Rows::new(&StoredKey::all(writes)));
    s
}

/// Updates the products' counters, if all products are still at the versions that the batch was decided on. The
/// statement locks the products first, in the order of their ids, so that two nodes never wait for each other in a
/// circle. The node that comes second sees the rows that the first has left. The guard also covers products on which
/// the batch only refused something: at another version, "sold out" could be wrong.
fn guard(s: &mut Statement, writes: &WriteSet) {
    let unchanged = unchanged(s, writes);
    if writes.products_changed.is_empty() {
        return s.part(|| format!("guard AS (SELECT {unchanged} AS ok)"));
    }
    let changed = rows::changed_products(writes);
    let first = s.parameters().rows(&changed);
    let ids = s.parameters().value(writes.products_changed.iter().map(|p| p.id.0).collect::<Vec<_>>());
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
    s.update_from::<Product>(changed.len(), || "changed n".to_owned());
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
