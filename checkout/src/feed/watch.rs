//! The watchers' side of the feed.

use crate::{
    model::{Order, OrderState, Product, StockSnapshot},
    store::OrderSnapshot,
};
use bytes::Bytes;
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;

/// One change of one product's stock, serialised once for all watchers.
#[derive(Debug)]
pub struct StockUpdate {
    /// The counters.
    pub snapshot: StockSnapshot,
    /// The snapshot as JSON.
    pub json: Bytes,
    message: OnceLock<Bytes>,
}

impl StockUpdate {
    pub(super) fn of(product: &Product) -> Arc<Self> {
        let snapshot = product.snapshot();
        let json = serde_json::to_vec(&snapshot).unwrap_or_default().into();
        Arc::new(Self { snapshot, json, message: OnceLock::new() })
    }

    /// Returns the update as it is sent. The first caller makes the bytes and all others share them.
    pub fn message(&self, make: impl FnOnce(&Self) -> Bytes) -> Bytes {
        self.message.get_or_init(|| make(self)).clone()
    }
}

/// Watches one product. A slow reader skips intermediate states and always gets the newest one.
pub struct StockWatch {
    updates: watch::Receiver<Arc<StockUpdate>>,
    /// The newest state at the time of subscription, which the throttle may not have sent yet.
    newest: Option<Arc<StockUpdate>>,
    /// The last version that was returned.
    seen: u64,
}

impl StockWatch {
    pub(super) fn new(updates: watch::Receiver<Arc<StockUpdate>>, newest: Arc<StockUpdate>) -> Self {
        Self { updates, newest: Some(newest), seen: 0 }
    }

    /// Returns the current state.
    pub fn current(&mut self) -> Arc<StockUpdate> {
        let sent = self.updates.borrow_and_update().clone();
        let newest = self.newest.take().filter(|newest| newest.snapshot.version > sent.snapshot.version);
        let update = newest.unwrap_or(sent);
        self.seen = update.snapshot.version;
        update
    }

    /// Waits for the next state. Returns `None` once the feed is gone.
    pub async fn next(&mut self) -> Option<Arc<StockUpdate>> {
        loop {
            self.updates.changed().await.ok()?;
            let update = self.updates.borrow_and_update().clone();
            if update.snapshot.version > self.seen {
                self.seen = update.snapshot.version;
                return Some(update);
            }
        }
    }
}

/// Watches one order.
pub struct OrderWatch {
    changes: watch::Receiver<Option<OrderSnapshot>>,
    /// The snapshot that the reader knows, or gets first.
    known: Option<OrderSnapshot>,
    started: bool,
}

impl OrderWatch {
    pub(super) fn new(changes: watch::Receiver<Option<OrderSnapshot>>) -> Self {
        Self { changes, known: None, started: false }
    }

    pub(crate) fn starting_at(self, known: OrderSnapshot) -> Self {
        Self { known: Some(known), ..self }
    }

    /// Returns the current order on the first call. Later calls wait until the order or one of its refunds changes.
    /// Returns `None` once the feed is gone.
    pub async fn next(&mut self) -> Option<Order> {
        if std::mem::replace(&mut self.started, true) {
            loop {
                self.changes.changed().await.ok()?;
                // The snapshot that the reader began with may be published again.
                let snapshot = self.changes.borrow_and_update().clone();
                if snapshot.is_some_and(|snapshot| advance(&mut self.known, &snapshot)) {
                    break;
                }
            }
        }
        self.known.as_ref().map(|known| known.order.clone())
    }
}

/// Orders the states of one order by age. Servers of an older version change an order without its version; their changes only
/// move a pending order on, or pay a cancelled one.
fn age(order: &Order) -> (u64, u8) {
    let stage = match order.state {
        OrderState::Pending => 0,
        OrderState::Cancelled { .. } => 1,
        OrderState::Paid { .. } => 2,
    };
    (order.version, stage)
}

/// Merges a snapshot of an order. Returns whether it contained anything new. Snapshots may come late or twice: an order's
/// version, its set of refunds and their versions only ever grow.
pub(super) fn advance(known: &mut Option<OrderSnapshot>, snapshot: &OrderSnapshot) -> bool {
    let Some(known) = known else {
        *known = Some(snapshot.clone());
        return true;
    };
    let mut advanced = age(&known.order) < age(&snapshot.order);
    if advanced {
        known.order = snapshot.order.clone();
    }
    for (id, version) in &snapshot.refunds {
        if known.refunds.get(id).is_none_or(|known| known < version) {
            known.refunds.insert(*id, *version);
            advanced = true;
        }
    }
    advanced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{HoldId, Money, OrderId, OrderRefunds, Owner, ProductId, RefundId, Timestamp};
    use uuid::Uuid;

    fn snapshot(version: u64, refunds: &[(u128, u64)]) -> OrderSnapshot {
        let (id, at) = (Uuid::from_u128(1), Timestamp::from_millis(0));
        let order = Order {
            id: OrderId(id),
            number: None,
            hold_id: HoldId(id),
            product_id: ProductId(id),
            owner: Owner(id),
            shopper: None,
            qty: 1.try_into().unwrap(),
            amount: Money::parse("5", "USD".parse().unwrap()).unwrap(),
            state: OrderState::Pending,
            refunds: OrderRefunds::default(),
            created_at: at,
            pay_by: at,
            version,
        };
        let refunds = refunds.iter().map(|(id, version)| (RefundId(Uuid::from_u128(*id)), *version)).collect();
        OrderSnapshot { order, refunds }
    }

    #[test]
    fn an_order_and_each_refund_only_get_newer() {
        let mut known = None;
        for (news, is_new) in [
            (snapshot(3, &[(1, 0)]), true),
            (snapshot(3, &[(1, 0)]), false),
            (snapshot(3, &[(1, 1)]), true),
            (snapshot(3, &[(1, 0)]), false),
            // A commit names only the refunds that it changed.
            (snapshot(3, &[(2, 4)]), true),
            (snapshot(2, &[(2, 3)]), false),
            (snapshot(3, &[]), false),
            (snapshot(2, &[(2, 5)]), true),
            (snapshot(4, &[(2, 4)]), true),
        ] {
            assert_eq!(advance(&mut known, &news), is_new, "{news:?}");
        }
        assert_eq!(known, Some(snapshot(4, &[(1, 1), (2, 5)])));
    }
}
