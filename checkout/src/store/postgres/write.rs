//! A decided batch as one statement, however many rows it has.

use super::{
    columns::PRODUCT,
    statement::{Rows, Statement},
};
use crate::{
    model::{Hold, HoldState, Order, OrderState, Payment, Product, Reference, RefundReason, Shopper, Timestamp},
    state::WriteSet,
};
use uuid::Uuid;

/// Everything that the batch writes, guarded by the versions of its products. `None`: it neither writes nor rests on
/// anything.
pub(super) fn statement(writes: &WriteSet) -> Option<Statement> {
    if writes.is_empty() {
        return None;
    }
    let mut s = Statement::default();
    guard(&mut s, writes);
    if !writes.products_added.is_empty() {
        let rows = details(counters(s.rows(), &writes.products_added), &writes.products_added).table();
        s.insert("products", rows);
    }
    if writes.products().next().is_some() {
        stock_events(&mut s, writes);
    }
    holds(&mut s, writes);
    orders(&mut s, writes);
    payments(&mut s, writes);
    keys(&mut s, writes);
    Some(s)
}

/// The products' new counters, if all of them are still at the version before. They are locked first, in the order of
/// their ids, so that two nodes never wait for each other; who comes second sees what the first has left. Refusals rest
/// on versions, too: were one to have moved on, somebody could be told "sold out" wrongly.
fn guard(s: &mut Statement, writes: &WriteSet) {
    let unchanged = unchanged(s, writes);
    let changed = &writes.products_changed;
    if changed.is_empty() {
        return s.part(format!("guard AS (SELECT {unchanged} AS ok)"));
    }
    let (rows, _) = counters(s.rows(), changed).table();
    let ids = s.bound().value(changed.iter().map(|p| p.id.0).collect::<Vec<_>>());
    let count = s.bound().value(i64::try_from(changed.len()).unwrap_or(i64::MAX));
    s.part(format!("changed AS (SELECT * FROM {rows})"));
    s.locked(&format!("SELECT {PRODUCT} FROM products p WHERE p.id = ANY ({ids}) ORDER BY p.id FOR UPDATE"));
    s.part(format!(
        "guard AS (SELECT count(*) = {count} AND {unchanged} AS ok FROM locked l JOIN changed n ON n.id = l.id
                   WHERE l.version = n.version - 1)"
    ));
    let set = "total = n.total, available = n.available, held = n.held, pending = n.pending, sold = n.sold, \
               version = n.version, updated_at = n.updated_at";
    s.part(format!(
        "bumped AS (UPDATE products p SET {set} FROM changed n WHERE p.id = n.id AND (SELECT ok FROM guard) RETURNING 1)"
    ));
    s.demand("bumped", changed.len());
}

fn unchanged(s: &mut Statement, writes: &WriteSet) -> String {
    let products = &writes.products_read;
    if products.is_empty() {
        return "true".to_owned();
    }
    let (rows, _) = s
        .rows()
        .column("id", "uuid", products.iter().map(|(id, _)| id.0))
        .column("version", "bigint", products.iter().map(|(_, version)| signed(*version)))
        .table();
    let count = s.bound().value(i64::try_from(products.len()).unwrap_or(i64::MAX));
    format!("(SELECT count(*) FROM {rows} JOIN products u ON u.id = n.id AND u.version = n.version) = {count}")
}

fn counters<'a>(rows: Rows<'a>, products: &[Product]) -> Rows<'a> {
    let count = |part: fn(&Product) -> u32| products.iter().map(move |p| i64::from(part(p)));
    rows.column("id", "uuid", products.iter().map(|p| p.id.0))
        .column("version", "bigint", products.iter().map(|p| signed(p.version)))
        .column("total", "bigint", count(|p| p.stock.total))
        .column("available", "bigint", count(|p| p.stock.available))
        .column("held", "bigint", count(|p| p.stock.held))
        .column("pending", "bigint", count(|p| p.stock.pending))
        .column("sold", "bigint", count(|p| p.stock.sold))
        .column("updated_at", "timestamptz", products.iter().map(|p| p.updated_at.to_datetime()))
}

