//! The tables of the simulated database, as maps with the real databases' constraints: versions, unique keys, and the state
//! that each row must be in. Negative controls turn a constraint off, or hide a column from the rules that rest on it.

use crate::{
    idempotency::IdempotencyKey,
    model::{
        AuditEntry, EventOutcome, Hold, HoldId, HoldState, NewJob, Order, OrderId, OrderState, Owner, Payment, Product,
        ProductId, Reference, Refund, RefundId, RefundReason, Stock, StockDelta, Timestamp, TransactionId, WebhookId,
        open_disputes,
    },
    state::{
        Claim, IdempotencyRecord, LimitKey, LoadRequest, Loaded, MAX_DUE_PER_LOAD, OrderContact, StoredPayload,
        WriteSet,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// The protections of a shop that a negative control can turn off.
#[expect(clippy::struct_excessive_bools, reason = "each is one protection")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Constraints {
    /// Each product must still be at the version that the batch was decided on, and each row in the state it was in.
    pub(crate) versions: bool,
    /// Idempotency keys, event keys, pairs of transaction and status, order numbers, ids in the audit log and the references
    /// of refunds that were made at the provider are unique.
    pub(crate) unique: bool,
    /// Each refund must still be at the version before.
    pub(crate) refund_versions: bool,
    /// The rules see the sum of an order's refunds. Otherwise each refund looks like the first.
    pub(crate) refund_sums: bool,
    /// The rules see how many units of an order were put back on sale.
    pub(crate) restocked: bool,
    /// The rules see the price of a hold. Otherwise the product's price counts.
    pub(crate) hold_prices: bool,
    /// The rules see which transactions are disputed.
    pub(crate) disputes: bool,
    /// The rules see which refunds a worker sends.
    pub(crate) automatic: bool,
}

impl Constraints {
    pub(crate) const ALL: Self = Self {
        versions: true,
        unique: true,
        refund_versions: true,
        refund_sums: true,
        restocked: true,
        hold_prices: true,
        disputes: true,
        automatic: true,
    };

    /// Hides the columns that a negative control turns off.
    pub(crate) fn hide(self, mut loaded: Loaded) -> Loaded {
        if !self.disputes {
            loaded.disputed.clear();
        }
        for refund in &mut loaded.refunds {
            refund.automatic &= self.automatic;
        }
        for claim in &mut loaded.claims {
            if !self.hold_prices {
                claim.hold.unit_price = None;
            }
            let Some(order) = &mut claim.order else { continue };
            if !self.refund_sums {
                (order.refunds.issued, order.refunds.returned) = (0, 0);
            }
            if !self.restocked {
                order.refunds.restocked = 0;
            }
        }
        loaded
    }
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Tables {
    pub(crate) products: BTreeMap<ProductId, Product>,
    pub(crate) holds: BTreeMap<HoldId, Hold>,
    pub(crate) orders: BTreeMap<OrderId, Order>,
    pub(crate) payments: BTreeMap<WebhookId, Payment>,
    pub(crate) payloads: BTreeMap<WebhookId, StoredPayload>,
    pub(crate) contacts: BTreeMap<OrderId, OrderContact>,
    /// Events of the outbox, in the order of the commits.
    pub(crate) events: Vec<NewJob>,
    pub(crate) refunds: BTreeMap<RefundId, Refund>,
    /// In the order of the commits.
    pub(crate) audit_log: Vec<AuditEntry>,
    pub(crate) keys: BTreeMap<(Owner, IdempotencyKey), IdempotencyRecord>,
    /// The stock history: the stock of a product at each version, and the change from the version before.
    pub(crate) stock_events: BTreeMap<(ProductId, u64), (Stock, StockDelta)>,
}

impl Tables {
    pub(crate) fn load(&self, request: &LoadRequest) -> Loaded {
        let is_requested = |refund: &Refund| {
            let reference = refund.provider_reference.as_ref();
            request.refunds.contains(&refund.id)
                || request.refunds_of.contains(&refund.transaction_id)
                || reference.is_some_and(|reference| request.refund_references.contains(reference))
        };
        let mut loaded = Loaded {
            refunds: self.refunds.values().filter(|refund| is_requested(refund)).cloned().collect(),
            replays: request.replays.iter().filter_map(|id| self.payments.get(id)).cloned().collect(),
            ..Loaded::default()
        };
        let mut orders = request.orders.clone();
        orders.extend(loaded.refunds.iter().filter_map(|refund| refund.order_id));
        let mut holds = request.holds.clone();
        for event in &loaded.replays {
            match event.reference {
                Reference::Order(id) => orders.insert(id),
                Reference::Hold(id) => holds.insert(id),
            };
        }
        holds.extend(orders.iter().filter_map(|id| self.orders.get(id)).map(|o| o.hold_id));
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
        let paid = self.payments.values().filter(|p| request.refunds_of.contains(&p.transaction_id));
        let paid: BTreeSet<_> = paid.filter_map(|p| p.product_id).collect();
        let named = self
            .products
            .values()
            .filter(|p| request.products.contains(&p.id) || request.slugs.contains(&p.slug) || paid.contains(&p.id));
        let under = loaded.claims.iter().filter_map(|c| self.products.get(&c.hold.product_id));
        let products: BTreeMap<_, _> = named.chain(under).map(|p| (p.id, p)).collect();
        loaded.products = products.values().map(|p| ((*p).clone(), self.next_due_of(p.id))).collect();
        loaded.limit_usage = request.limit_usage.iter().flat_map(|key| self.limit_usage(key, request.now)).collect();
        loaded.keys = request.keys.iter().filter_map(|key| self.keys.get(key)).cloned().collect();
        let by_report = |p: &Payment| p.outcome != EventOutcome::Duplicate && request.reports.contains(&p.report());
        let events = self.payments.values().filter(|p| request.events.contains(&p.key) || by_report(p));
        loaded.events = events.cloned().collect();
        loaded.disputed = self.disputed().filter(|transaction| request.disputes.contains(transaction)).collect();
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
        let units = |h: &Hold| self.order_of(h).map_or(h.qty.get(), Order::units_taken);
        counts.map(|h| (key.clone(), h.id, units(h))).filter(|(.., units)| *units > 0).collect()
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

    /// Transactions with a dispute that was opened and not closed.
    pub(crate) fn disputed(&self) -> impl Iterator<Item = TransactionId> {
        let events: Vec<_> = self.payments.values().filter(|p| p.status.is_dispute()).cloned().collect();
        let open: BTreeSet<_> = open_disputes(&events).map(|opened| opened.transaction_id.clone()).collect();
        open.into_iter()
    }

    /// Payment events that are due for refund and have no refund.
    pub(crate) fn refunds_due_without_row(&self) -> Vec<WebhookId> {
        let due = self.payments.values().filter(|p| matches!(p.outcome, EventOutcome::RefundDue(_))).map(|p| p.id);
        due.filter(|id| !self.refunds.contains_key(&RefundId(id.0))).collect()
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
        let mut changed = writes.products_changed.iter().chain(&writes.products_edited);
        let in_turn = changed.all(|p| at(&p.id).map(|v| v + 1) == Some(p.version));
        if constraints.versions && !(unchanged && in_turn) {
            return None;
        }
        if writes.products_added.iter().any(|new| self.products.values().any(|p| p.slug == new.slug)) {
            return None;
        }
        for product in writes.products() {
            let before = self.products.insert(product.id, product.clone());
            if let Some(price) = before.map(|p| p.price).filter(|price| *price != product.price) {
                self.keep_price_of_holds(product.id, price.minor);
            }
            let stored = (product.stock, writes.stock_deltas.get(&product.id).copied().unwrap_or_default());
            let before = self.stock_events.insert((product.id, product.version), stored);
            assert!(before.is_none() || !constraints.versions, "each version has one row");
        }
        let fits = self.write_claims(writes, constraints)
            && self.write_payments_and_keys(writes, constraints)
            && self.write_refunds(writes, constraints)
            && self.write_audit_log(writes, constraints);
        fits.then_some(self)
    }

    /// As the databases' trigger does.
    fn keep_price_of_holds(&mut self, product: ProductId, price: i64) {
        let active = |h: &&mut Hold| h.product_id == product && h.state == HoldState::Active;
        for hold in self.holds.values_mut().filter(active) {
            hold.unit_price.get_or_insert(price);
        }
    }

    fn write_claims(&mut self, writes: &WriteSet, constraints: Constraints) -> bool {
        for hold in &writes.holds_added {
            assert!(self.holds.insert(hold.id, hold.clone()).is_none(), "a hold is added once");
        }
        for hold in &writes.holds_changed {
            let Some(stored) = self.holds.get_mut(&hold.id) else { panic!("a changed hold is stored") };
            assert!(stored.state == HoldState::Active || !constraints.versions, "only an active hold changes");
            // The price is not updated.
            *stored = Hold { unit_price: stored.unit_price, ..hold.clone() };
        }
        for order in &writes.orders_added {
            assert!(self.orders.values().all(|o| o.hold_id != order.hold_id), "P3: a hold is one order");
            if constraints.unique && self.orders.values().any(|o| o.number == order.number) {
                return false;
            }
            self.orders.insert(order.id, order.clone());
        }
        for contact in &writes.contacts {
            assert!(self.orders.contains_key(&contact.order), "a contact is stored with its order");
            assert!(self.contacts.insert(contact.order, contact.clone()).is_none(), "an order has one contact");
        }
        for (order, was) in &writes.orders_changed {
            let before = self.orders.insert(order.id, order.clone());
            let fits = before.is_some_and(|o| o.state.name() == *was);
            assert!(fits || !constraints.versions, "an order changes from the state it was in");
        }
        true
    }

    /// Without a product, only the refund's version tells that another node was first.
    fn write_refunds(&mut self, writes: &WriteSet, constraints: Constraints) -> bool {
        for refund in &writes.refunds_added {
            let repeats = |known: &Refund| {
                known.reason == RefundReason::AtProvider && known.provider_reference == refund.provider_reference
            };
            let is_unique = refund.reason != RefundReason::AtProvider || !self.refunds.values().any(repeats);
            if constraints.unique && !is_unique {
                return false;
            }
            if self.refunds.insert(refund.id, refund.clone()).is_some() {
                return false;
            }
        }
        for refund in &writes.refunds_changed {
            let before = self.refunds.insert(refund.id, refund.clone());
            let fits = before.is_some_and(|before| before.version + 1 == refund.version);
            if constraints.refund_versions && !fits {
                return false;
            }
        }
        true
    }

    fn write_audit_log(&mut self, writes: &WriteSet, constraints: Constraints) -> bool {
        for entry in &writes.audit_log {
            if constraints.unique && self.audit_log.iter().any(|stored| stored.id == entry.id) {
                return false;
            }
            self.audit_log.push(entry.clone());
        }
        true
    }

    fn write_payments_and_keys(&mut self, writes: &WriteSet, constraints: Constraints) -> bool {
        for (payment, was) in &writes.payments_changed {
            let before = self.payments.insert(payment.id, payment.clone());
            if before.is_none_or(|p| p.outcome.name() != *was) {
                // Another node has changed the event.
                return false;
            }
        }
        for payment in &writes.payments_added {
            let repeats = |p: &Payment| {
                let counts = p.outcome != EventOutcome::Duplicate && payment.outcome != EventOutcome::Duplicate;
                let same = p.report() == payment.report();
                p.key == payment.key || (counts && same)
            };
            if constraints.unique && self.payments.values().any(repeats) {
                return false;
            }
            assert!(payment.dispute_id.is_none() || payment.status.is_dispute(), "a dispute's id: {payment:?}");
            self.payments.insert(payment.id, payment.clone());
        }
        self.events.extend(writes.events.iter().cloned());
        self.payloads.extend(writes.payloads.iter().map(|payload| (payload.event, payload.clone())));
        for record in &writes.keys {
            let key = (record.owner, record.idempotency.key.clone());
            if self.keys.insert(key, record.clone()).is_some() && constraints.unique {
                return false;
            }
        }
        true
    }
}
