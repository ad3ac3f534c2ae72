//! The tables of the simulated database, as maps with the real databases' constraints: versions, unique keys, and the state
//! that each row must be in. Negative controls turn a constraint off.

use crate::{
    idempotency::IdempotencyKey,
    model::{
        EventOutcome, Hold, HoldId, HoldState, Order, OrderId, OrderState, Owner, Payment, Product, ProductId,
        Reference, Stock, StockDelta, Timestamp, WebhookId,
    },
    state::{Claim, IdempotencyRecord, LimitKey, LoadRequest, Loaded, MAX_DUE_PER_LOAD, WriteSet},
};
use std::collections::BTreeMap;

/// The constraints of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Constraints {
    /// Each product must still be at the version that the batch was decided on, and each row in the state it was in.
    pub(crate) versions: bool,
    /// Idempotency keys, event keys and pairs of transaction and status are unique.
    pub(crate) unique: bool,
}

impl Constraints {
    pub(crate) const ALL: Self = Self { versions: true, unique: true };
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Tables {
    pub(crate) products: BTreeMap<ProductId, Product>,
    pub(crate) holds: BTreeMap<HoldId, Hold>,
    pub(crate) orders: BTreeMap<OrderId, Order>,
    pub(crate) payments: BTreeMap<WebhookId, Payment>,
    pub(crate) keys: BTreeMap<(Owner, IdempotencyKey), IdempotencyRecord>,
    /// The stock history: the stock of a product at each version, and the change from the version before.
    pub(crate) stock_events: BTreeMap<(ProductId, u64), (Stock, StockDelta)>,
}

impl Tables {
    pub(crate) fn load(&self, request: &LoadRequest) -> Loaded {
        let mut loaded = Loaded::default();
        let mut holds: Vec<HoldId> = request.holds.iter().copied().collect();
        holds.extend(request.orders.iter().filter_map(|id| self.orders.get(id)).map(|o| o.hold_id));
        for (product, offset) in &request.due {
            let all = self.due_instants(*product);
            let due: Vec<_> = all.iter().filter(|(at, _)| *at <= request.now).collect();
            let batch: Vec<HoldId> = due.iter().skip(*offset).take(MAX_DUE_PER_LOAD).map(|(_, id)| *id).collect();
            let rest = due.get(offset + MAX_DUE_PER_LOAD).map(|(at, _)| *at);
            let later = all.iter().map(|(at, _)| *at).find(|at| *at > request.now);
            holds.extend(&batch);
            loaded.due.push((*product, batch, rest.or(later)));
        }
        loaded.claims = holds.iter().filter_map(|id| self.claim(*id)).collect();
        let named =
            self.products.values().filter(|p| request.products.contains(&p.id) || request.slugs.contains(&p.slug));
        let under = loaded.claims.iter().filter_map(|c| self.products.get(&c.hold.product_id));
        let products: BTreeMap<_, _> = named.chain(under).map(|p| (p.id, p)).collect();
        loaded.products = products.values().map(|p| ((*p).clone(), self.next_due_of(p.id))).collect();
        loaded.limit_usage = request.limit_usage.iter().flat_map(|key| self.limit_usage(key, request.now)).collect();
        loaded.keys = request.keys.iter().filter_map(|key| self.keys.get(key)).cloned().collect();
        let by_transaction = |p: &Payment| {
            p.outcome != EventOutcome::Duplicate
                && request.by_transaction.contains(&(p.transaction_id.clone(), p.status.name()))
        };
        let events = self.payments.values().filter(|p| request.events.contains(&p.key) || by_transaction(p));
        loaded.events = events.cloned().collect();
        if let Some(before) = request.parked_before {
            loaded.unmatched_payments =
                self.unmatched_payments().filter(|p| p.received_at <= before).take(MAX_DUE_PER_LOAD).cloned().collect();
        }
        loaded
    }

    /// The units that count towards a limit at `now`.
    pub(crate) fn limit_usage(&self, key: &LimitKey, now: Timestamp) -> Vec<(LimitKey, HoldId, u32)> {
        let shopper = Some(&key.shopper);
        let theirs = self
            .holds
            .values()
            .filter(|h| h.product_id == key.product && h.owner == key.owner && h.shopper.as_ref() == shopper);
        let counts = theirs.filter(|h| match self.order_of(h).map(|o| (o.pay_by, &o.state)) {
            Some((pay_by, OrderState::Pending)) => pay_by > now,
            Some((_, state)) => matches!(state, OrderState::Paid { .. }),
            None => h.is_active(now),
        });
        counts.map(|h| (key.clone(), h.id, h.qty.get())).collect()
    }

