//! Replays the audit log (P12). Each change of a product, a refund, an order or an event by an operation has one row, whose
//! `before` is what the rows before it left. The last row of each object leaves what is stored.

use super::tables::Tables;
use crate::model::{AuditEntry, CancelReason, EventOutcome, Order, OrderState, Refund, RefundState};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The allowed steps of a refund, with the states before and after.
const STEPS: [(&str, &str, &str); 12] = [
    ("refund.send", "due", "sending"),
    ("refund.accept", "due", "sending"),
    ("refund.accept", "sending", "sending"),
    ("refund.succeed", "due", "succeeded"),
    ("refund.succeed", "sending", "succeeded"),
    ("refund.succeed", "failed", "succeeded"),
    ("refund.fail", "due", "failed"),
    ("refund.fail", "sending", "failed"),
    ("refund.fail", "succeeded", "failed"),
    ("refund.retry", "failed", "due"),
    ("refund.done_elsewhere", "due", "succeeded"),
    ("refund.done_elsewhere", "failed", "succeeded"),
];

#[derive(Default)]
struct Trail {
    products: BTreeMap<String, Map<String, Value>>,
    /// State and attempt.
    refunds: BTreeMap<String, (String, u64)>,
    /// Refunds that were issued, or made at the provider.
    issued: BTreeMap<String, u32>,
    cancelled: BTreeMap<String, u32>,
    replayed: BTreeMap<String, u32>,
    gaps: Vec<String>,
}

/// Returns each change without its row, and each row that does not fit.
pub(crate) fn gaps(tables: &Tables) -> Vec<String> {
    let mut trail = Trail::default();
    for entry in &tables.audit_log {
        trail.follow(entry);
    }
    trail.compare_products(tables);
    for refund in tables.refunds.values() {
        trail.compare_refund(refund);
    }
    for order in tables.orders.values() {
        trail.compare_order(order);
    }
    for (event, times) in &trail.replayed {
        let outcome = tables.payments.values().find(|p| p.id.to_string() == *event).map(|p| p.outcome);
        if (outcome, *times) != (Some(EventOutcome::Applied), 1) {
            trail.gaps.push(format!("{times} replays of an event that is {outcome:?}"));
        }
    }
    trail.gaps
}

fn parsed(text: Option<&String>) -> Map<String, Value> {
    text.map(|text| serde_json::from_str(text).unwrap()).unwrap_or_default()
}

impl Trail {
    fn follow(&mut self, entry: &AuditEntry) {
        let (before, after) = (parsed(entry.before.as_ref()), parsed(entry.after.as_ref()));
        if before == after {
            self.gaps.push(format!("a row without a change: {entry:?}"));
        }
        match (&*entry.object.kind, &*entry.action) {
            ("product", "product.add") => {
                let defaults = [("revision", json!(1)), ("status", json!("active"))];
                let defaults = defaults.map(|(name, value)| (name.to_owned(), value));
                self.products.insert(entry.object.id.clone(), after.into_iter().chain(defaults).collect());
            }
            ("product", "product.stock") => {
                let total =
                    |map: &Map<String, Value>| [("total".to_owned(), map["total"].clone())].into_iter().collect();
                self.follow_product(entry, &total(&before), total(&after));
            }
            ("product", "product.edit") => {
                let revision = after["revision"].as_u64().unwrap();
                let before = before.into_iter().chain([("revision".to_owned(), json!(revision - 1))]).collect();
                self.follow_product(entry, &before, after);
            }
            ("product", _) => self.follow_product(entry, &before, after),
            ("order", "order.cancel") => *self.cancelled.entry(entry.object.id.clone()).or_default() += 1,
            ("order", "refund.issue") => {
                let moved = |name: &str| after[name].as_i64().unwrap() - before[name].as_i64().unwrap();
                if moved("refunds_issued") != after["amount"].as_i64().unwrap() || moved("restocked") < 0 {
                    self.gaps.push(format!("a refund of another amount: {entry:?}"));
                }
                let id = after["refund_id"].as_str().unwrap().to_owned();
                *self.issued.entry(id).or_default() += 1;
            }
            ("refund", "refund.report") => {
                let reported = (after["state"].as_str().unwrap().to_owned(), after["attempt"].as_u64().unwrap());
                self.refunds.insert(entry.object.id.clone(), reported);
                *self.issued.entry(entry.object.id.clone()).or_default() += 1;
            }
            ("refund", action) => self.follow_refund(entry, action, &before, &after),
            ("payment", "payment.replay") => *self.replayed.entry(entry.object.id.clone()).or_default() += 1,
            _ => self.gaps.push(format!("an unknown row: {entry:?}")),
        }
    }

    fn follow_product(&mut self, entry: &AuditEntry, before: &Map<String, Value>, after: Map<String, Value>) {
        let known = self.products.entry(entry.object.id.clone()).or_default();
        if before.iter().any(|(name, value)| known.get(name) != Some(value)) {
            self.gaps.push(format!("{entry:?} follows {known:?}"));
        }
        known.extend(after);
    }

    fn follow_refund(
        &mut self,
        entry: &AuditEntry,
        action: &str,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) {
        let state =
            |map: &Map<String, Value>| (map["state"].as_str().unwrap().to_owned(), map["attempt"].as_u64().unwrap());
        let (was, is) = (state(before), state(after));
        let known = self.refunds.entry(entry.object.id.clone()).or_insert_with(|| ("due".to_owned(), 1));
        let step = (action, &*was.0, &*is.0);
        let attempts = u64::from(action == "refund.retry");
        if *known != was || !STEPS.contains(&step) || is.1 != was.1 + attempts {
            self.gaps.push(format!("{entry:?} follows {known:?}"));
        }
        *known = is;
    }

    fn compare_products(&mut self, tables: &Tables) {
        for product in tables.products.values() {
            let Value::Object(mut stored) = json!(product.details()) else { unreachable!("details are an object") };
            let more = [
                ("slug", json!(product.slug)),
                ("total", json!(product.stock.total)),
                ("status", json!(product.status.name())),
                ("revision", json!(product.revision)),
            ];
            stored.extend(more.map(|(name, value)| (name.to_owned(), value)));
            let known = self.products.get(&product.id.to_string());
            if known != Some(&stored) {
                self.gaps.push(format!("{stored:?} is {known:?} in the audit log"));
            }
        }
    }

    fn compare_refund(&mut self, refund: &Refund) {
        let id = refund.id.to_string();
        let known = self.refunds.get(&id).cloned().unwrap_or_else(|| ("due".to_owned(), 1));
        let fits = match (refund.state, refund.event_id) {
            // The row of the replay tells it.
            (RefundState::Withdrawn, Some(event)) => self.replayed.contains_key(&event.to_string()) && known.0 == "due",
            (state, _) => known == (state.name().to_owned(), u64::from(refund.attempt)),
        };
        let issued = self.issued.get(&id).copied().unwrap_or_default();
        if !fits || issued != u32::from(refund.event_id.is_none()) {
            self.gaps.push(format!("{refund:?} is {known:?} and was issued {issued} times in the audit log"));
        }
    }

    fn compare_order(&mut self, order: &Order) {
        let times = self.cancelled.get(&order.id.to_string()).copied().unwrap_or_default();
        let fits = match order.state {
            OrderState::Cancelled { reason: CancelReason::ByOperator, .. } => times == 1,
            OrderState::Paid { .. } => times <= 1,
            _ => times == 0,
        };
        if !fits {
            self.gaps.push(format!("{order:?} was cancelled {times} times in the audit log"));
        }
    }
}
