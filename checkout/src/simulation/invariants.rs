//! The invariants of the stored rows, which hold after every step.

use super::{audit_trail, payment_invariants, tables::Tables};
use crate::{
    model::{
        EventOutcome, HoldState, Order, OrderId, OrderRefunds, OrderState, Payment, PaymentStatus, Product, ProductId,
        ProductStatus, Refund, RefundId, RefundReason, RefundState, SalePhase, Stock, StockDelta, Topic,
    },
    state::LimitKey,
};
use std::collections::{BTreeMap, BTreeSet};

/// Checks the promises on the rows before and after a step.
pub(crate) fn check(before: &Tables, after: &Tables) {
    let drift = drift(after);
    assert!(drift.is_empty(), "P1: {drift:?}");
    let refunds = refunds(after);
    assert!(refunds.is_empty(), "refunds: {refunds:?}");
    let prices = prices(before, after);
    assert!(prices.is_empty(), "prices: {prices:?}");
    let trail = audit_trail::gaps(after);
    assert!(trail.is_empty(), "P12: {trail:?}");
    one_way(before, after);
    refunds_one_way(before, after);
    claims(after);
    contacts(before, after);
    announced(after);
    payment_invariants::check(before, after);
    stock_events(after);
    grants(before, after);
}

/// Returns each counter that differs from the sum of its rows (P1).
pub(crate) fn drift(tables: &Tables) -> Vec<String> {
    let mut drift = Vec::new();
    for product in tables.products.values() {
        let of = |state: &str| {
            let orders = tables.orders.values().filter(|o| o.product_id == product.id && o.state.name() == state);
            orders.map(Order::units_taken).sum::<u32>()
        };
        let active = tables.holds.values().filter(|h| h.product_id == product.id && h.state == HoldState::Active);
        let held: u32 = active.map(|h| h.qty.get()).sum();
        let stock = product.stock;
        let stored = (stock.held, stock.pending, stock.sold);
        let counted = (held, of("pending"), of("paid"));
        if stored != counted || !stock.is_consistent() {
            drift.push(format!("{}: {stock:?}, but held, pending, sold are {counted:?}", product.slug));
        }
    }
    drift
}

/// A contact belongs to the order of the hold that it was given for, and stays as it was given.
fn contacts(before: &Tables, after: &Tables) {
    for (order, stored) in &after.contacts {
        let hold = after.orders[order].hold_id.0.simple().to_string();
        assert_eq!(stored.contact.email.local_part(), hold, "the contact of another order: {stored:?}");
    }
    for (order, contact) in &before.contacts {
        assert_eq!(after.contacts.get(order), Some(contact), "a contact changed");
    }
}

/// Each order and each refund was announced: each order once when it was placed, and once when it was paid.
fn announced(tables: &Tables) {
    let mut announced: BTreeMap<(Option<OrderId>, Option<RefundId>, Topic), u32> = BTreeMap::new();
    for event in &tables.events {
        *announced.entry((event.subject.order, event.subject.refund, event.topic)).or_default() += 1;
    }
    let count = |order, refund, topic| announced.get(&(order, refund, topic)).copied().unwrap_or_default();
    for order in tables.orders.values() {
        let of = |topic| count(Some(order.id), None, topic);
        let is_paid = u32::from(matches!(order.state, OrderState::Paid { .. }));
        assert_eq!((of(Topic::OrderCreated), of(Topic::OrderPaid)), (1, is_paid), "events of {order:?}");
        let is_cancelled = matches!(order.state, OrderState::Cancelled { .. });
        assert!(!is_cancelled || of(Topic::OrderCancelled) == 1, "events of {order:?}");
    }
    for refund in tables.refunds.values() {
        let of = |topic| count(refund.order_id, Some(refund.id), topic);
        let topic = match refund.state {
            RefundState::Due => Topic::RefundDue,
            RefundState::Sending if refund.provider_reference.is_some() => Topic::RefundAccepted,
            RefundState::Succeeded => Topic::RefundSucceeded,
            RefundState::Failed => Topic::RefundFailed,
            RefundState::Sending | RefundState::Withdrawn => continue,
        };
        assert!(of(topic) > 0, "events of {refund:?}");
    }
}

