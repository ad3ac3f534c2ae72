//! The one handle that the storefront and the API share. Each method makes a command and awaits its answer, so that a
//! caller who goes away cannot drop a transaction half-way (P9); reads come from memory or from a reader connection.

use crate::{
    clock::{Clock, IdGenerator},
    command::{Command, Idempotency, Idempotent, PaymentReply, PlaceHold, QueuedCommand, Reply, Requester},
    error::{Error, StoreError},
    feed::{Feed, OrderWatch, StockUpdate, StockWatch},
    metrics::EngineMetrics,
    model::{
        EventKey, EventOutcome, Hold, HoldId, Order, OrderId, Owner, Payment, PaymentStatus, Product, ProductDraft,
        ProductError, ProductId, Quantity, Reference, Refusal, ReportedAmount, Shopper, Timestamp, TransactionId,
    },
    purge,
    store::{Audit, Reads, Store},
    sweep, writer,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot};
use tracing::Instrument as _;

/// The bounds of the engine. Everything that could grow has one.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Commands that may wait; one more is refused as busy, at once.
    pub queue: usize,
    /// Commands that share one commit. Enough that a commit's cost hardly counts, and few enough that the next batch gathers
    /// while this one is written: callers who all wait for one commit leave the processors idle.
    pub batch: usize,
    /// How long a payment waits for its order before its money is due back.
    pub parked_for: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { queue: 4096, batch: 256, parked_for: Duration::from_hours(24) }
    }
}

/// One payment event, as the edge has verified and parsed it.
#[derive(Debug, Clone)]
pub struct PaymentEvent {
    /// The provider's id of the event.
    pub key: EventKey,
    /// SHA-256 of what was said.
    pub fingerprint: [u8; 32],
    /// What it is about.
    pub reference: Reference,
    /// The attempt to move money.
    pub transaction_id: TransactionId,
    /// What happened to the money.
    pub status: PaymentStatus,
    /// How much.
    pub reported: ReportedAmount,
}

/// The checkout engine. Clones share one writer.
#[derive(Clone)]
pub struct Checkout {
    queue: mpsc::Sender<QueuedCommand>,
    feed: Arc<Feed>,
    metrics: Arc<EngineMetrics>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: IdGenerator,
}

impl Checkout {
    /// Starts the writer and the feed on a migrated store. Without [`Checkout::sweep`] nothing expires by itself;
    /// what is due is still reclaimed by whoever needs it (P4).
    pub async fn start(store: Arc<dyn Store>, clock: Arc<dyn Clock>, limits: Limits) -> Result<Self, StoreError> {
        let feed = Feed::start(store.clone()).await?;
        let metrics = Arc::new(EngineMetrics::default());
        let queue = writer::start(store.clone(), clock.clone(), feed.clone(), metrics.clone(), limits);
        let ids = IdGenerator::new(clock.clone());
        Ok(Self { queue, feed, metrics, store, clock, ids })
    }

    /// Starts the sweep, which takes back what nobody came for, and deletes what has been kept long enough. Ends with the
    /// runtime.
    pub fn start_maintenance(&self, limits: Limits) {
        tokio::spawn(sweep::run(self.clone(), self.store.clone(), self.clock.clone(), limits));
        tokio::spawn(purge::run(self.store.clone(), self.clock.clone()));
    }

    /// The server's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Puts a product on sale.
    pub async fn add_product(&self, draft: ProductDraft) -> Result<Result<Product, ProductError>, Error> {
        let product = match draft.check(self.ids.generate(), self.clock.now()) {
            Ok(product) => product,
            Err(wrong) => return Ok(Err(wrong)),
        };
        match self.send(Command::AddProduct(Box::new(product))).await? {
            Idempotent { value: Reply::Product(product), .. } => Ok(Ok(*product)),
            other => unexpected(&other),
        }
    }

    /// Sets how many units the sale has in all; never below what is held, pending or sold.
    pub async fn adjust_stock(&self, product: ProductId, total: u32) -> Result<Product, Error> {
        match self.send(Command::AdjustStock { product, total }).await? {
            Idempotent { value: Reply::Product(product), .. } => Ok(*product),
            other => unexpected(&other),
        }
    }

    /// Sets `qty` units aside for a shopper (P4, P8).
    pub async fn place_hold(
        &self,
        product: ProductId,
        qty: Quantity,
        owner: Owner,
        shopper: Option<Shopper>,
        idempotency: Option<Idempotency>,
    ) -> Result<Idempotent<Hold>, Error> {
        let by = Requester { owner, idempotency };
        self.hold_reply(Command::PlaceHold(PlaceHold { id: self.ids.generate(), product, qty, shopper, by })).await
    }