fn details<'a>(rows: Rows<'a>, products: &[Product]) -> Rows<'a> {
    let at =
        |part: fn(&Product) -> Option<Timestamp>| products.iter().map(move |p| part(p).map(Timestamp::to_datetime));
    rows.column("slug", "text", products.iter().map(|p| p.slug.to_string()))
        .column("name", "text", products.iter().map(|p| p.name.clone()))
        .column("description", "text", products.iter().map(|p| p.description.clone()))
        .column("image", "text", products.iter().map(|p| p.image.clone()))
        .column("price", "bigint", products.iter().map(|p| p.price.minor))
        .column("currency", "text", products.iter().map(|p| p.price.currency.to_string()))
        .column("per_shopper_limit", "bigint", products.iter().map(|p| p.per_shopper_limit.map(i64::from)))
        .column("starts_at", "timestamptz", at(|p| p.window.starts_at))
        .column("ends_at", "timestamptz", at(|p| p.window.ends_at))
        .column("hold_seconds", "bigint", products.iter().map(|p| signed(p.hold_for.as_secs())))
        .column("pay_seconds", "bigint", products.iter().map(|p| signed(p.pay_within.as_secs())))
        .column("extend_seconds", "bigint", products.iter().map(|p| p.extend_by.map(|by| signed(by.as_secs()))))
}

fn stock_events(s: &mut Statement, writes: &WriteSet) {
    let products: Vec<&Product> = writes.products().collect();
    let moved = |p: &&Product| {
        let moved = writes.stock_deltas.get(&p.id).copied().unwrap_or_default();
        serde_json::to_string(&moved).unwrap_or_default()
    };
    let count = |part: fn(&Product) -> u32| products.iter().map(move |p| i64::from(part(p)));
    let rows = s
        .rows()
        .column("product_id", "uuid", products.iter().map(|p| p.id.0))
        .column("version", "bigint", products.iter().map(|p| signed(p.version)))
        .column("batch", "uuid", products.iter().map(|_| writes.batch.0))
        .column("at", "timestamptz", products.iter().map(|p| p.updated_at.to_datetime()))
        .column("total", "bigint", count(|p| p.stock.total))
        .column("available", "bigint", count(|p| p.stock.available))
        .column("held", "bigint", count(|p| p.stock.held))
        .column("pending", "bigint", count(|p| p.stock.pending))
        .column("sold", "bigint", count(|p| p.stock.sold))
        .column("moved", "jsonb", products.iter().map(moved))
        .table();
    s.insert("stock_events", rows);
}

fn holds(s: &mut Statement, writes: &WriteSet) {
    fn state<'a>(rows: Rows<'a>, holds: &[Hold]) -> Rows<'a> {
        let order = |h: &Hold| match h.state {
            HoldState::Ordered { order_id } => Some(order_id.0),
            _ => None,
        };
        rows.column("id", "uuid", holds.iter().map(|h| h.id.0))
            .column("expires_at", "timestamptz", holds.iter().map(|h| h.expires_at.to_datetime()))
            .column("extended", "boolean", holds.iter().map(|h| h.extended))
            .column("status", "text", holds.iter().map(|h| h.state.name()))
            .column("order_id", "uuid", holds.iter().map(order))
    }
    let added = &writes.holds_added;
    if !added.is_empty() {
        let rows = state(s.rows(), added)
            .column("product_id", "uuid", added.iter().map(|h| h.product_id.0))
            .column("owner", "uuid", added.iter().map(|h| h.owner.0))
            .column("shopper", "text", added.iter().map(|h| shopper(h.shopper.as_ref())))
            .column("qty", "bigint", added.iter().map(|h| i64::from(h.qty.get())))
            .column("created_at", "timestamptz", added.iter().map(|h| h.created_at.to_datetime()))
            .table();
        s.insert("holds", rows);
    }
    let changed = &writes.holds_changed;
    if !changed.is_empty() {
        let rows = state(s.rows(), changed).table();
        let set = ["expires_at", "extended", "status", "order_id"];
        s.update("holds", rows, &set, "t.status = 'active'", changed.len());
    }
}