/// States only advance: an ended hold stays ended, a paid order stays paid (P7), and versions grow.
fn one_way(before: &Tables, after: &Tables) {
    for (id, product) in &before.products {
        assert!(after.products[id].version >= product.version, "a version went back");
    }
    for (id, hold) in &before.holds {
        let now = &after.holds[id];
        assert!(hold.state == HoldState::Active || hold == now, "P4: {hold:?} ended twice: {now:?}");
        assert!(now.expires_at == hold.expires_at || (now.extended && !hold.extended), "a hold is extended once");
    }
    for (id, order) in &before.orders {
        let now = &after.orders[id].state;
        let fine = match (&order.state, now) {
            (OrderState::Pending, _) | (OrderState::Cancelled { .. }, OrderState::Paid { .. }) => true,
            (was, is) => was == is,
        };
        assert!(fine, "P7: an order went from {:?} to {now:?}", order.state);
    }
    for (id, payment) in &before.payments {
        let now = after.payments[id].outcome;
        let fine = match (payment.outcome, now) {
            // A refund that was due may be applied when the event is processed again.
            (EventOutcome::Parked, _) | (EventOutcome::RefundDue(_), EventOutcome::Applied) => true,
            // Its refund has succeeded, or failed after that.
            (EventOutcome::RefundDue(was), EventOutcome::Refunded(is))
            | (EventOutcome::Refunded(was), EventOutcome::RefundDue(is)) => was == is,
            (was, is) => was == is,
        };
        assert!(fine, "P5: {payment:?} became {now:?}");
    }
    for (key, record) in &before.keys {
        assert_eq!(&after.keys[key], record, "P9: a stored reply changed");
    }
}

/// A refund keeps its amount and its units. Attempts count up, and a withdrawn refund stays withdrawn.
fn refunds_one_way(before: &Tables, after: &Tables) {
    for (id, was) in &before.refunds {
        let is = &after.refunds[id];
        let fixed = |r: &Refund| (r.event_id, r.product_id, r.amount, r.currency, r.reason, r.restocked);
        assert_eq!(fixed(was), fixed(is), "a refund changed: {was:?} to {is:?}");
        // A payment that waited for its order may have been refunded at the provider meanwhile.
        let has_waited = was.reason == RefundReason::AtProvider && was.order_id.is_none();
        assert!(was.order_id == is.order_id || has_waited, "a refund of another order: {was:?} to {is:?}");
        let fine = match (was.state, is.state) {
            (RefundState::Withdrawn, is) => is == RefundState::Withdrawn,
            // Only a refund that was never sent is withdrawn.
            (was_state, RefundState::Withdrawn) => was_state == RefundState::Due && was.attempt == 1,
            _ => is.attempt >= was.attempt,
        };
        assert!(fine, "a refund went from {was:?} to {is:?}");
        assert!(was == is || is.version > was.version, "a refund changed without its version");
    }
}