    pub(crate) fn order_of(&self, hold: &Hold) -> Option<&Order> {
        match hold.state {
            HoldState::Ordered { order_id } => self.orders.get(&order_id),
            _ => None,
        }
    }

    /// The active holds and unpaid orders of a product, by due time.
    pub(crate) fn due_instants(&self, product: ProductId) -> Vec<(Timestamp, HoldId)> {
        let holds = self.holds.values().filter(|h| h.product_id == product && h.state == HoldState::Active);
        let orders = self.orders.values().filter(|o| o.product_id == product && o.state == OrderState::Pending);
        let mut due: Vec<_> =
            holds.map(|h| (h.expires_at, h.id)).chain(orders.map(|o| (o.pay_by, o.hold_id))).collect();
        due.sort_unstable();
        due
    }

    pub(crate) fn next_due_of(&self, product: ProductId) -> Option<Timestamp> {
        self.due_instants(product).first().map(|(at, _)| *at)
    }

    /// Parked payments without a known hold or order.
    pub(crate) fn unmatched_payments(&self) -> impl Iterator<Item = &Payment> {
        self.payments.values().filter(|p| p.outcome == EventOutcome::Parked && p.product_id.is_none())
    }

    pub(crate) fn claim(&self, id: HoldId) -> Option<Claim> {
        let hold = self.holds.get(&id)?.clone();
        let order = self.order_of(&hold).cloned();
        let parked = self.payments.values();
        let parked = parked.filter(|p| p.reference == Reference::Hold(id) && p.outcome == EventOutcome::Parked);
        Some(Claim { hold, order, parked: parked.cloned().collect() })
    }

    /// Returns the tables after a batch; `None` if a version has changed or a key is taken.
    pub(crate) fn written(mut self, writes: &WriteSet, constraints: Constraints) -> Option<Self> {
        let at = |id: &ProductId| self.products.get(id).map(|p| p.version);
        let unchanged = writes.products_read.iter().all(|(id, version)| at(id) == Some(*version));
        let in_turn = writes.products_changed.iter().all(|p| at(&p.id).map(|v| v + 1) == Some(p.version));
        if constraints.versions && !(unchanged && in_turn) {
            return None;
        }
        if writes.products_added.iter().any(|new| self.products.values().any(|p| p.slug == new.slug)) {
            return None;
        }
        for product in writes.products() {
            self.products.insert(product.id, product.clone());
            let stored = (product.stock, writes.stock_deltas.get(&product.id).copied().unwrap_or_default());
            let before = self.stock_events.insert((product.id, product.version), stored);
            assert!(before.is_none() || !constraints.versions, "each version has one row");
        }
        self.write_claims(writes, constraints);
        self.write_payments_and_keys(writes, constraints).then_some(self)
    }

    fn write_claims(&mut self, writes: &WriteSet, constraints: Constraints) {
        for hold in &writes.holds_added {
            assert!(self.holds.insert(hold.id, hold.clone()).is_none(), "a hold is added once");
        }
        for hold in &writes.holds_changed {
            let before = self.holds.insert(hold.id, hold.clone());
            let was_active = before.is_some_and(|h| h.state == HoldState::Active);
            assert!(was_active || !constraints.versions, "only an active hold changes");
        }
        for order in &writes.orders_added {
            assert!(self.orders.values().all(|o| o.hold_id != order.hold_id), "P3: a hold is one order");
            self.orders.insert(order.id, order.clone());
        }
        for (order, was) in &writes.orders_changed {
            let before = self.orders.insert(order.id, order.clone());
            let fits = before.is_some_and(|o| o.state.name() == *was);
            assert!(fits || !constraints.versions, "an order changes from the state it was in");
        }
    }

    fn write_payments_and_keys(&mut self, writes: &WriteSet, constraints: Constraints) -> bool {
        for payment in &writes.payments_changed {
            let before = self.payments.insert(payment.id, payment.clone());
            if !before.is_some_and(|p| p.outcome == EventOutcome::Parked) {
                // Another node has changed the event.
                return false;
            }
        }
        for payment in &writes.payments_added {
            let repeats = |p: &Payment| {
                let counts = p.outcome != EventOutcome::Duplicate && payment.outcome != EventOutcome::Duplicate;
                let same = p.transaction_id == payment.transaction_id && p.status == payment.status;
                p.key == payment.key || (counts && same)
            };
            if constraints.unique && self.payments.values().any(repeats) {
                return false;
            }
            self.payments.insert(payment.id, payment.clone());
        }
        for record in &writes.keys {
            let key = (record.owner, record.idempotency.key.clone());
            if self.keys.insert(key, record.clone()).is_some() && constraints.unique {
                return false;
            }
        }
        true
    }
}