fn orders(s: &mut Statement, writes: &WriteSet) {
    fn state<'a>(rows: Rows<'a>, orders: &[&Order]) -> Rows<'a> {
        let ended = |o: &&Order| match &o.state {
            OrderState::Pending => None,
            OrderState::Paid { paid_at: at, .. } | OrderState::Cancelled { cancelled_at: at, .. } => {
                Some(at.to_datetime())
            }
        };
        let transaction = |o: &&Order| match &o.state {
            OrderState::Paid { transaction_id, .. } => Some(transaction_id.to_string()),
            _ => None,
        };
        let reason = |o: &&Order| match &o.state {
            OrderState::Cancelled { reason, .. } => Some(reason.name()),
            _ => None,
        };
        rows.column("id", "uuid", orders.iter().map(|o| o.id.0))
            .column("status", "text", orders.iter().map(|o| o.state.name()))
            .column("ended_at", "timestamptz", orders.iter().map(ended))
            .column("transaction_id", "text", orders.iter().map(transaction))
            .column("cancel_reason", "text", orders.iter().map(reason))
    }
    let added: Vec<&Order> = writes.orders_added.iter().collect();
    if !added.is_empty() {
        let rows = state(s.rows(), &added)
            .column("hold_id", "uuid", added.iter().map(|o| o.hold_id.0))
            .column("product_id", "uuid", added.iter().map(|o| o.product_id.0))
            .column("owner", "uuid", added.iter().map(|o| o.owner.0))
            .column("shopper", "text", added.iter().map(|o| shopper(o.shopper.as_ref())))
            .column("qty", "bigint", added.iter().map(|o| i64::from(o.qty.get())))
            .column("amount", "bigint", added.iter().map(|o| o.amount.minor))
            .column("currency", "text", added.iter().map(|o| o.amount.currency.to_string()))
            .column("created_at", "timestamptz", added.iter().map(|o| o.created_at.to_datetime()))
            .column("pay_by", "timestamptz", added.iter().map(|o| o.pay_by.to_datetime()))
            .table();
        s.insert("orders", rows);
    }
    let changed: Vec<&Order> = writes.orders_changed.iter().map(|(order, _)| order).collect();
    if !changed.is_empty() {
        let rows =
            state(s.rows(), &changed).column("was", "text", writes.orders_changed.iter().map(|(_, was)| *was)).table();
        let set = ["status", "ended_at", "transaction_id", "cancel_reason"];
        s.update("orders", rows, &set, "t.status = n.was", changed.len());
    }
}

fn payments(s: &mut Statement, writes: &WriteSet) {
    fn state<'a>(rows: Rows<'a>, payments: &[Payment]) -> Rows<'a> {
        let reason = |p: &Payment| p.outcome.refund_reason().map(RefundReason::name);
        rows.column("id", "uuid", payments.iter().map(|p| p.id.0))
            .column("outcome", "text", payments.iter().map(|p| p.outcome.name()))
            .column("refund_reason", "text", payments.iter().map(reason))
            .column("product_id", "uuid", payments.iter().map(|p| p.product_id.map(|id| id.0)))
    }
    if !writes.payments_added.is_empty() {
        // In one order on all nodes: two that insert the same keys would else wait for each other.
        let mut added = writes.payments_added.clone();
        added.sort_by(|a, b| a.key.cmp(&b.key));
        let rows = state(s.rows(), &added)
            .column("key", "text", added.iter().map(|p| p.key.to_string()))
            .column("fingerprint", "bytea", added.iter().map(|p| p.fingerprint.to_vec()))
            .column("order_id", "uuid", added.iter().map(|p| references(p).0))
            .column("hold_id", "uuid", added.iter().map(|p| references(p).1))
            .column("transaction_id", "text", added.iter().map(|p| p.transaction_id.to_string()))
            .column("status", "text", added.iter().map(|p| p.status.name()))
            .column("amount", "bigint", added.iter().map(|p| p.reported.amount))
            .column("currency", "text", added.iter().map(|p| p.reported.currency.map(|c| c.to_string())))
            .column("received_at", "timestamptz", added.iter().map(|p| p.received_at.to_datetime()))
            .table();
        s.insert("payment_webhooks", rows);
    }
    let changed = &writes.payments_changed;
    if !changed.is_empty() {
        let rows = state(s.rows(), changed).table();
        let set = ["outcome", "refund_reason", "product_id"];
        s.update("payment_webhooks", rows, &set, "t.outcome = 'parked'", changed.len());
    }
}

/// The order or the hold that a payment is about.
fn references(payment: &Payment) -> (Option<Uuid>, Option<Uuid>) {
    match payment.reference {
        Reference::Order(id) => (Some(id.0), None),
        Reference::Hold(id) => (None, Some(id.0)),
    }
}

fn keys(s: &mut Statement, writes: &WriteSet) {
    if writes.keys.is_empty() {
        return;
    }
    // In one order on all nodes, as the payments.
    let mut keys: Vec<_> = writes.keys.iter().collect();
    keys.sort_by(|a, b| (a.owner, &a.idempotency.key).cmp(&(b.owner, &b.idempotency.key)));
    let rows = s
        .rows()
        .column("owner", "uuid", keys.iter().map(|k| k.owner.0))
        .column("key", "text", keys.iter().map(|k| k.idempotency.key.as_str().to_owned()))
        .column("fingerprint", "bytea", keys.iter().map(|k| k.idempotency.fingerprint.to_vec()))
        .column("reply", "text", keys.iter().map(|k| serde_json::to_string(&k.reply).unwrap_or_default()))
        .column("created_at", "timestamptz", keys.iter().map(|_| writes.at.to_datetime()))
        .table();
    s.insert("idempotency_keys", rows);
}

fn shopper(name: Option<&Shopper>) -> Option<String> {
    name.map(|shopper| shopper.as_str().to_owned())
}

/// Versions and spans fit: they are counted, or parsed within bounds.
fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
