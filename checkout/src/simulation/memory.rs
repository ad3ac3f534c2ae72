//! A store that is a few maps, and fails when it is told to: before the commit, after it, or because another writer was
//! first. It keeps the same rules as the databases: versions, unique keys, the state each row must be in.

use crate::{
    command::IdempotencyKey,
    fault::StoreError,
    model::{
        EventOutcome, Hold, HoldId, HoldState, Order, OrderId, OrderState, Owner, Payment, Product, ProductId,
        Reference, Timestamp, WebhookId,
    },
    state::{Claim, DUE_AT_ONCE, Found, KeyRecord, Wanted, WriteSet},
    store::{Audit, Clients, Reads, Sessions, Store, Unit},
};
use async_trait::async_trait;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

/// What the next commit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Fine,
    /// The database is gone before anything is written.
    LostBefore,
    /// Everything is written, and the answer is lost.
    LostAfter,
}

#[derive(Default, Clone)]
pub(super) struct Disk {
    pub(super) products: BTreeMap<ProductId, Product>,
    pub(super) holds: BTreeMap<HoldId, Hold>,
    pub(super) orders: BTreeMap<OrderId, Order>,
    pub(super) payments: BTreeMap<WebhookId, Payment>,
    pub(super) keys: BTreeMap<(Owner, IdempotencyKey), KeyRecord>,
}

#[derive(Default)]
pub(super) struct Memory {
    disk: Mutex<Disk>,
    fate: Mutex<Option<Fate>>,
}

impl Memory {
    pub(super) fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap()
    }

    /// The next commit meets this fate.
    pub(super) fn doom(&self, fate: Fate) {
        *self.fate.lock().unwrap() = Some(fate);
    }
}

/// The store as the engine sees it.
#[derive(Clone)]
pub(super) struct MemoryStore(pub(super) Arc<Memory>);

struct MemoryUnit(Arc<Memory>);

#[async_trait]
impl Store for MemoryStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn begin(&self) -> Result<Box<dyn Unit>, StoreError> {
        Ok(Box::new(MemoryUnit(self.0.clone())))
    }

    fn reads(&self) -> &dyn Reads {
        self
    }

    fn sessions(&self) -> &dyn Sessions {
        unreachable!("the simulation has no sessions")
    }

    fn clients(&self) -> &dyn Clients {
        unreachable!("the simulation has no clients")
    }
}

#[async_trait]
impl Unit for MemoryUnit {
    async fn load(&mut self, wanted: &Wanted) -> Result<Found, StoreError> {
        Ok(self.0.disk().load(wanted))
    }

    async fn commit(self: Box<Self>, writes: &WriteSet) -> Result<bool, StoreError> {
        let fate = self.0.fate.lock().unwrap().take().unwrap_or(Fate::Fine);
        if fate == Fate::LostBefore {
            return Err(StoreError::Unavailable("lost before the commit".into()));
        }
        let mut disk = self.0.disk();
        let Some(after) = disk.clone().written(writes) else { return Ok(false) };
        *disk = after;
        if fate == Fate::LostAfter {
            return Err(StoreError::Ambiguous("lost after the commit".into()));
        }
        Ok(true)
    }
}

impl Disk {
    fn load(&self, wanted: &Wanted) -> Found {
        let mut found = Found::default();
        let mut holds: Vec<HoldId> = wanted.holds.iter().copied().collect();
        holds.extend(wanted.orders.iter().filter_map(|id| self.orders.get(id)).map(|o| o.hold_id));
        for (product, loaded) in &wanted.due {
            let mut due = self.due_instants(*product);
            due.retain(|(at, _)| *at <= wanted.now);
            let batch: Vec<HoldId> = due.iter().skip(*loaded).take(DUE_AT_ONCE).map(|(_, id)| *id).collect();
            let rest = due.get(loaded + DUE_AT_ONCE).map(|(at, _)| *at);
            let later = self.due_instants(*product).into_iter().map(|(at, _)| at).find(|at| *at > wanted.now);
            holds.extend(&batch);
            found.due.push((*product, batch, rest.or(later)));
        }
        found.claims = holds.iter().filter_map(|id| self.claim(*id)).collect();
        let named =
            self.products.values().filter(|p| wanted.products.contains(&p.id) || wanted.slugs.contains(&p.slug));
        let under = found.claims.iter().filter_map(|c| self.products.get(&c.hold.product_id));
        let products: BTreeMap<_, _> = named.chain(under).map(|p| (p.id, p)).collect();
        let next_due = |id| self.due_instants(id).first().map(|(at, _)| *at);
        found.products = products.values().map(|p| ((*p).clone(), next_due(p.id))).collect();
        for key in &wanted.tallies {
            let shopper = Some(&key.shopper);
            let theirs = self
                .holds
                .values()
                .filter(|h| h.product_id == key.product && h.owner == key.owner && h.shopper.as_ref() == shopper);
            let counts = theirs.filter(|h| match self.claim(h.id).and_then(|c| c.order).map(|o| (o.pay_by, o.state)) {
                Some((pay_by, OrderState::Pending)) => pay_by > wanted.now,
                Some((_, state)) => matches!(state, OrderState::Paid { .. }),
                None => h.is_live(wanted.now),
            });
            found.tallies.extend(counts.map(|h| (key.clone(), h.id, h.qty.get())));
        }
        found.keys = wanted.keys.iter().filter_map(|key| self.keys.get(key)).cloned().collect();
        let said = |p: &Payment| {
            p.outcome != EventOutcome::Duplicate && wanted.said.contains(&(p.transaction_id.clone(), p.status.name()))
        };
        let events = self.payments.values().filter(|p| wanted.events.contains(&p.key) || said(p));
        found.events = events.cloned().collect();
        if let Some(before) = wanted.parked_before {
            let strays = self
                .payments
                .values()
                .filter(|p| p.outcome == EventOutcome::Parked && p.product_id.is_none() && p.received_at <= before);
            found.strays = strays.cloned().collect();
        }
        found
    }

