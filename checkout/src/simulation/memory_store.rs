//! A store over [`Tables`] with fault injection: before the commit, after it, or by a conflict. Each access yields to other
//! tasks, as a database would; how often depends on the seed.

use super::tables::{Constraints, Tables};
use crate::{
    error::StoreError,
    model::{
        Hold, HoldId, Order, OrderId, Owner, PaidBefore, Payment, PaymentPayload, Product, ProductId, Reference,
        Refund, RefundId, StockDelta, Timestamp, TransactionId, WebhookId,
    },
    state::{LoadRequest, Loaded, WriteSet},
    store::{
        Audit, AuditLog, Clients, CommitOutcome, Contacts, Endpoints, Listings, Operators, OrderSnapshot, Outbox,
        PaymentAttempts, Pictures, Purge, Reads, Reconciliations, SandboxRefunds, Sessions, Statistics, Store,
        Transaction,
    },
};
use async_trait::async_trait;
use fastrand::Rng;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

/// A fault of the next transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// The connection is lost before the first read.
    LostReading,
    /// The database reports a serialization failure.
    Contended,
    /// The connection is lost before the commit.
    LostBefore,
    /// The connection is lost after the commit.
    LostAfter,
}

pub(super) struct Memory {
    tables: Mutex<Tables>,
    fault: Mutex<Fault>,
    rng: Mutex<Rng>,
    constraints: Constraints,
    /// The transaction that has locked each product.
    locks: Mutex<BTreeMap<ProductId, usize>>,
    transactions: AtomicUsize,
    /// A rival commits before each commit that has not locked its products.
    conflicts_forced: AtomicBool,
    /// Maximum number of holds and orders that one commit has changed.
    pub(super) largest: AtomicUsize,
    /// Number of reads of the next due time.
    pub(super) due_reads: AtomicUsize,
    /// Products and orders that the feed has read since the start.
    pub(super) products_read: AtomicUsize,
    pub(super) orders_read: AtomicUsize,
}

impl Memory {
    pub(super) fn new(seed: u64, constraints: Constraints) -> Arc<Self> {
        Arc::new(Self {
            tables: Mutex::default(),
            fault: Mutex::new(Fault::None),
            rng: Mutex::new(Rng::with_seed(seed)),
            constraints,
            locks: Mutex::default(),
            transactions: AtomicUsize::new(0),
            conflicts_forced: AtomicBool::new(false),
            largest: AtomicUsize::new(0),
            due_reads: AtomicUsize::new(0),
            products_read: AtomicUsize::new(0),
            orders_read: AtomicUsize::new(0),
        })
    }

    pub(super) fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap()
    }

    /// Injects a fault into the next transaction.
    pub(super) fn inject(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }

    /// From now on a rival commits first wherever it can.
    pub(super) fn force_conflicts(&self) {
        self.conflicts_forced.store(true, Ordering::Relaxed);
    }

    /// The rival's commit, which only raises the version.
    fn commit_rival(&self, transaction: usize, products: &[Product]) {
        if !self.conflicts_forced.load(Ordering::Relaxed) {
            return;
        }
        let (mut tables, locks) = (self.tables(), self.locks.lock().unwrap());
        for id in products.iter().map(|product| product.id).filter(|id| locks.get(id) != Some(&transaction)) {
            let Some(product) = tables.products.get_mut(&id) else { continue };
            product.version += 1;
            let (version, stock) = (product.version, product.stock);
            tables.stock_events.insert((id, version), (stock, StockDelta::default()));
        }
    }

    /// Takes the injected fault if it is one of these.
    fn take_fault(&self, faults: &[Fault]) -> Fault {
        let mut fault = self.fault.lock().unwrap();
        if faults.contains(&fault) { std::mem::replace(&mut *fault, Fault::None) } else { Fault::None }
    }

    /// Yields to other tasks.
    async fn give_way(&self) {
        let turns = self.rng.lock().unwrap().u32(0..4);
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    }
}

/// Maximum number of yields while a transaction waits for a lock. Then it fails as in a deadlock.
const MAX_LOCK_YIELDS: u32 = 200;

/// The store's interface to the engine.
#[derive(Clone)]
pub(super) struct MemoryStore(pub(super) Arc<Memory>);

struct MemoryTransaction(Arc<Memory>, usize);

impl MemoryTransaction {
    /// Locks products until the transaction ends.
    async fn lock(&self, products: BTreeSet<ProductId>) -> Result<(), StoreError> {
        for product in products {
            let mut turns = 0;
            while *self.0.locks.lock().unwrap().entry(product).or_insert(self.1) != self.1 {
                turns += 1;
                if turns > MAX_LOCK_YIELDS {
                    return Err(StoreError::Contended("each waits for the other".into()));
                }
                tokio::task::yield_now().await;
            }
        }
        Ok(())
    }
}

