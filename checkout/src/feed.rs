//! The way out: what every commit left, to everybody who watches. One JSON text a change however many watch, at most
//! [`MAX_UPDATES_PER_SECOND`] a product; slow readers skip to the newest, they never queue (DESIGN §7).

use crate::{
    error::StoreError,
    model::{Order, OrderId, OrderState, Product, ProductId, StockSnapshot},
    store::{OrderSnapshot, Store},
};
use bytes::Bytes;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};
use tokio::sync::{Notify, broadcast, watch};

/// Changes of one product that are told in a second, at most: faster than anyone reads, slow enough to send to all.
pub const MAX_UPDATES_PER_SECOND: u32 = 20;

/// Changes that a watcher of all products may lag behind before it is told the whole state again.
const ALL_BACKLOG: usize = 256;

/// One change of one product's stock, serialised once for all who watch.
#[derive(Debug)]
pub struct StockUpdate {
    /// The counters.
    pub snapshot: StockSnapshot,
    /// The snapshot as JSON.
    pub json: Bytes,
    message: OnceLock<Bytes>,
}

impl StockUpdate {
    fn of(product: &Product) -> Arc<Self> {
        let snapshot = product.snapshot();
        let json = serde_json::to_vec(&snapshot).unwrap_or_default().into();
        Arc::new(Self { snapshot, json, message: OnceLock::new() })
    }

    /// The frame as it goes over the wire: the first who asks for it makes it, and all others share it.
    pub fn message(&self, make: impl FnOnce(&Self) -> Bytes) -> Bytes {
        self.message.get_or_init(|| make(self)).clone()
    }
}

/// Watches one product. A slow reader misses what lies between, never the last state.
pub struct StockWatch {
    updates: watch::Receiver<Arc<StockUpdate>>,
    /// What the pacer has yet to tell the others.
    ahead: Option<Arc<StockUpdate>>,
    /// The version that this watcher was told last.
    told: u64,
}

impl StockWatch {
    /// The present state, to begin with.
    pub fn current(&mut self) -> Arc<StockUpdate> {
        let paced = self.updates.borrow_and_update().clone();
        let ahead = self.ahead.take().filter(|ahead| ahead.snapshot.version > paced.snapshot.version);
        let update = ahead.unwrap_or(paced);
        self.told = update.snapshot.version;
        update
    }

    /// The next state; `None` once the feed is gone.
    pub async fn next(&mut self) -> Option<Arc<StockUpdate>> {
        loop {
            self.updates.changed().await.ok()?;
            let update = self.updates.borrow_and_update().clone();
            if update.snapshot.version > self.told {
                self.told = update.snapshot.version;
                return Some(update);
            }
        }
    }
}

/// Watches one order.
pub struct OrderWatch {
    changes: watch::Receiver<Option<OrderSnapshot>>,
    /// What its watcher was told last, or is to be told first.
    told: Option<OrderSnapshot>,
    begun: bool,
}

impl OrderWatch {
    pub(crate) fn starting_at(self, known: OrderSnapshot) -> Self {
        Self { told: Some(known), ..self }
    }

    /// The order now, the first time; then each time it has changed, or one more of its payments goes back. `None` once the
    /// feed is gone.
    pub async fn next(&mut self) -> Option<Order> {
        if std::mem::replace(&mut self.begun, true) {
            loop {
                self.changes.changed().await.ok()?;
                // What was read first may come again, as another node's news.
                let news = self.changes.borrow_and_update().clone();
                if news.is_some_and(|news| advance(&mut self.told, &news)) {
                    break;
                }
            }
        }
        self.told.as_ref().map(|known| known.order.clone())
    }
}

/// Takes in news of an order. It only ever goes on, from pending by cancelled to paid, and so does the number of its refunds:
/// what would take it back is old. Answers whether there was anything new.
fn advance(known: &mut Option<OrderSnapshot>, news: &OrderSnapshot) -> bool {
    let Some(known) = known else {
        *known = Some(news.clone());
        return true;
    };
    let (further, more) = (stage(&known.order) < stage(&news.order), known.refunds < news.refunds);
    if further {
        known.order = news.order.clone();
    }
    known.refunds = known.refunds.max(news.refunds);
    further || more
}

struct Entry {
    product: Arc<Product>,
    updates: watch::Sender<Arc<StockUpdate>>,
}

impl Entry {
    /// What is, also where the pacer has not told of it yet: whoever comes now has seen it elsewhere, perhaps.
    fn newest(&self) -> Arc<StockUpdate> {
        let told = self.updates.borrow().clone();
        if told.snapshot.version < self.product.version { StockUpdate::of(&self.product) } else { told }
    }
}

pub(crate) struct Feed {
    catalogue: RwLock<BTreeMap<ProductId, Entry>>,
    /// Products that changed since the pacer last told of them.
    dirty: Mutex<HashSet<ProductId>>,
    wake: Notify,
    all: broadcast::Sender<Arc<StockUpdate>>,
    /// Only orders that somebody watches are here.
    orders: Mutex<HashMap<OrderId, watch::Sender<Option<OrderSnapshot>>>>,
    /// A commit left something that only the store can tell of.
    look: Arc<Notify>,
}