/// Returns each order whose refunds do not add up, and each event whose refund is missing or contradicts it.
pub(crate) fn refunds(tables: &Tables) -> Vec<String> {
    let mut wrong = Vec::new();
    for order in tables.orders.values() {
        let own: Vec<_> = tables.refunds.values().filter(|refund| order.owns(refund)).collect();
        let sum = |counts: fn(&Refund) -> bool| {
            own.iter().filter(|refund| counts(refund)).map(|refund| refund.amount.unwrap_or_default()).sum::<i64>()
        };
        let counted = OrderRefunds {
            issued: sum(|refund| refund.state.is_counted()),
            returned: sum(|refund| refund.state == RefundState::Succeeded),
            restocked: own.iter().map(|refund| refund.restocked).sum(),
        };
        // Only the provider can have returned more than the order costs.
        let is_too_much = counted.issued > order.amount.minor && own.iter().all(|r| r.provider_reference.is_none());
        if is_too_much || counted.restocked > order.qty.get() || counted != order.refunds {
            wrong.push(format!("{counted:?} of {order:?}"));
        }
        let is_foreign = |r: &Refund| r.order_id != Some(order.id);
        let issued = |r: &&Refund| r.reason == RefundReason::ByOperator && r.order_id == Some(order.id);
        if own.iter().any(|r| is_foreign(r)) || tables.refunds.values().filter(issued).any(|r| !order.owns(r)) {
            wrong.push(format!("a refund of another transaction: {own:?} of {order:?}"));
        }
    }
    let mut references = BTreeSet::new();
    for refund in tables.refunds.values().filter(|refund| refund.reason == RefundReason::AtProvider) {
        let took_money = |p: &Payment| p.transaction_id == refund.transaction_id && p.status == PaymentStatus::Success;
        let is_repeated = refund.provider_reference.as_ref().is_some_and(|reference| !references.insert(reference));
        if is_repeated || !tables.payments.values().any(took_money) {
            wrong.push(format!("recorded twice, or of an unknown payment: {refund:?}"));
        }
    }
    for event in tables.payments.values() {
        let state = tables.refunds.get(&RefundId(event.id.0)).map(|refund| refund.state);
        let fits = match event.outcome {
            EventOutcome::RefundDue(_) => {
                matches!(state, Some(RefundState::Due | RefundState::Sending | RefundState::Failed))
            }
            EventOutcome::Refunded(_) => state == Some(RefundState::Succeeded),
            EventOutcome::Applied => matches!(state, None | Some(RefundState::Withdrawn)),
            _ => state.is_none(),
        };
        if !fits {
            wrong.push(format!("{event:?} has a refund that is {state:?}"));
        }
    }
    wrong
}

/// Returns each order whose amount is not the price of its hold, and each hold whose price has changed or never was the
/// product's.
pub(crate) fn prices(before: &Tables, after: &Tables) -> Vec<String> {
    let mut wrong = Vec::new();
    for order in after.orders.values() {
        let unit_price = after.holds[&order.hold_id].unit_price;
        if unit_price.map(|price| price * i64::from(order.qty.get())) != Some(order.amount.minor) {
            wrong.push(format!("{order:?} of a hold at {unit_price:?}"));
        }
    }
    for hold in after.holds.values() {
        let known = match before.holds.get(&hold.id) {
            Some(was) => was.unit_price == hold.unit_price,
            None => values(
                before,
                after,
                hold.product_id,
                |product| product.price.minor,
                |edit| edit.get("price").and_then(|price| price["minor"].as_i64()),
            )
            .iter()
            .any(|price| hold.unit_price == Some(*price)),
        };
        if !known {
            wrong.push(format!("{hold:?} has a price of its own"));
        }
    }
    let numbers: BTreeSet<_> = after.orders.values().map(|order| order.number).collect();
    if numbers.len() != after.orders.len() || numbers.contains(&None) {
        wrong.push("two orders share a number, or one has none".to_owned());
    }
    wrong
}

/// The values that a property of a product had in a step: before it, after it, and after each edit in between.
fn values<T>(
    before: &Tables,
    after: &Tables,
    id: ProductId,
    of_product: impl Fn(&Product) -> T,
    of_edit: impl Fn(&serde_json::Value) -> Option<T>,
) -> Vec<T> {
    let products = [before, after].into_iter().filter_map(|tables| tables.products.get(&id)).map(of_product);
    let edits = after.audit_log.iter().skip(before.audit_log.len());
    let edits = edits.filter(|entry| entry.object.kind == "product" && entry.object.id == id.to_string());
    let edits = edits.filter_map(|entry| serde_json::from_str(entry.after.as_deref()?).ok());
    products.chain(edits.filter_map(|edit| of_edit(&edit))).collect()
}

/// A hold becomes at most one order, and none after its expiry (P3).
fn claims(tables: &Tables) {
    for order in tables.orders.values() {
        let hold = &tables.holds[&order.hold_id];
        assert_eq!(hold.state, HoldState::Ordered { order_id: order.id }, "P3");
        assert!(order.created_at < hold.expires_at, "P3: an order from a hold past its time");
        assert_eq!((order.qty, order.owner, &order.shopper), (hold.qty, hold.owner, &hold.shopper), "P3");
    }
    let ordered = tables.holds.values().filter(|h| matches!(h.state, HoldState::Ordered { .. })).count();
    assert_eq!(ordered, tables.orders.len(), "P3: a hold that says it is an order");
}