    /// Gives a hold back; giving it back twice is no error.
    pub async fn release_hold(
        &self,
        hold: HoldId,
        owner: Owner,
        idempotency: Option<Idempotency>,
    ) -> Result<Idempotent<Hold>, Error> {
        self.hold_reply(Command::ReleaseHold { hold, by: Requester { owner, idempotency } }).await
    }

    /// Makes a hold last longer, once, where its product allows it.
    pub async fn extend_hold(
        &self,
        hold: HoldId,
        owner: Owner,
        idempotency: Option<Idempotency>,
    ) -> Result<Idempotent<Hold>, Error> {
        self.hold_reply(Command::ExtendHold { hold, by: Requester { owner, idempotency } }).await
    }

    /// Turns a hold into an order (P3), and applies the payments that came before it (P6).
    pub async fn place_order(
        &self,
        hold: HoldId,
        owner: Owner,
        idempotency: Option<Idempotency>,
    ) -> Result<Idempotent<Order>, Error> {
        let by = Requester { owner, idempotency };
        self.order_reply(Command::PlaceOrder { id: self.ids.generate(), hold, by }).await
    }

    /// Cancels an order that is not paid; cancelling twice is no error.
    pub async fn cancel_order(
        &self,
        order: OrderId,
        owner: Owner,
        idempotency: Option<Idempotency>,
    ) -> Result<Idempotent<Order>, Error> {
        self.order_reply(Command::CancelOrder { order, by: Requester { owner, idempotency } }).await
    }

    /// Takes the payment provider's word, however often, late or out of order (P5–P7).
    pub async fn record_payment(&self, delivery: PaymentEvent) -> Result<PaymentReply, Error> {
        let payment = Payment {
            id: self.ids.generate(),
            key: delivery.key,
            fingerprint: delivery.fingerprint,
            reference: delivery.reference,
            product_id: None,
            transaction_id: delivery.transaction_id,
            status: delivery.status,
            reported: delivery.reported,
            received_at: self.clock.now(),
            outcome: EventOutcome::Ignored,
        };
        match self.send(Command::RecordPayment(Box::new(payment))).await? {
            Idempotent { value: Reply::Payment(reply), .. } => Ok(reply),
            other => unexpected(&other),
        }
    }

    /// Takes back what is due on a product now; answers how many units came back.
    pub(crate) async fn sweep_product(&self, product: ProductId) -> Result<u32, Error> {
        self.swept_reply(Command::Sweep(product)).await
    }

    /// Gives up on payments parked before `before`; answers how many.
    pub(crate) async fn expire_unmatched(&self, before: Timestamp) -> Result<u32, Error> {
        self.swept_reply(Command::ExpireUnmatched { before }).await
    }

    /// Every product as the last commit this node has seen left it, oldest first. From memory.
    pub fn products(&self) -> Vec<Arc<Product>> {
        self.feed.products()
    }

    /// One product, from memory.
    pub fn product(&self, id: ProductId) -> Option<Arc<Product>> {
        self.feed.product(id)
    }

    /// One product by its slug, from memory.
    pub fn product_by_slug(&self, slug: &str) -> Option<Arc<Product>> {
        self.feed.product_by_slug(slug)
    }

    /// Everything that happens to a product's stock from now on, the present state first.
    pub fn watch_stock(&self, id: ProductId) -> Option<StockWatch> {
        self.feed.watch(id)
    }

    /// Everything that happens to any product's stock: the present frames, and then each change.
    pub fn watch_all_stock(&self) -> (Vec<Arc<StockUpdate>>, tokio::sync::broadcast::Receiver<Arc<StockUpdate>>) {
        self.feed.watch_all()
    }

    /// The owner's hold, as the clock shows it.
    pub async fn hold(&self, id: HoldId, owner: Owner) -> Result<Hold, Error> {
        let hold = self.reads().hold(id).await.map_err(|e| read_failed(&e))?;
        let hold = hold.filter(|h| h.owner == owner).ok_or(Refusal::UnknownHold)?;
        Ok(hold.as_of(self.now()))
    }

    /// Is this the id of a hold, whoever owns it?
    pub async fn has_hold(&self, id: HoldId) -> Result<bool, Error> {
        self.reads().hold(id).await.map(|hold| hold.is_some()).map_err(|e| read_failed(&e))
    }

    /// The owner's holds that can still become orders, newest first, at most `limit`.
    pub async fn active_holds(&self, owner: Owner, limit: u32) -> Result<Vec<Hold>, Error> {
        self.reads().active_holds(owner, self.now(), limit).await.map_err(|e| read_failed(&e))
    }

    /// The owner's order.
    pub async fn order(&self, id: OrderId, owner: Owner) -> Result<Order, Error> {
        let order = self.reads().order(id).await.map_err(|e| read_failed(&e))?;
        Ok(order.filter(|o| o.owner == owner).ok_or(Refusal::UnknownOrder)?)
    }