    fn due_instants(&self, product: ProductId) -> Vec<(Timestamp, HoldId)> {
        let holds = self.holds.values().filter(|h| h.product_id == product && h.state == HoldState::Active);
        let orders = self.orders.values().filter(|o| o.product_id == product && o.state == OrderState::Pending);
        let mut due: Vec<_> =
            holds.map(|h| (h.expires_at, h.id)).chain(orders.map(|o| (o.pay_by, o.hold_id))).collect();
        due.sort_unstable();
        due
    }

    fn claim(&self, id: HoldId) -> Option<Claim> {
        let hold = self.holds.get(&id)?.clone();
        let order = match hold.state {
            HoldState::Ordered { order_id } => self.orders.get(&order_id).cloned(),
            _ => None,
        };
        let parked = self.payments.values();
        let parked = parked.filter(|p| p.reference == Reference::Hold(id) && p.outcome == EventOutcome::Parked);
        Some(Claim { hold, order, parked: parked.cloned().collect() })
    }

    fn written(mut self, writes: &WriteSet) -> Option<Self> {
        let same = |(id, version): &(ProductId, u64)| self.products.get(id).is_some_and(|p| p.version == *version);
        if !writes.products_unchanged.iter().all(same) {
            return None;
        }
        for product in &writes.products_changed {
            let before = self.products.insert(product.id, product.clone())?;
            if before.version + 1 != product.version {
                return None;
            }
        }
        for product in &writes.products_added {
            if self.products.values().any(|p| p.slug == product.slug) {
                return None;
            }
            self.products.insert(product.id, product.clone());
        }
        for hold in &writes.holds_added {
            assert!(self.holds.insert(hold.id, hold.clone()).is_none(), "a hold is added once");
        }
        for hold in &writes.holds_changed {
            let before = self.holds.insert(hold.id, hold.clone());
            assert!(before.is_some_and(|h| h.state == HoldState::Active), "only an active hold changes");
        }
        for order in &writes.orders_added {
            assert!(self.orders.values().all(|o| o.hold_id != order.hold_id), "P3: a hold is one order");
            self.orders.insert(order.id, order.clone());
        }
        for (order, was) in &writes.orders_changed {
            let before = self.orders.insert(order.id, order.clone());
            assert!(before.is_some_and(|o| o.state.name() == *was), "an order changes from the state it was in");
        }
        for payment in &writes.payments_changed {
            let before = self.payments.insert(payment.id, payment.clone());
            assert!(before.is_some_and(|p| p.outcome == EventOutcome::Parked), "only a parked event changes");
        }
        for payment in &writes.payments_added {
            let repeats = |p: &Payment| {
                let counts = p.outcome != EventOutcome::Duplicate && payment.outcome != EventOutcome::Duplicate;
                let same = p.transaction_id == payment.transaction_id && p.status == payment.status;
                p.key == payment.key || (counts && same)
            };
            if self.payments.values().any(repeats) {
                return None;
            }
            self.payments.insert(payment.id, payment.clone());
        }
        for record in &writes.keys {
            let key = (record.owner, record.idempotency.key.clone());
            if self.keys.insert(key, record.clone()).is_some() {
                return None;
            }
        }
        Some(self)
    }
}

/// The reads that the engine itself needs; the simulation looks at the disk.
#[async_trait]
impl Reads for MemoryStore {
    async fn products(&self) -> Result<Vec<Product>, StoreError> {
        Ok(self.0.disk().products.values().cloned().collect())
    }

    async fn pulse(&self) -> Result<i64, StoreError> {
        Ok(0)
    }

    async fn these_orders(&self, _: &[OrderId]) -> Result<Vec<Order>, StoreError> {
        Ok(Vec::new())
    }

    async fn hold(&self, id: HoldId) -> Result<Option<Hold>, StoreError> {
        Ok(self.0.disk().holds.get(&id).cloned())
    }

    async fn live_holds(&self, _: Owner, _: Timestamp, _: u32) -> Result<Vec<Hold>, StoreError> {
        Ok(Vec::new())
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(self.0.disk().orders.get(&id).cloned())
    }

    async fn orders(&self, _: Owner, _: Option<OrderId>, _: u32) -> Result<Vec<Order>, StoreError> {
        Ok(Vec::new())
    }

    async fn payments(&self, _: OrderId, _: HoldId) -> Result<Vec<Payment>, StoreError> {
        Ok(Vec::new())
    }

    async fn due(&self, _: Timestamp) -> Result<Vec<ProductId>, StoreError> {
        Ok(Vec::new())
    }

    async fn next_due(&self) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError> {
        Ok((None, None))
    }

    async fn audit(&self) -> Result<Audit, StoreError> {
        Err(StoreError::Corrupt("the simulation audits by itself".to_owned()))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