impl Drop for MemoryTransaction {
    fn drop(&mut self) {
        self.0.locks.lock().unwrap().retain(|_, transaction| *transaction != self.1);
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.0.give_way().await;
        Ok(Box::new(MemoryTransaction(self.0.clone(), self.0.transactions.fetch_add(1, Ordering::Relaxed))))
    }

    fn reads(&self) -> &dyn Reads {
        self
    }

    fn listings(&self) -> &dyn Listings {
        unreachable!("the simulation lists nothing")
    }

    fn purge(&self) -> &dyn Purge {
        self
    }

    fn sessions(&self) -> &dyn Sessions {
        unreachable!("the simulation has no sessions")
    }

    fn payment_attempts(&self) -> &dyn PaymentAttempts {
        unreachable!("the simulation has no payment provider")
    }

    fn reconciliations(&self) -> &dyn Reconciliations {
        unreachable!("the simulation has no payment provider")
    }

    fn sandbox_refunds(&self) -> &dyn SandboxRefunds {
        unreachable!("the simulation has no payment provider")
    }

    fn outbox(&self) -> &dyn Outbox {
        unreachable!("the simulation reads the tables")
    }

    fn contacts(&self) -> &dyn Contacts {
        unreachable!("the simulation reads the tables")
    }

    fn clients(&self) -> &dyn Clients {
        unreachable!("the simulation has no clients")
    }

    fn endpoints(&self) -> &dyn Endpoints {
        unreachable!("the simulation has no endpoints")
    }

    fn operators(&self) -> &dyn Operators {
        unreachable!("the simulation has no operators")
    }

    fn audit_log(&self) -> &dyn AuditLog {
        unreachable!("the simulation does not read the audit log")
    }

    fn pictures(&self) -> &dyn Pictures {
        unreachable!("the simulation has no pictures")
    }

    fn statistics(&self) -> &dyn Statistics {
        unreachable!("the simulation has no statistics")
    }
}

#[async_trait]
impl Transaction for MemoryTransaction {
    async fn load(&mut self, request: &LoadRequest) -> Result<Loaded, StoreError> {
        if self.0.take_fault(&[Fault::LostReading]) == Fault::LostReading {
            return Err(StoreError::Unavailable("lost while reading".into()));
        }
        let seen = self.0.tables().load(request);
        let due = seen.due.iter().map(|(product, _, _)| *product);
        self.lock(seen.products.iter().map(|(product, _)| product.id).chain(due).collect()).await?;
        let loaded = self.0.constraints.hide(self.0.tables().load(request));
        self.0.give_way().await;
        Ok(loaded)
    }

    async fn commit(self: Box<Self>, writes: &WriteSet) -> Result<CommitOutcome, StoreError> {
        self.0.give_way().await;
        let fault = self.0.take_fault(&[Fault::Contended, Fault::LostBefore, Fault::LostAfter]);
        match fault {
            Fault::Contended => return Err(StoreError::Contended("serialization failure".into())),
            Fault::LostBefore => return Err(StoreError::Unavailable("lost before the commit".into())),
            _ => {}
        }
        let changed: Vec<_> = writes.products_changed.iter().chain(&writes.products_edited).cloned().collect();
        self.0.commit_rival(self.1, &changed);
        let unchanged = writes.products_read.iter().map(|(product, _)| *product);
        self.lock(writes.products().map(|product| product.id).chain(unchanged).collect()).await?;
        let mut tables = self.0.tables();
        let Some(after) = tables.clone().written(writes, self.0.constraints) else {
            let now = changed.iter().filter_map(|p| tables.products.get(&p.id).cloned());
            return Ok(CommitOutcome::Conflict(now.collect()));
        };
        *tables = after;
        self.0.largest.fetch_max(writes.holds_changed.len() + writes.orders_changed.len(), Ordering::Relaxed);
        if fault == Fault::LostAfter && writes.is_repeatable() {
            return Err(StoreError::Contended("lost after a commit that wrote nothing".into()));
        }
        if fault == Fault::LostAfter {
            return Err(StoreError::Ambiguous("lost after the commit".into()));
        }
        Ok(CommitOutcome::Committed)
    }
}

