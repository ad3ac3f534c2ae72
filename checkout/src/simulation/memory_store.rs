//! A store over a [`Tables`] that fails when it is told to: before the commit, after it, or because another writer was
//! first. Each access lets others in between, as a database would; how often comes from the seed.

use super::tables::{Constraints, Tables};
use crate::{
    error::StoreError,
    model::{Hold, HoldId, Order, OrderId, Owner, Payment, Product, ProductId, StockDelta, Timestamp},
    state::{LoadRequest, Loaded, WriteSet},
    store::{Audit, Clients, CommitOutcome, OrderSnapshot, Purge, Reads, Sessions, Store, Transaction},
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

/// What becomes of the next transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    /// The database is gone before anything is read.
    LostReading,
    /// The database cannot tell the transaction from another one, and asks for it again.
    Contended,
    /// The database is gone before anything is written.
    LostBefore,
    /// Everything is written, and the answer is lost.
    LostAfter,
}

pub(super) struct Memory {
    disk: Mutex<Tables>,
    fault: Mutex<Fault>,
    rng: Mutex<Rng>,
    constraints: Constraints,
    /// Which unit is alone with which product.
    locks: Mutex<BTreeMap<ProductId, usize>>,
    units: AtomicUsize,
    /// Somebody else commits before every commit that has not locked its products.
    conflicts_forced: AtomicBool,
    /// The most holds and orders that one commit has changed.
    pub(super) largest: AtomicUsize,
    /// How often somebody asked what is due next.
    pub(super) looks: AtomicUsize,
}

impl Memory {
    pub(super) fn new(seed: u64, constraints: Constraints) -> Arc<Self> {
        Arc::new(Self {
            disk: Mutex::default(),
            fault: Mutex::new(Fault::None),
            rng: Mutex::new(Rng::with_seed(seed)),
            constraints,
            locks: Mutex::default(),
            units: AtomicUsize::new(0),
            conflicts_forced: AtomicBool::new(false),
            largest: AtomicUsize::new(0),
            looks: AtomicUsize::new(0),
        })
    }

    pub(super) fn disk(&self) -> MutexGuard<'_, Tables> {
        self.disk.lock().unwrap()
    }

    /// The next transaction take_fault this fault.
    pub(super) fn inject(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }

    /// From now on a rival is first wherever it can be.
    pub(super) fn force_conflicts(&self) {
        self.conflicts_forced.store(true, Ordering::Relaxed);
    }

    /// The rival's commit: it moves nothing, and the version on.
    fn commit_rival(&self, unit: usize, products: &[Product]) {
        if !self.conflicts_forced.load(Ordering::Relaxed) {
            return;
        }
        let (mut disk, locks) = (self.disk(), self.locks.lock().unwrap());
        for id in products.iter().map(|product| product.id).filter(|id| locks.get(id) != Some(&unit)) {
            let Some(product) = disk.products.get_mut(&id) else { continue };
            product.version += 1;
            let (version, stock) = (product.version, product.stock);
            disk.trail.insert((id, version), (stock, StockDelta::default()));
        }
    }

    /// Whether the next transaction take_fault one of these faults; if so, it is spent.
    fn take_fault(&self, faults: &[Fault]) -> Fault {
        let mut fault = self.fault.lock().unwrap();
        if faults.contains(&fault) { std::mem::replace(&mut *fault, Fault::None) } else { Fault::None }
    }

    /// Others may go first.
    async fn give_way(&self) {
        let turns = self.rng.lock().unwrap().u32(0..4);
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    }
}

/// Turns that a unit waits for a product that another one has, before it gives up as in a deadlock.
const PATIENCE: u32 = 200;

/// The store as the engine sees it.
#[derive(Clone)]
pub(super) struct MemoryStore(pub(super) Arc<Memory>);

struct MemoryTransaction(Arc<Memory>, usize);

