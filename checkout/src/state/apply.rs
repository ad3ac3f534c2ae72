//! Applies effects to the state, and collects what the commit writes.

use super::{
    Claim, Effect, LimitKey, OrderSnapshot, ProductChange, ProductState, State, StockMovement, StoredOrder, WriteSet,
    announce,
};
use crate::{
    clock::IdGenerator,
    model::{
        EventOutcome, Hold, HoldId, HoldState, JobKind, JobSubject, NewJob, Order, OrderStatus, Owner, Payment,
        Product, ProductId, Reference, Refund, RefundId, RefundReason, RefundState, Shopper, StockDelta, Timestamp,
    },
};
use std::collections::{BTreeMap, HashMap};

impl State {
    /// Applies an effect to the state and to the changes that the commit writes.
    pub(crate) fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::ProductAdded(product) => {
                let added = ProductChange { is_new: true, ..ProductChange::default() };
                self.changes.products.insert(product.id, added);
                self.slugs.insert(product.slug.clone(), product.id);
                self.products
                    .insert(product.id, ProductState { product: *product, next_due: None, claims: HashMap::new() });
            }
            Effect::ProductEdited(product) => self.apply_edit(*product),
            Effect::StockMoved(id, movement) => self.apply_stock(id, movement),
            Effect::HoldChanged(hold) => self.apply_hold(hold),
            Effect::OrderChanged(order) => self.apply_order(order),
            Effect::PaymentRecorded(payment) => self.apply_payment(payment),
            Effect::RefundChanged(refund) => self.apply_refund(*refund),
            Effect::PayloadStored(payload) => self.changes.payloads.push(payload),
            Effect::ContactStored(contact) => self.changes.contacts.push(*contact),
            Effect::Audited(entry) => self.changes.audit_log.push(*entry),
            Effect::KeyStored(record) => {
                self.keys.insert((record.owner, record.idempotency.key.clone()), (*record).clone());
                self.changes.keys.push(*record);
            }
        }
    }

    fn apply_edit(&mut self, edited: Product) {
        self.change(edited.id).is_edited = true;
        let product_state = self.products.get_mut(&edited.id).expect_known("product");
        let price_before = product_state.product.price;
        if edited.price != price_before {
            // As the database's trigger does with the stored holds.
            for claim in product_state.claims.values_mut() {
                claim.hold.unit_price.get_or_insert(price_before.minor);
            }
        }
        product_state.product = Product { stock: product_state.product.stock, ..edited };
    }

    fn apply_stock(&mut self, id: ProductId, movement: StockMovement) {
        // Remembers the units that were available before the batch.
        self.touch(id);
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
        let units = order.units_taken();
        self.record_limit_usage(order.shopper.as_ref(), order.product_id, order.owner, order.hold_id, units);
        let product_state = self.products.get_mut(&order.product_id).expect_known("product");
        // The commit raises the product's version by one.
        let order = Order { version: product_state.product.version + 1, ..order };
        if order.status() == OrderStatus::Pending {
            product_state.next_due = product_state.next_due.into_iter().chain([order.pay_by]).min();
        }
        let claim = product_state.claims.get_mut(&order.hold_id).expect_known("hold");
        let stored = |before: &Order| StoredOrder { state: before.state.name(), status: before.status() };
        let was = claim.order.as_ref().map(stored);
        self.changes.orders.entry(order.id).or_insert(was);
        self.order_hold.insert(order.id, order.hold_id);
        claim.order = Some(order);
    }

    fn apply_payment(&mut self, payment: Payment) {
        if let Some(id) = payment.product_id {
            self.touch(id);
        }
        let found = self.stored_outcome(&payment);
        if let Reference::Hold(hold) = payment.reference
            && let Some(id) = self.hold_product.get(&hold)
            && let Some(claim) = self.products.get_mut(id).and_then(|product_state| product_state.claims.get_mut(&hold))
        {
            claim.parked.retain(|other| other.id != payment.id);
            if payment.outcome == EventOutcome::Parked {
                claim.parked.push(payment.clone());
            }
        }
        let was = self.changes.payments.get(&payment.id).map_or(found, |(_, was)| *was);
        self.changes.payments.insert(payment.id, (payment.clone(), was));
        if let EventOutcome::RefundDue(reason) = payment.outcome {
            self.add_refund_of(&payment, reason);
        }
        if let Some(replay) = self.replays.get_mut(&payment.id) {
            *replay = payment.clone();
        }
        self.events.remove(&payment.key);
        self.merge_event(payment);
    }

    /// The name of the outcome that the event is stored with; `None` for a new event.
    fn stored_outcome(&self, payment: &Payment) -> Option<&'static str> {
        let is_same = |other: &&Payment| other.id == payment.id;
        let claim = self.claim_by(payment.reference).map(|(_, claim)| claim);
        let parked = claim.and_then(|claim| claim.parked.iter().find(is_same));
        let stored = self.replays.get(&payment.id).or(parked);
        let stored = stored.or_else(|| self.unmatched_payments.iter().find(is_same));
        stored.or_else(|| self.events.get(&payment.key)).map(|stored| stored.outcome.name())
    }

    /// The refund that a payment event makes due (P7). It has the event's id, so that an event has one refund.
    fn add_refund_of(&mut self, payment: &Payment, reason: RefundReason) {
        let id = RefundId(payment.id.0);
        if self.refunds.contains_key(&id) {
            return;
        }
        let order = self.claim_by(payment.reference).and_then(|(_, claim)| claim.order.as_ref());
        let refund = Refund {
            id,
            order_id: order.map(|order| order.id),
            event_id: Some(payment.id),
            product_id: payment.product_id,
            transaction_id: payment.transaction_id.clone(),
            amount: payment.reported.amount,
            currency: payment.reported.currency,
            reason,
            restocked: 0,
            state: RefundState::Due,
            attempt: 1,
            provider_reference: None,
            automatic: false,
            note: None,
            failure: None,
            created_at: payment.received_at,
            updated_at: payment.received_at,
            version: 1,
        };
        self.apply_refund(refund);
    }

    fn apply_refund(&mut self, refund: Refund) {
        if let Some(id) = refund.product_id.filter(|id| self.products.contains_key(id)) {
            self.touch(id);
        }
        let was = self.refunds.get(&refund.id).map(announce::RefundStatus::of);
        self.changes.refunds.entry(refund.id).or_insert(was);
        self.refunds.insert(refund.id, refund);
    }

    fn touch(&mut self, id: ProductId) -> &mut StockDelta {
        &mut self.change(id).delta
    }

    /// The change of a product. The first one remembers the stored number of available units.
    fn change(&mut self, id: ProductId) -> &mut ProductChange {
        let available_before = self.products.get(&id).map_or(0, |known| known.product.stock.available);
        self.changes.products.entry(id).or_insert(ProductChange { available_before, ..ProductChange::default() })
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
        let event = |topic, subject| NewJob {
            id: ids.generate(),
            kind: JobKind::Event,
            topic,
            subject,
            endpoint: None,
            unique_key: None,
            body: None,
            due_at: at,
            created_at: at,
        };
        let mut writes = WriteSet {
            batch: ids.generate(),
            at,
            products_added: Vec::new(),
            products_changed: Vec::new(),
            products_edited: Vec::new(),
            stock_deltas: BTreeMap::new(),
            products_read: Vec::new(),
            events: Vec::new(),
            holds_added: Vec::new(),
            holds_changed: Vec::new(),
            orders_added: Vec::new(),
            orders_changed: Vec::new(),
            payments_added: Vec::new(),
            payments_changed: Vec::new(),
            payloads: changes.payloads,
            contacts: changes.contacts,
            refunds_added: Vec::new(),
            refunds_changed: Vec::new(),
            audit_log: changes.audit_log,
            keys: changes.keys,
            order_snapshots: Vec::new(),
        };
        for id in std::mem::take(&mut self.read_products) {
            if let Some(product_state) = self.products.get(&id).filter(|_| !changes.products.contains_key(&id)) {
                writes.products_read.push((id, product_state.product.version));
            }
        }
        for (id, change) in changes.products {
            let product = &mut self.products.get_mut(&id).expect_known("product").product;
            product.version += 1;
            product.updated_at = at;
            let topic = announce::product(change.available_before, product.stock.available).filter(|_| !change.is_new);
            let subject = JobSubject { product: Some(id), version: product.version, ..JobSubject::default() };
            writes.events.extend(topic.map(|topic| event(topic, subject)));
            writes.stock_deltas.insert(id, change.delta);
            let list = match change {
                ProductChange { is_new: true, .. } => &mut writes.products_added,
                ProductChange { is_edited: true, .. } => &mut writes.products_edited,
                ProductChange { .. } => &mut writes.products_changed,
            };
            list.push(product.clone());
        }
        for (id, is_new) in changes.holds {
            let hold = self.claim(id).map(|(_, claim)| claim.hold.clone()).expect_known("hold");
            let list = if is_new { &mut writes.holds_added } else { &mut writes.holds_changed };
            list.push(hold);
        }
        for (id, was) in changes.orders {
            let order = self.claim_by_order(id).and_then(|(_, claim)| claim.order.clone()).expect_known("order");
            let subject = JobSubject {
                order: Some(id),
                product: Some(order.product_id),
                version: order.version,
                ..JobSubject::default()
            };
            let topics = announce::order(was.map(|was| was.status), order.status());
            writes.events.extend(topics.map(|topic| event(topic, subject)));
            match was {
                None => writes.orders_added.push(order),
                Some(was) => writes.orders_changed.push((order, was.state)),
            }
        }
        for (_, (payment, was)) in changes.payments {
            match was {
                None => writes.payments_added.push(payment),
                Some(was) => writes.payments_changed.push((payment, was)),
            }
        }
        for (id, was) in changes.refunds {
            let refund = self.refunds.get(&id).cloned().expect_known("refund");
            let subject = JobSubject {
                order: refund.order_id,
                refund: Some(id),
                product: refund.product_id,
                operator: None,
                version: refund.version,
            };
            writes
                .events
                .extend(announce::refund(was, announce::RefundStatus::of(&refund)).map(|topic| event(topic, subject)));
            let list = if was.is_none() { &mut writes.refunds_added } else { &mut writes.refunds_changed };
            list.push(refund);
        }
        writes.order_snapshots = self.order_snapshots(&writes);
        writes
    }

    /// The orders that the batch changed, and those of the refunds that it made due or changed.
    fn order_snapshots(&self, writes: &WriteSet) -> Vec<OrderSnapshot> {
        let snapshot = |order: &Order| OrderSnapshot { order: order.clone(), refunds: BTreeMap::new() };
        let mut snapshots: BTreeMap<_, _> = writes.orders().map(|order| (order.id, snapshot(order))).collect();
        let of_payments = writes.payments().filter(|payment| payment.outcome.refund_reason().is_some());
        let of_payments = of_payments.map(|payment| {
            let order = self.claim_by(payment.reference).and_then(|(_, claim)| claim.order.as_ref());
            (order, RefundId(payment.id.0), 0)
        });
        // After the payments: the version of a refund's row counts.
        let of_rows = writes.refunds().map(|refund| {
            let claim = refund.order_id.and_then(|id| self.claim_by_order(id));
            (claim.and_then(|(_, claim)| claim.order.as_ref()), refund.id, refund.version)
        });
        for (order, id, version) in of_payments.chain(of_rows) {
            if let Some(order) = order {
                snapshots.entry(order.id).or_insert_with(|| snapshot(order)).refunds.insert(id, version);
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