/// The simulated store deletes nothing.
#[async_trait]
impl Purge for MemoryStore {
    async fn idempotency_keys(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn stock_events(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn pictures(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn webhook_deliveries(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn payment_payloads(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn contacts(&self, _: Timestamp, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn jobs(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn dead_jobs(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }
}

/// The reads that the engine itself uses. The tests read the tables.
#[async_trait]
impl Reads for MemoryStore {
    async fn products(&self) -> Result<Vec<Product>, StoreError> {
        Ok(self.0.tables().products.values().cloned().collect())
    }

    async fn product(&self, id: ProductId) -> Result<Option<Product>, StoreError> {
        Ok(self.0.tables().products.get(&id).cloned())
    }

    async fn products_beyond(&self, known: &[(ProductId, u64)]) -> Result<Vec<Product>, StoreError> {
        let known: BTreeMap<_, _> = known.iter().copied().collect();
        let tables = self.0.tables();
        let beyond = |p: &&Product| known.get(&p.id).is_none_or(|version| *version < p.version);
        let products: Vec<_> = tables.products.values().filter(beyond).cloned().collect();
        self.0.products_read.fetch_add(products.len(), Ordering::Relaxed);
        Ok(products)
    }

    async fn order_snapshots(&self, ids: &[OrderId]) -> Result<Vec<OrderSnapshot>, StoreError> {
        self.0.orders_read.fetch_add(ids.len(), Ordering::Relaxed);
        let tables = self.0.tables();
        let snapshot = |order: &Order| {
            let concerns = |p: &&Payment| {
                p.reference == Reference::Order(order.id) || p.reference == Reference::Hold(order.hold_id)
            };
            let of_payments = tables.payments.values().filter(concerns).filter(|p| p.outcome.refund_reason().is_some());
            let rows = tables.refunds.values().filter(|refund| refund.order_id == Some(order.id));
            let refunds =
                of_payments.map(|p| (RefundId(p.id.0), 0)).chain(rows.map(|refund| (refund.id, refund.version)));
            OrderSnapshot { order: order.clone(), refunds: refunds.collect() }
        };
        Ok(ids.iter().filter_map(|id| tables.orders.get(id)).map(snapshot).collect())
    }

    async fn hold(&self, id: HoldId) -> Result<Option<Hold>, StoreError> {
        Ok(self.0.tables().holds.get(&id).cloned())
    }

    async fn active_holds(&self, _: Owner, _: Timestamp, _: u32) -> Result<Vec<Hold>, StoreError> {
        Ok(Vec::new())
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(self.0.tables().orders.get(&id).cloned())
    }

    async fn orders(&self, _: Owner, _: Option<OrderId>, _: u32) -> Result<Vec<Order>, StoreError> {
        Ok(Vec::new())
    }

    async fn paid_before(&self, _: &[OrderId]) -> Result<Vec<PaidBefore>, StoreError> {
        Ok(Vec::new())
    }

    async fn explain_paid_before(&self, _: &[OrderId]) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    async fn refund(&self, id: RefundId) -> Result<Option<Refund>, StoreError> {
        Ok(self.0.tables().refunds.get(&id).cloned())
    }

    async fn refunds_by_id(&self, ids: &[RefundId]) -> Result<Vec<Refund>, StoreError> {
        let tables = self.0.tables();
        Ok(ids.iter().filter_map(|id| tables.refunds.get(id).cloned()).collect())
    }

    async fn refunds_of_order(&self, _: OrderId) -> Result<Vec<Refund>, StoreError> {
        Ok(Vec::new())
    }

    async fn payment_payload(&self, _: WebhookId) -> Result<Option<PaymentPayload>, StoreError> {
        Ok(None)
    }

    async fn reference_of(&self, _: &TransactionId) -> Result<Option<Reference>, StoreError> {
        Ok(None)
    }

    async fn disputed(&self, _: &[TransactionId]) -> Result<Vec<TransactionId>, StoreError> {
        Ok(Vec::new())
    }

    async fn refunds_due_without_row(&self, _: u32) -> Result<Vec<WebhookId>, StoreError> {
        Ok(self.0.tables().refunds_due_without_row())
    }

    async fn payments(&self, _: HoldId, _: Option<OrderId>) -> Result<Vec<Payment>, StoreError> {
        Ok(Vec::new())
    }

    async fn due(&self, now: Timestamp) -> Result<Vec<ProductId>, StoreError> {
        let tables = self.0.tables();
        Ok(tables.products.keys().copied().filter(|id| tables.next_due_of(*id).is_some_and(|at| at <= now)).collect())
    }

    async fn next_due(&self) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError> {
        self.0.due_reads.fetch_add(1, Ordering::Relaxed);
        let tables = self.0.tables();
        let next = tables.products.keys().filter_map(|id| tables.next_due_of(*id)).min();
        Ok((next, tables.unmatched_payments().map(|p| p.received_at).min()))
    }

    async fn refunds_due(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn audit(&self) -> Result<Audit, StoreError> {
        Err(StoreError::Corrupt("the simulation audits by itself".to_owned()))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
