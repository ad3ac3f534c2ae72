//! A store over a [`Disk`] that fails when it is told to: before the commit, after it, or because another writer was
//! first. Each access lets others in between, as a database would; how often comes from the seed.

use super::disk::{Disk, Guards};
use crate::{
    fault::StoreError,
    model::{Hold, HoldId, Moves, Order, OrderId, Owner, Payment, Product, ProductId, Timestamp},
    state::{Found, Wanted, WriteSet},
    store::{Audit, Clients, Commit, Followed, Purge, Reads, Sessions, Store, Unit},
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
pub(super) enum Fate {
    Fine,
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
    disk: Mutex<Disk>,
    fate: Mutex<Fate>,
    rng: Mutex<Rng>,
    guards: Guards,
    /// Which unit is alone with which product.
    locks: Mutex<BTreeMap<ProductId, usize>>,
    units: AtomicUsize,
    /// Somebody else commits before every commit that has not locked its products.
    rushed: AtomicBool,
    /// The most holds and orders that one commit has changed.
    pub(super) largest: AtomicUsize,
    /// How often somebody asked what is due next.
    pub(super) looks: AtomicUsize,
}

impl Memory {
    pub(super) fn new(seed: u64, guards: Guards) -> Arc<Self> {
        Arc::new(Self {
            disk: Mutex::default(),
            fate: Mutex::new(Fate::Fine),
            rng: Mutex::new(Rng::with_seed(seed)),
            guards,
            locks: Mutex::default(),
            units: AtomicUsize::new(0),
            rushed: AtomicBool::new(false),
            largest: AtomicUsize::new(0),
            looks: AtomicUsize::new(0),
        })
    }

    pub(super) fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap()
    }

    /// The next transaction meets this fate.
    pub(super) fn doom(&self, fate: Fate) {
        *self.fate.lock().unwrap() = fate;
    }

    /// From now on a rival is first wherever it can be.
    pub(super) fn rush(&self) {
        self.rushed.store(true, Ordering::Relaxed);
    }

    /// The rival's commit: it moves nothing, and the version on.
    fn overtake(&self, unit: usize, products: &[Product]) {
        if !self.rushed.load(Ordering::Relaxed) {
            return;
        }
        let (mut disk, locks) = (self.disk(), self.locks.lock().unwrap());
        for id in products.iter().map(|product| product.id).filter(|id| locks.get(id) != Some(&unit)) {
            let Some(product) = disk.products.get_mut(&id) else { continue };
            product.version += 1;
            let (version, stock) = (product.version, product.stock);
            disk.trail.insert((id, version), (stock, Moves::default()));
        }
    }

    /// Whether the next transaction meets one of these fates; if so, it is spent.
    fn meets(&self, fates: &[Fate]) -> Fate {
        let mut fate = self.fate.lock().unwrap();
        if fates.contains(&fate) { std::mem::replace(&mut *fate, Fate::Fine) } else { Fate::Fine }
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

struct MemoryUnit(Arc<Memory>, usize);

impl MemoryUnit {
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

impl Drop for MemoryUnit {
    fn drop(&mut self) {
        self.0.locks.lock().unwrap().retain(|_, unit| *unit != self.1);
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn begin(&self) -> Result<Box<dyn Unit>, StoreError> {
        self.0.give_way().await;
        Ok(Box::new(MemoryUnit(self.0.clone(), self.0.units.fetch_add(1, Ordering::Relaxed))))
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
impl Unit for MemoryUnit {
    async fn load(&mut self, wanted: &Wanted) -> Result<Found, StoreError> {
        if self.0.meets(&[Fate::LostReading]) == Fate::LostReading {
            return Err(StoreError::Unavailable("lost while reading".into()));
        }
        let seen = self.0.disk().load(wanted);
        let due = seen.due.iter().map(|(product, _, _)| *product);
        self.lock(seen.products.iter().map(|(product, _)| product.id).chain(due).collect()).await?;
        let found = self.0.disk().load(wanted);
        self.0.give_way().await;
        Ok(found)
    }

    async fn commit(self: Box<Self>, writes: &WriteSet) -> Result<Commit, StoreError> {
        self.0.give_way().await;
        let fate = self.0.meets(&[Fate::Contended, Fate::LostBefore, Fate::LostAfter]);
        match fate {
            Fate::Contended => return Err(StoreError::Contended("cannot be told apart".into())),
            Fate::LostBefore => return Err(StoreError::Unavailable("lost before the commit".into())),
            _ => {}
        }
        self.0.overtake(self.1, &writes.products_changed);
        let unchanged = writes.products_unchanged.iter().map(|(product, _)| *product);
        self.lock(writes.products().map(|product| product.id).chain(unchanged).collect()).await?;
        let mut disk = self.0.disk();
        let Some(after) = disk.clone().written(writes, self.0.guards) else {
            let now = writes.products_changed.iter().filter_map(|p| disk.products.get(&p.id).cloned());
            return Ok(Commit::Overtaken(now.collect()));
        };
        *disk = after;
        self.0.largest.fetch_max(writes.holds_changed.len() + writes.orders_changed.len(), Ordering::Relaxed);
        if fate == Fate::LostAfter {
            return Err(StoreError::Ambiguous("lost after the commit".into()));
        }
        Ok(Commit::Done)
    }
}

/// The simulated store keeps everything.
#[async_trait]
impl Purge for MemoryStore {
    async fn keys(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn trail(&self, _: Timestamp, _: u32) -> Result<u64, StoreError> {
        Ok(0)
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

    async fn followed(&self, _: &[OrderId]) -> Result<Vec<Followed>, StoreError> {
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
        Ok((next, disk.strays().map(|p| p.received_at).min()))
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