impl Feed {
    /// Reads the catalogue and starts the pacer and the look-out for other writers.
    pub(crate) async fn start(store: Arc<dyn Store>) -> Result<Arc<Self>, StoreError> {
        let feed = Arc::new(Self {
            catalogue: RwLock::default(),
            dirty: Mutex::default(),
            wake: Notify::new(),
            all: broadcast::channel(ALL_BACKLOG).0,
            orders: Mutex::default(),
            look: Arc::default(),
        });
        for product in store.reads().products().await? {
            feed.publish(product);
        }
        tokio::spawn(throttle(Arc::downgrade(&feed)));
        tokio::spawn(poll(Arc::downgrade(&feed), store));
        Ok(feed)
    }

    /// Takes in what a commit left. An older version than the one known is dropped: news is never reordered.
    pub(crate) fn publish(&self, product: Product) {
        let id = product.id;
        let mut catalogue = self.write();
        match catalogue.get_mut(&id) {
            Some(entry) if entry.product.version >= product.version => return,
            Some(entry) => entry.product = Arc::new(product),
            None => {
                let updates = watch::Sender::new(StockUpdate::of(&product));
                catalogue.insert(id, Entry { product: Arc::new(product), updates });
            }
        }
        drop(catalogue);
        locked(&self.dirty).insert(id);
        self.wake.notify_one();
    }

    /// Tells an order's watchers what a commit left, if it has any.
    pub(crate) fn publish_order(&self, order: &Order) {
        // Its refunds are for the look-out to find.
        self.notify_watchers(&OrderSnapshot { order: order.clone(), refunds: 0 });
    }

    /// A refund has fallen due, which the payment knows and the order does not: the watched orders are read again.
    pub(crate) fn look_again(&self) {
        self.look.notify_one();
    }

    fn notify_watchers(&self, news: &OrderSnapshot) {
        if let Some(sender) = locked(&self.orders).get(&news.order.id) {
            sender.send_if_modified(|known| advance(known, news));
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
        // In this order, so that nothing falls between.
        let updates = entry.updates.subscribe();
        Some(StockWatch { updates, ahead: Some(entry.newest()), told: 0 })
    }

    pub(crate) fn watch_all(&self) -> (Vec<Arc<StockUpdate>>, broadcast::Receiver<Arc<StockUpdate>>) {
        let changes = self.all.subscribe();
        let now = self.read().values().map(Entry::newest).collect();
        (now, changes)
    }

    pub(crate) fn watch_order(&self, id: OrderId) -> OrderWatch {
        let mut orders = locked(&self.orders);
        // Watchers come and go; whoever comes next sweeps out those that have gone.
        orders.retain(|other, sender| *other == id || sender.receiver_count() > 0);
        let changes = orders.entry(id).or_insert_with(|| watch::Sender::new(None)).subscribe();
        OrderWatch { changes, told: None, begun: false }
    }

    /// The watched orders, to be read again when another writer has committed.
    fn watched_orders(&self) -> Vec<OrderId> {
        let mut orders = locked(&self.orders);
        orders.retain(|_, sender| sender.receiver_count() > 0);
        orders.keys().copied().collect()
    }

    /// Sends the newest state of every product that changed.
    fn flush(&self) {
        let dirty = std::mem::take(&mut *locked(&self.dirty));
        let catalogue = self.read();
        for entry in dirty.iter().filter_map(|id| catalogue.get(id)) {
            let update = StockUpdate::of(&entry.product);
            entry.updates.send_replace(update.clone());
            // Nobody may be watching; that is no error.
            let _ = self.all.send(update);
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<ProductId, Entry>> {
        self.catalogue.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<ProductId, Entry>> {
        self.catalogue.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far an order has come.
fn stage(order: &Order) -> u8 {
    match order.state {
        OrderState::Pending => 0,
        OrderState::Cancelled { .. } => 1,
        OrderState::Paid { .. } => 2,
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells of changes at once, and then not again for a while: the first is prompt, a storm is thinned.
async fn throttle(feed: std::sync::Weak<Feed>) {
    loop {
        let Some(alive) = feed.upgrade() else { return };
        // Ends now and then, to see whether the feed is still there.
        let _ = tokio::time::timeout(Duration::from_secs(1), alive.wake.notified()).await;
        alive.flush();
        drop(alive);
        tokio::time::sleep(Duration::from_secs(1) / MAX_UPDATES_PER_SECOND).await;
    }
}

/// Shows what other processes commit to the same database: the command line, another node.
async fn poll(feed: std::sync::Weak<Feed>, store: Arc<dyn Store>) {
    let mut seen = None;
    loop {
        let Some(ours) = feed.upgrade().map(|feed| feed.look.clone()) else { return };
        tokio::select! {
            () = store.wait_for_change() => {}
            () = ours.notified() => {}
        }
        let Some(feed) = feed.upgrade() else { return };
        if let Err(error) = refresh(&feed, &*store, &mut seen).await {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(%error, cause, "could not look for other writers' commits");
        }
    }
}

async fn refresh(feed: &Feed, store: &dyn Store, seen: &mut Option<i64>) -> Result<(), StoreError> {
    let change_token = store.reads().change_token().await?;
    if *seen == Some(change_token) {
        return Ok(());
    }
    for product in store.reads().products().await? {
        feed.publish(product);
    }
    for news in store.reads().order_snapshots(&feed.watched_orders()).await? {
        feed.notify_watchers(&news);
    }
    // Only now: what could not be read is looked for again.
    *seen = Some(change_token);
    Ok(())
}