impl MemoryTransaction {
    /// Whoever has loaded a product, or writes it, is alone with it until the unit ends.
    async fn lock(&self, products: BTreeSet<ProductId>) -> Result<(), StoreError> {
        for product in products {
            let mut turns = 0;
            while *self.0.locks.lock().unwrap().entry(product).or_insert(self.1) != self.1 {
                turns += 1;
                if turns > PATIENCE {
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
        self.0.locks.lock().unwrap().retain(|_, unit| *unit != self.1);
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.0.give_way().await;
        Ok(Box::new(MemoryTransaction(self.0.clone(), self.0.units.fetch_add(1, Ordering::Relaxed))))
    }

    fn reads(&self) -> &dyn Reads {
        self
    }

    fn purge(&self) -> &dyn Purge {
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
impl Transaction for MemoryTransaction {
    async fn load(&mut self, request: &LoadRequest) -> Result<Loaded, StoreError> {
        if self.0.take_fault(&[Fault::LostReading]) == Fault::LostReading {
            return Err(StoreError::Unavailable("lost while reading".into()));
        }
        let seen = self.0.disk().load(request);
        let due = seen.due.iter().map(|(product, _, _)| *product);
        self.lock(seen.products.iter().map(|(product, _)| product.id).chain(due).collect()).await?;
        let loaded = self.0.disk().load(request);
        self.0.give_way().await;
        Ok(loaded)
    }

    async fn commit(self: Box<Self>, writes: &WriteSet) -> Result<CommitOutcome, StoreError> {
        self.0.give_way().await;
        let fault = self.0.take_fault(&[Fault::Contended, Fault::LostBefore, Fault::LostAfter]);
        match fault {
            Fault::Contended => return Err(StoreError::Contended("cannot be told apart".into())),
            Fault::LostBefore => return Err(StoreError::Unavailable("lost before the commit".into())),
            _ => {}
        }
        self.0.commit_rival(self.1, &writes.products_changed);
        let unchanged = writes.products_read.iter().map(|(product, _)| *product);
        self.lock(writes.products().map(|product| product.id).chain(unchanged).collect()).await?;
        let mut disk = self.0.disk();
        let Some(after) = disk.clone().written(writes, self.0.constraints) else {
            let now = writes.products_changed.iter().filter_map(|p| disk.products.get(&p.id).cloned());
            return Ok(CommitOutcome::Conflict(now.collect()));
        };
        *disk = after;
        self.0.largest.fetch_max(writes.holds_changed.len() + writes.orders_changed.len(), Ordering::Relaxed);
        if fault == Fault::LostAfter {
            return Err(StoreError::Ambiguous("lost after the commit".into()));
        }
        Ok(CommitOutcome::Committed)
    }
}

/// The simulated store keeps everything.
#[async_trait]
impl Purge for MemoryStore {
    async fn idempotency_keys(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn audit_log(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }
}

/// The reads that the engine itself needs; the simulation looks at the disk.
#[async_trait]
impl Reads for MemoryStore {
    async fn products(&self) -> Result<Vec<Product>, StoreError> {
        Ok(self.0.disk().products.values().cloned().collect())
    }

    async fn change_token(&self) -> Result<i64, StoreError> {
        Ok(0)
    }

    async fn order_snapshots(&self, _: &[OrderId]) -> Result<Vec<OrderSnapshot>, StoreError> {
        Ok(Vec::new())
    }

    async fn hold(&self, id: HoldId) -> Result<Option<Hold>, StoreError> {
        Ok(self.0.disk().holds.get(&id).cloned())
    }

    async fn active_holds(&self, _: Owner, _: Timestamp, _: u32) -> Result<Vec<Hold>, StoreError> {
        Ok(Vec::new())
    }

    async fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(self.0.disk().orders.get(&id).cloned())
    }

    async fn orders(&self, _: Owner, _: Option<OrderId>, _: u32) -> Result<Vec<Order>, StoreError> {
        Ok(Vec::new())
    }

    async fn payments(&self, _: HoldId, _: Option<OrderId>) -> Result<Vec<Payment>, StoreError> {
        Ok(Vec::new())
    }

    async fn due(&self, now: Timestamp) -> Result<Vec<ProductId>, StoreError> {
        let disk = self.0.disk();
        Ok(disk.products.keys().copied().filter(|id| disk.next_due_of(*id).is_some_and(|at| at <= now)).collect())
    }

    async fn next_due(&self) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError> {
        self.0.looks.fetch_add(1, Ordering::Relaxed);
        let disk = self.0.disk();
        let next = disk.products.keys().filter_map(|id| disk.next_due_of(*id)).min();
        Ok((next, disk.unmatched_payments().map(|p| p.received_at).min()))
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
