//! The invariants of the stored rows, which hold after every step.

use super::tables::Tables;
use crate::{
    model::{
        EventOutcome, HoldState, OrderState, PaymentStatus, Reference, SalePhase, Stock, StockDelta, TransactionId,
    },
    state::LimitKey,
};
use std::collections::BTreeMap;

/// Checks the promises on the rows before and after a step.
pub(crate) fn check(before: &Tables, after: &Tables) {
    let drift = drift(after);
    assert!(drift.is_empty(), "P1: {drift:?}");
    one_way(before, after);
    claims(after);
    money(after);
    stock_events(after);
    grants(before, after);
}

/// Returns each counter that differs from the sum of its rows (P1).
pub(crate) fn drift(tables: &Tables) -> Vec<String> {
    let mut drift = Vec::new();
    for product in tables.products.values() {
        let of = |state: &str| {
            let orders = tables.orders.values().filter(|o| o.product_id == product.id && o.state.name() == state);
            orders.map(|o| o.qty.get()).sum::<u32>()
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
        assert!(payment.outcome == EventOutcome::Parked || payment.outcome == now, "P5: {payment:?} became {now:?}");
    }
    for (key, record) in &before.keys {
        assert_eq!(&after.keys[key], record, "P9: a stored reply changed");
    }
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

/// Each successful transaction is applied, parked or due for refund exactly once, and each paid order was paid by one of
/// them (P5–P7).
fn money(tables: &Tables) {
    let mut counts: BTreeMap<&TransactionId, u32> = BTreeMap::new();
    let mut applied = 0;
    let counted = |p: &&crate::model::Payment| p.outcome != EventOutcome::Duplicate;
    for payment in tables.payments.values().filter(|p| p.status == PaymentStatus::Success).filter(counted) {
        *counts.entry(&payment.transaction_id).or_default() += 1;
        match payment.outcome {
            EventOutcome::Applied => {
                applied += 1;
                let order = tables.orders.values().find(|o| match payment.reference {
                    Reference::Order(id) => o.id == id,
                    Reference::Hold(id) => o.hold_id == id,
                });
                let by = match order.map(|o| &o.state) {
                    Some(OrderState::Paid { transaction_id, .. }) => Some(transaction_id),
                    _ => None,
                };
                assert_eq!(by, Some(&payment.transaction_id), "P7: applied to nothing: {payment:?}");
            }
            EventOutcome::Parked => {
                let waits = match payment.reference {
                    Reference::Hold(id) => tables.holds.get(&id).is_none_or(|h| h.state == HoldState::Active),
                    Reference::Order(id) => !tables.orders.contains_key(&id),
                };
                assert!(waits, "P6: parked with nothing to wait for: {payment:?}");
            }
            outcome => assert!(
                outcome.refund_reason().is_some(),
                "P7: a success that is not applied, parked or due for refund: {payment:?}"
            ),
        }
    }
    assert!(counts.values().all(|n| *n == 1), "P5: {counts:?}");
    let paid = tables.orders.values().filter(|o| matches!(o.state, OrderState::Paid { .. })).count();
    assert_eq!(paid, applied, "P7: one applied payment for each paid order");
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
    let sold = stock.sold + moves.paid + moves.resold;
    let available = i64::from(stock.available + back) + moves.adjusted - i64::from(moves.held + moves.resold);
    Stock { total, available: u32::try_from(available).unwrap(), held, pending, sold }
}

/// New holds are within the sale's time and limit.
fn grants(before: &Tables, after: &Tables) {
    for hold in after.holds.values().filter(|h| !before.holds.contains_key(&h.id)) {
        let product = &after.products[&hold.product_id];
        assert_eq!(product.window.at(hold.created_at), SalePhase::Open, "sold outside the window");
        let (Some(limit), Some(shopper)) = (product.per_shopper_limit, hold.shopper.clone()) else { continue };
        let key = LimitKey { product: product.id, owner: hold.owner, shopper };
        // A late payment may exceed the limit: it may have come after the hold.
        let paid = |o: &&crate::model::Order| matches!(o.state, OrderState::Paid { .. });
        let late = after.orders.values().filter(paid).any(|o| before.orders.get(&o.id).is_none_or(|was| !paid(&was)));
        let taken: u32 = after.limit_usage(&key, hold.created_at).iter().map(|(_, _, units)| units).sum();
        assert!(late || taken <= limit, "{taken} for one shopper, and the limit is {limit}");
    }
}