    /// The owner's orders, newest first, at most `limit`, older than `before` where that is given.
    pub async fn orders(&self, owner: Owner, before: Option<OrderId>, limit: u32) -> Result<Vec<Order>, Error> {
        self.reads().orders(owner, before, limit).await.map_err(|e| read_failed(&e))
    }

    /// The payment events about the owner's order, oldest first: what was applied, and what must go back (P7).
    pub async fn payments(&self, order: &Order) -> Result<Vec<Payment>, Error> {
        self.reads().payments(order.hold_id, Some(order.id)).await.map_err(|e| read_failed(&e))
    }

    /// The payment events that came for the owner's hold before it was an order, oldest first: what waits (P6), and what
    /// must go back because there was no order.
    pub async fn payments_for_hold(&self, hold: &Hold) -> Result<Vec<Payment>, Error> {
        self.reads().payments(hold.id, None).await.map_err(|e| read_failed(&e))
    }

    /// The owner's order now, and each time it changes, or one more of its payments goes back.
    pub async fn watch_order(&self, id: OrderId, owner: Owner) -> Result<OrderWatch, Error> {
        // Subscribe first and read second: a change in between is seen twice rather than not at all.
        let watch = self.feed.watch_order(id);
        let known = self.reads().order_snapshots(&[id]).await.map_err(|e| read_failed(&e))?.pop();
        Ok(watch.starting_at(known.filter(|known| known.order.owner == owner).ok_or(Refusal::UnknownOrder)?))
    }

    /// Recomputes every counter from the rows (P1), and holds orders against payments (P5, P7).
    pub async fn audit(&self) -> Result<Audit, Error> {
        self.reads().audit().await.map_err(|e| read_failed(&e))
    }

    /// What the engine has done so far.
    pub fn metrics(&self) -> &EngineMetrics {
        &self.metrics
    }

    /// Commands that wait for the writer.
    pub fn queue_depth(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// How long what has been due the longest, a hold or an order, has waited for the sweep; zero where nothing is due.
    pub async fn overdue(&self) -> Result<Duration, StoreError> {
        let (due, _) = self.reads().next_due().await?;
        Ok(due.map_or(Duration::ZERO, |due| due.until(self.now())))
    }

    /// Payment events whose money must go back.
    pub async fn refunds_due(&self) -> Result<u64, StoreError> {
        self.reads().refunds_due().await
    }

    /// Does the store answer? For readiness.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reads().ping().await
    }

    fn reads(&self) -> &dyn Reads {
        self.store.reads()
    }

    async fn hold_reply(&self, command: Command) -> Result<Idempotent<Hold>, Error> {
        match self.send(command).await? {
            Idempotent { value: Reply::Hold(value), replayed } => Ok(Idempotent { value, replayed }),
            other => unexpected(&other),
        }
    }

    async fn order_reply(&self, command: Command) -> Result<Idempotent<Order>, Error> {
        match self.send(command).await? {
            Idempotent { value: Reply::Order(value), replayed } => Ok(Idempotent { value, replayed }),
            other => unexpected(&other),
        }
    }

    async fn swept_reply(&self, command: Command) -> Result<u32, Error> {
        match self.send(command).await? {
            Idempotent { value: Reply::Swept(count), .. } => Ok(count),
            other => unexpected(&other),
        }
    }

    async fn send(&self, command: Command) -> Result<Idempotent<Reply>, Error> {
        // For whoever collects traces: how long a command waits and is worked on. To nobody else it exists.
        let span = tracing::debug_span!(target: "trace", "command", otel.name = command.name());
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(QueuedCommand { command, reply }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(QueuedCommand { command, .. }) => {
                self.metrics.record_busy(&command);
                Error::BUSY
            }
            // The writer is gone, and with it all that this process can do.
            mpsc::error::TrySendError::Closed(_) => Error::Internal,
        })?;
        // The writer answers every command it took; if it is gone, so is our knowledge of what it did.
        answer.instrument(span).await.unwrap_or(Err(Error::OutcomeUnknown))
    }
}

/// The answer is of another kind than the question: the key stands for another request. Fingerprints differ by path, so
/// `decide` has refused that before, unless the caller's fingerprints are poor. Without a key it can only be a bug.
fn unexpected<T>(answer: &Idempotent<Reply>) -> Result<T, Error> {
    if answer.replayed {
        return Err(Refusal::KeyReused.into());
    }
    tracing::error!(answer = answer.value.kind(), "the writer answered another question");
    Err(Error::Internal)
}

fn read_failed(error: &StoreError) -> Error {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, cause, "a read failed");
    match error {
        StoreError::Unavailable(_) | StoreError::Contended(_) => Error::BUSY,
        _ => Error::Internal,
    }
}
