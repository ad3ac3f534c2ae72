//! Applies effects to the state, and collects what the commit writes.

use super::{Claim, Effect, LimitKey, OrderSnapshot, ProductState, State, StockMovement, WriteSet};
use crate::{
    clock::IdGenerator,
    model::{
        EventOutcome, Hold, HoldId, HoldState, Order, OrderState, Owner, Payment, ProductId, Reference, Shopper,
        StockDelta, Timestamp,
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

impl State {
    /// Applies an effect to the state and to the changes that the commit writes.
    pub(crate) fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::ProductAdded(product) => {
                self.changes.products.insert(product.id, (StockDelta::default(), true));
                self.slugs.insert(product.slug.clone(), product.id);
                self.products
                    .insert(product.id, ProductState { product: *product, next_due: None, claims: HashMap::new() });
            }
            Effect::StockMoved(id, movement) => self.apply_stock(id, movement),
            Effect::HoldChanged(hold) => self.apply_hold(hold),
            Effect::OrderChanged(order) => self.apply_order(order),
            Effect::PaymentRecorded(payment) => self.apply_payment(payment),
            Effect::KeyStored(record) => {
                self.keys.insert((record.owner, record.idempotency.key.clone()), (*record).clone());
                self.changes.keys.push(*record);
            }
        }
    }

    fn apply_stock(&mut self, id: ProductId, movement: StockMovement) {
        let product_state = self.products.get_mut(&id).expect_known("product");
        let before = product_state.product.stock;
        let after = movement.apply(before);
        assert!(after.is_some_and(|s| s.is_consistent()), "P1: {movement:?} does not fit {before:?}");
        product_state.product.stock = after.unwrap_or(before);
        movement.record(self.touch(id), before);
    }

    fn apply_hold(&mut self, hold: Hold) {
        let is_new = !self.hold_product.contains_key(&hold.id);
        self.changes.holds.entry(hold.id).or_insert(is_new);
        self.touch(hold.product_id);
        self.record_limit_usage(
            hold.shopper.as_ref(),
            hold.product_id,
            hold.owner,
            hold.id,
            match hold.state {
                HoldState::Active | HoldState::Ordered { .. } => hold.qty.get(),
                HoldState::Expired | HoldState::Released => 0,
            },
        );
        self.index_hold(hold.id, hold.product_id);
        let product_state = self.products.get_mut(&hold.product_id).expect_known("product");
        if hold.state == HoldState::Active {
            product_state.next_due = product_state.next_due.into_iter().chain([hold.expires_at]).min();
        }
        match product_state.claims.get_mut(&hold.id) {
            Some(claim) => claim.hold = hold,
            None => {
                product_state.claims.insert(hold.id, Claim { hold, order: None, parked: Vec::new() });
            }
        }
    }

    fn apply_order(&mut self, order: Order) {
        self.touch(order.product_id);
        self.record_limit_usage(
            order.shopper.as_ref(),
            order.product_id,
            order.owner,
            order.hold_id,
            match order.state {
                OrderState::Pending | OrderState::Paid { .. } => order.qty.get(),
                OrderState::Cancelled { .. } => 0,
            },
        );
        let product_state = self.products.get_mut(&order.product_id).expect_known("product");
        if order.state == OrderState::Pending {
            product_state.next_due = product_state.next_due.into_iter().chain([order.pay_by]).min();
        }
        let claim = product_state.claims.get_mut(&order.hold_id).expect_known("hold");
        let was = claim.order.as_ref().map(|before| before.state.name());
        self.changes.orders.entry(order.id).or_insert(was);
        self.order_hold.insert(order.id, order.hold_id);
        claim.order = Some(order);
    }

    fn apply_payment(&mut self, payment: Payment) {
        if let Some(id) = payment.product_id {
            self.touch(id);
        }
        let is_new = !self.events.contains_key(&payment.key) && !self.is_parked(&payment);
        if let Reference::Hold(hold) = payment.reference
            && let Some(id) = self.hold_product.get(&hold)
            && let Some(claim) = self.products.get_mut(id).and_then(|product_state| product_state.claims.get_mut(&hold))
        {
            claim.parked.retain(|other| other.id != payment.id);
            if payment.outcome == EventOutcome::Parked {
                claim.parked.push(payment.clone());
            }
        }
        let was_new = self.changes.payments.get(&payment.id).map_or(is_new, |(_, was_new)| *was_new);
        self.changes.payments.insert(payment.id, (payment.clone(), was_new));
        self.events.remove(&payment.key);
        self.merge_event(payment);
    }

    /// Returns whether the event is stored as parked.
    fn is_parked(&self, payment: &Payment) -> bool {
        let in_claim =
            self.claim_by(payment.reference).is_some_and(|(_, c)| c.parked.iter().any(|p| p.id == payment.id));
        in_claim || self.unmatched_payments.iter().any(|p| p.id == payment.id)
    }

    fn touch(&mut self, id: ProductId) -> &mut StockDelta {
        &mut self.changes.products.entry(id).or_default().0
    }

    fn record_limit_usage(
        &mut self,
        shopper: Option<&Shopper>,
        product: ProductId,
        owner: Owner,
        hold: HoldId,
        units: u32,
    ) {
        let Some(shopper) = shopper.cloned() else { return };
        if let Some(claims) = self.limit_usage.get_mut(&LimitKey { product, owner, shopper }) {
            claims.insert(hold, units);
        }
    }

    /// Returns what the commit must write. Raises the version of each changed product.
    pub(crate) fn writes(&mut self, ids: &IdGenerator, at: Timestamp) -> WriteSet {
        let changes = std::mem::take(&mut self.changes);
        let mut writes = WriteSet {
            batch: ids.generate(),
            at,
            products_added: Vec::new(),
            products_changed: Vec::new(),
            stock_deltas: BTreeMap::new(),
            products_read: Vec::new(),
            holds_added: Vec::new(),
            holds_changed: Vec::new(),
            orders_added: Vec::new(),
            orders_changed: Vec::new(),
            payments_added: Vec::new(),
            payments_changed: Vec::new(),
            keys: changes.keys,
            order_snapshots: Vec::new(),
        };
        for id in std::mem::take(&mut self.read_products) {
            if let Some(product_state) = self.products.get(&id).filter(|_| !changes.products.contains_key(&id)) {
                writes.products_read.push((id, product_state.product.version));
            }
        }
        for (id, (delta, is_new)) in changes.products {
            let product = &mut self.products.get_mut(&id).expect_known("product").product;
            product.version += 1;
            product.updated_at = at;
            writes.stock_deltas.insert(id, delta);
            let list = if is_new { &mut writes.products_added } else { &mut writes.products_changed };
            list.push(product.clone());
        }
        for (id, is_new) in changes.holds {
            let hold = self.claim(id).map(|(_, claim)| claim.hold.clone()).expect_known("hold");
            let list = if is_new { &mut writes.holds_added } else { &mut writes.holds_changed };
            list.push(hold);
        }
        for (id, was) in changes.orders {
            let order = self.claim_by_order(id).and_then(|(_, claim)| claim.order.clone()).expect_known("order");
            match was {
                None => writes.orders_added.push(order),
                Some(was) => writes.orders_changed.push((order, was)),
            }
        }
        for (_, (payment, is_new)) in changes.payments {
            let list = if is_new { &mut writes.payments_added } else { &mut writes.payments_changed };
            list.push(payment);
        }
        writes.order_snapshots = self.order_snapshots(&writes);
        writes
    }

    /// The orders that the batch changed or made a refund due for.
    fn order_snapshots(&self, writes: &WriteSet) -> Vec<OrderSnapshot> {
        let snapshot = |order: &Order| OrderSnapshot { order: order.clone(), refunds: BTreeSet::new() };
        let mut snapshots: BTreeMap<_, _> = writes.orders().map(|order| (order.id, snapshot(order))).collect();
        for payment in writes.payments().filter(|payment| payment.outcome.refund_reason().is_some()) {
            let order = self.claim_by(payment.reference).and_then(|(_, claim)| claim.order.as_ref());
            if let Some(order) = order {
                snapshots.entry(order.id).or_insert_with(|| snapshot(order)).refunds.insert(payment.id);
            }
        }
        snapshots.into_values().collect()
    }
}

/// A decision may only change loaded data. Anything else is a bug and fails the batch.
trait ExpectKnown<T> {
    fn expect_known(self, what: &str) -> T;
}

impl<T> ExpectKnown<T> for Option<T> {
    #[expect(clippy::panic, reason = "a broken invariant fails the batch")]
    fn expect_known(self, what: &str) -> T {
        match self {
            Some(known) => known,
            None => panic!("a decision changed a {what} that was never loaded"),
        }
    }
}
