//! The live feed: publishes what each commit changed to all watchers. Each change is serialised once, and each product is
//! sent at most [`MAX_UPDATES_PER_SECOND`] times a second. Slow readers skip to the newest state.
//!
//! This process's commits come from the writer and are never read back. Commits of other processes are recognised by
//! version: a product's version grows by one with each commit.

mod watch;

pub use watch::{OrderWatch, StockUpdate, StockWatch};

use crate::{
    error::StoreError,
    model::{OrderId, Product, ProductId},
    store::{OrderSnapshot, Store},
    supervisor::Supervisor,
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::{Notify, broadcast};
use watch::advance;

/// Maximum number of updates of one product in a second. People read no faster.
pub const MAX_UPDATES_PER_SECOND: u32 = 20;

/// Maximum number of changes that a watcher of all products may lag behind before it must start again.
const ALL_BACKLOG: usize = 256;

struct Entry {
    product: Arc<Product>,
    updates: tokio::sync::watch::Sender<Arc<StockUpdate>>,
}

impl Entry {
    /// Returns the newest state, even if the throttle has not sent it yet: a new watcher may have seen it elsewhere.
    fn newest(&self) -> Arc<StockUpdate> {
        let sent = self.updates.borrow().clone();
        if sent.snapshot.version < self.product.version { StockUpdate::of(&self.product) } else { sent }
    }
}

/// The catalogue in memory, and everybody who watches it.
pub(crate) struct Feed {
    catalogue: RwLock<BTreeMap<ProductId, Entry>>,
    /// Products that have changed since the throttle last sent them.
    changed: Mutex<HashSet<ProductId>>,
    wake: Notify,
    all: broadcast::Sender<Arc<StockUpdate>>,
    /// Watched orders only.
    orders: Mutex<HashMap<OrderId, tokio::sync::watch::Sender<Option<OrderSnapshot>>>>,
    /// Another process has committed, so watched orders may have changed.
    orders_are_stale: AtomicBool,
}

impl Feed {
    /// Reads the catalogue and starts the throttle and the watcher of other processes' commits.
    pub(crate) async fn start(store: Arc<dyn Store>, supervisor: &Supervisor) -> Result<Arc<Self>, StoreError> {
        let feed = Arc::new(Self {
            catalogue: RwLock::default(),
            changed: Mutex::default(),
            wake: Notify::new(),
            all: broadcast::channel(ALL_BACKLOG).0,
            orders: Mutex::default(),
            orders_are_stale: AtomicBool::new(false),
        });
        for product in store.reads().products().await? {
            feed.update(product);
        }
        supervisor.spawn("feed", true, throttle(feed.clone()));
        supervisor.spawn("change_watcher", true, watch_changes(feed.clone(), store));
        Ok(feed)
    }

    /// Publishes a product as a commit of this process left it. A version that was skipped is another process's commit,
    /// which may have changed watched orders.
    pub(crate) fn publish(&self, product: Product) {
        let version = product.version;
        if self.update(product).is_some_and(|before| before + 1 < version) {
            self.orders_are_stale.store(true, Ordering::Release);
        }
    }

    /// Takes in a product, unless the known version is as new. Returns the version before, or zero for a new product.
    fn update(&self, product: Product) -> Option<u64> {
        let id = product.id;
        let mut catalogue = self.write();
        let before = match catalogue.get_mut(&id) {
            Some(entry) if entry.product.version >= product.version => return None,
            Some(entry) => std::mem::replace(&mut entry.product, Arc::new(product)).version,
            None => {
                let updates = tokio::sync::watch::Sender::new(StockUpdate::of(&product));
                catalogue.insert(id, Entry { product: Arc::new(product), updates });
                0
            }
        };
        drop(catalogue);
        lock(&self.changed).insert(id);
        self.wake.notify_one();
        Some(before)
    }

    /// Publishes an order to its watchers, if it has any.
    pub(crate) fn publish_order(&self, snapshot: &OrderSnapshot) {
        if let Some(sender) = lock(&self.orders).get(&snapshot.order.id) {
            sender.send_if_modified(|known| advance(known, snapshot));
        }
    }

    pub(crate) fn products(&self) -> Vec<Arc<Product>> {
        self.read().values().map(|e| e.product.clone()).collect()
    }

    pub(crate) fn product(&self, id: ProductId) -> Option<Arc<Product>> {
        self.read().get(&id).map(|e| e.product.clone())
    }

    pub(crate) fn product_by_slug(&self, slug: &str) -> Option<Arc<Product>> {
        self.read().values().find(|e| e.product.slug.as_str() == slug).map(|e| e.product.clone())
    }

    pub(crate) fn watch(&self, id: ProductId) -> Option<StockWatch> {
        let catalogue = self.read();
        let entry = catalogue.get(&id)?;
        // Subscribe before reading the newest state, so that no change is missed in between.
        let updates = entry.updates.subscribe();
        Some(StockWatch::new(updates, entry.newest()))
    }

    /// The number of watchers of one product. Those of all products do not count.
    pub(crate) fn watchers(&self, id: ProductId) -> usize {
        self.read().get(&id).map_or(0, |entry| entry.updates.receiver_count())
    }

    pub(crate) fn watch_all(&self) -> (Vec<Arc<StockUpdate>>, broadcast::Receiver<Arc<StockUpdate>>) {
        let changes = self.all.subscribe();
        let now = self.read().values().map(Entry::newest).collect();
        (now, changes)
    }

    pub(crate) fn watch_order(&self, id: OrderId) -> OrderWatch {
        let mut orders = lock(&self.orders);
        // Each new watcher removes the orders that are no longer watched.
        orders.retain(|other, sender| *other == id || sender.receiver_count() > 0);
        OrderWatch::new(orders.entry(id).or_insert_with(|| tokio::sync::watch::Sender::new(None)).subscribe())
    }

    fn watched_orders(&self) -> Vec<OrderId> {
        let mut orders = lock(&self.orders);
        orders.retain(|_, sender| sender.receiver_count() > 0);
        orders.keys().copied().collect()
    }

    /// Sends the newest state of every product that has changed.
    fn flush(&self) {
        let changed = std::mem::take(&mut *lock(&self.changed));
        let catalogue = self.read();
        for entry in changed.iter().filter_map(|id| catalogue.get(id)) {
            let update = StockUpdate::of(&entry.product);
            entry.updates.send_replace(update.clone());
            // Fails if there are no watchers, which is fine.
            let _ = self.all.send(update);
        }
    }

    /// Reads what other processes have committed: products beyond the known versions and, if there are any, the watched
    /// orders.
    async fn refresh(&self, store: &dyn Store) -> Result<(), StoreError> {
        let known: Vec<_> = self.read().values().map(|e| (e.product.id, e.product.version)).collect();
        for product in store.reads().products_beyond(&known).await? {
            if self.update(product).is_some() {
                self.orders_are_stale.store(true, Ordering::Release);
            }
        }
        if self.orders_are_stale.swap(false, Ordering::Acquire) {
            let snapshots = store.reads().order_snapshots(&self.watched_orders()).await;
            for snapshot in snapshots.inspect_err(|_| self.orders_are_stale.store(true, Ordering::Release))? {
                self.publish_order(&snapshot);
            }
        }
        Ok(())
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<ProductId, Entry>> {
        self.catalogue.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<ProductId, Entry>> {
        self.catalogue.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends a change at once, and then waits before it sends the next.
async fn throttle(feed: Arc<Feed>) {
    loop {
        feed.wake.notified().await;
        feed.flush();
        tokio::time::sleep(Duration::from_secs(1) / MAX_UPDATES_PER_SECOND).await;
    }
}

/// Publishes what other processes commit to the same database, such as another node or the command line.
async fn watch_changes(feed: Arc<Feed>, store: Arc<dyn Store>) {
    loop {
        store.wait_for_change().await;
        if let Err(error) = feed.refresh(&*store).await {
            let cause = error.cause();
            tracing::warn!(%error, cause, "could not read other processes' commits");
        }
    }
}
