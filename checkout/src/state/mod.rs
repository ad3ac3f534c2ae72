//! The writer's memory: products with their claims, and the changes of the current batch.
//!
//! What is known of a product's claims is current as long as the product is at the version that it was read at. The store
//! checks the version when it commits. So a batch whose data is in memory reads nothing.

mod effect;
mod eviction;
mod load_request;
mod write_set;

pub use effect::{Effect, StockMovement};
pub use load_request::{Claim, IdempotencyRecord, LimitKey, LoadRequest, Loaded, MAX_DUE_PER_LOAD};
pub use write_set::{OrderSnapshot, WriteSet};

use crate::{
    clock::IdGenerator,
    idempotency::IdempotencyKey,
    model::{
        EventKey, EventOutcome, Hold, HoldId, HoldState, Order, OrderId, OrderState, Owner, Payment, PaymentStatus,
        Product, ProductId, Reference, Shopper, Slug, StockDelta, Timestamp, TransactionId, WebhookId,
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// A product and its known claims.
#[derive(Debug)]
pub(crate) struct ProductState {
    pub(crate) product: Product,
    /// The first instant at which a claim is due; `None` if there is none.
    pub(crate) next_due: Option<Timestamp>,
    claims: HashMap<HoldId, Claim>,
}

/// The changes of this batch. A `bool` tells whether the row is new, a name the order's stored state.
#[derive(Debug, Default)]
struct Changes {
    products: BTreeMap<ProductId, (StockDelta, bool)>,
    holds: BTreeMap<HoldId, bool>,
    orders: BTreeMap<OrderId, Option<&'static str>>,
    payments: BTreeMap<WebhookId, (Payment, bool)>,
    keys: Vec<IdempotencyRecord>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    products: HashMap<ProductId, ProductState>,
    slugs: HashMap<Slug, ProductId>,
    hold_product: HashMap<HoldId, ProductId>,
    /// The keys of `hold_product`, oldest first.
    known_holds: VecDeque<HoldId>,
    order_hold: HashMap<OrderId, HoldId>,
    keys: HashMap<(Owner, IdempotencyKey), IdempotencyRecord>,
    events: HashMap<EventKey, Payment>,
    by_transaction: HashMap<(TransactionId, &'static str), EventKey>,
    limit_usage: HashMap<LimitKey, HashMap<HoldId, u32>>,
    unmatched_payments: Vec<Payment>,
    requested: LoadRequest,
    /// Number of overdue claims that this batch has loaded, by product.
    due_loaded: BTreeMap<ProductId, usize>,
    read_products: BTreeSet<ProductId>,
    changes: Changes,
}

impl State {
    pub(crate) fn product_state(&self, id: ProductId) -> Option<&ProductState> {
        self.products.get(&id)
    }

    pub(crate) fn has_slug(&self, slug: &Slug) -> bool {
        self.slugs.contains_key(slug)
    }

    pub(crate) fn claim(&self, hold: HoldId) -> Option<(&ProductState, &Claim)> {
        let product_state = self.products.get(self.hold_product.get(&hold)?)?;
        Some((product_state, product_state.claims.get(&hold)?))
    }

    pub(crate) fn claim_by_order(&self, order: OrderId) -> Option<(&ProductState, &Claim)> {
        self.claim(*self.order_hold.get(&order)?)
    }

    pub(crate) fn claim_by(&self, reference: Reference) -> Option<(&ProductState, &Claim)> {
        match reference {
            Reference::Order(id) => self.claim_by_order(id),
            Reference::Hold(id) => self.claim(id),
        }
    }

    pub(crate) fn key(&self, owner: Owner, key: &IdempotencyKey) -> Option<&IdempotencyRecord> {
        self.keys.get(&(owner, key.clone()))
    }

    pub(crate) fn event(&self, key: &EventKey) -> Option<&Payment> {
        self.events.get(key)
    }

    /// The event that reported this transaction with this status first.
    pub(crate) fn by_transaction(&self, transaction: &TransactionId, status: PaymentStatus) -> Option<&Payment> {
        self.by_transaction.get(&(transaction.clone(), status.name())).and_then(|key| self.events.get(key))
    }

    /// Units of the shopper's active holds, pending orders and paid orders.
    pub(crate) fn units_used(&self, key: &LimitKey) -> u32 {
        self.limit_usage.get(key).map_or(0, |claims| claims.values().sum())
    }

    pub(crate) fn has_limit_usage(&self, key: &LimitKey) -> bool {
        self.limit_usage.contains_key(key)
    }

    /// Requests the overdue claims of a product, beyond those that this batch has loaded: in the database they are still
    /// overdue.
    pub(crate) fn due_request(&self, product: ProductId, now: Timestamp) -> LoadRequest {
        let offset = self.due_loaded.get(&product).copied().unwrap_or(0);
        LoadRequest { due: [(product, offset)].into(), ..LoadRequest::at(now) }
    }

    pub(crate) fn unmatched_payments(&self) -> &[Payment] {
        &self.unmatched_payments
    }

    /// Returns the part of a request that this batch has not requested before.
    pub(crate) fn not_yet_requested(&mut self, mut request: LoadRequest) -> LoadRequest {
        request.retain_new(&mut self.requested);
        request
    }

    /// Remembers that a decision rests on this product, which must be unchanged when the batch commits.
    pub(crate) fn track_read(&mut self, product: ProductId) {
        self.read_products.insert(product);
    }

    /// Merges loaded data. What this batch has changed is newer and stays. Returns `false` if the batch has decided on a
    /// product that has changed since: it must then be decided again.
    pub(crate) fn merge(&mut self, request: &LoadRequest, loaded: Loaded) -> bool {
        for (product, next_due) in loaded.products {
            if !self.merge_product(product, next_due) {
                return false;
            }
        }
        for claim in loaded.claims {
            self.merge_claim(claim);
        }
        for key in &request.limit_usage {
            self.limit_usage.entry(key.clone()).or_default();
        }
        for (key, hold, units) in loaded.limit_usage {
            self.limit_usage.entry(key).or_default().insert(hold, units);
        }
        for record in loaded.keys {
            self.keys.entry((record.owner, record.idempotency.key.clone())).or_insert(record);
        }
        for payment in loaded.events {
            self.merge_event(payment);
        }
        for (product, due, next_due) in loaded.due {
            *self.due_loaded.entry(product).or_default() += due.len();
            self.merge_due(product, next_due);
        }
        self.unmatched_payments.extend(loaded.unmatched_payments);
        true
    }

    /// Takes in products as another writer has just left them. Their claims are unknown, so one may be due.
    pub(crate) fn reload(&mut self, products: Vec<Product>) {
        for product in products {
            self.merge_product(product, Some(Timestamp::default()));
        }
    }

    fn merge_product(&mut self, product: Product, next_due: Option<Timestamp>) -> bool {
        let id = product.id;
        if self.products.get(&id).is_some_and(|known| known.product.version == product.version) {
            return true;
        }
        if self.read_products.contains(&id) {
            return false;
        }
        self.slugs.insert(product.slug.clone(), id);
        // The claims of another version may be outdated.
        self.products.insert(id, ProductState { product, next_due, claims: HashMap::new() });
        true
    }

    fn merge_claim(&mut self, claim: Claim) {
        let Some(product_state) = self.products.get_mut(&claim.hold.product_id) else { return };
        if let Some(order) = &claim.order {
            self.order_hold.insert(order.id, claim.hold.id);
        }
        let (hold, product) = (claim.hold.id, claim.hold.product_id);
        product_state.claims.entry(hold).or_insert(claim);
        self.index_hold(hold, product);
    }

    fn merge_event(&mut self, payment: Payment) {
        if payment.outcome != EventOutcome::Duplicate {
            let by_transaction = (payment.transaction_id.clone(), payment.status.name());
            self.by_transaction.insert(by_transaction, payment.key.clone());
        }
        self.events.entry(payment.key.clone()).or_insert(payment);
    }

    /// Combines when the next stored claim is due with the holds of this batch.
    fn merge_due(&mut self, id: ProductId, next_due: Option<Timestamp>) {
        let Some(product_state) = self.products.get_mut(&id) else { return };
        let ours = self.changes.holds.keys().filter_map(|hold| product_state.claims.get(hold));
        product_state.next_due = ours.filter_map(due_at).chain(next_due).min();
    }

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

/// The instant at which a claim is due, if there is one.
fn due_at(claim: &Claim) -> Option<Timestamp> {
    match &claim.order {
        Some(order) => (order.state == OrderState::Pending).then_some(order.pay_by),
        None => (claim.hold.state == HoldState::Active).then_some(claim.hold.expires_at),
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