/// The stock history has one row for each version, and each row's delta explains the change from the row before.
fn stock_events(tables: &Tables) {
    for product in tables.products.values() {
        let mut was = Stock::new(0);
        for version in 1..=product.version {
            let (stock, moves) = tables.stock_events[&(product.id, version)];
            let is = if version == 1 { stock } else { moved(was, moves) };
            assert_eq!(stock, is, "the stock history of {} at {version}: {moves:?} from {was:?}", product.slug);
            was = stock;
        }
        assert_eq!(was, product.stock, "the stock history of {} ends elsewhere", product.slug);
    }
}

fn moved(stock: Stock, moves: StockDelta) -> Stock {
    let back = moves.released + moves.expired + moves.cancelled;
    let total = u32::try_from(i64::from(stock.total) + moves.adjusted).unwrap();
    let held = stock.held + moves.held - moves.released - moves.expired - moves.ordered;
    let pending = stock.pending + moves.ordered - moves.paid - moves.cancelled;
    let sold = stock.sold + moves.paid + moves.resold - moves.restocked;
    let back = back + moves.restocked;
    let available = i64::from(stock.available + back) + moves.adjusted - i64::from(moves.held + moves.resold);
    Stock { total, available: u32::try_from(available).unwrap(), held, pending, sold }
}

/// New holds are within the sale's time, and the product was not paused. New holds and late payments are within the limit,
/// except that an operator may lower the limit below what a shopper has.
fn grants(before: &Tables, after: &Tables) {
    for hold in after.holds.values().filter(|h| !before.holds.contains_key(&h.id)) {
        let product = &after.products[&hold.product_id];
        assert_eq!(product.window.at(hold.created_at), SalePhase::Open, "sold outside the window");
        let statuses = values(
            before,
            after,
            product.id,
            |product| product.status,
            |edit| edit["status"].as_str().and_then(ProductStatus::from_name),
        );
        assert!(statuses.contains(&ProductStatus::Active), "a product that is {statuses:?} granted {hold:?}");
    }
    let over = over_limit(before, after);
    assert!(over.is_empty(), "the limit: {over:?}");
}

/// Returns the shoppers that have got more units in a step than the limit per shopper.
pub(crate) fn over_limit(before: &Tables, after: &Tables) -> Vec<String> {
    let key = |product, owner, shopper: &Option<_>| Some(LimitKey { product, owner, shopper: shopper.clone()? });
    let new = after.holds.values().filter(|h| !before.holds.contains_key(&h.id));
    let new = new.filter_map(|h| Some((key(h.product_id, h.owner, &h.shopper)?, h.created_at)));
    let is_paid_now = |id| match (before.orders.get(id).map(|o| &o.state), &after.orders[id].state) {
        (Some(OrderState::Paid { .. }), _) => None,
        (_, OrderState::Paid { paid_at, .. }) => Some(*paid_at),
        _ => None,
    };
    let late = after.orders.values().filter_map(|o| {
        let at = is_paid_now(&o.id)?;
        before.orders.get(&o.id).filter(|was| was.is_late(at))?;
        Some((key(o.product_id, o.owner, &o.shopper)?, at))
    });
    let mut last = BTreeMap::new();
    for (key, at) in new.chain(late) {
        let latest = last.entry(key).or_insert(at);
        *latest = at.max(*latest);
    }
    let mut over = Vec::new();
    for (key, at) in last {
        let limits = values(
            before,
            after,
            key.product,
            |product| product.per_shopper_limit,
            |edit| edit.get("per_shopper_limit").map(|limit| limit.as_u64().map(|limit| u32::try_from(limit).unwrap())),
        );
        if limits.contains(&None) {
            continue;
        }
        let taken: u32 = after.limit_usage(&key, at).iter().map(|(_, _, units)| units).sum();
        let limit = limits.into_iter().flatten().max();
        if limit.is_some_and(|limit| taken > limit) {
            over.push(format!("{taken} for {key:?}, and the limit is {limit:?}"));
        }
    }
    over
}
