//! The handle that the storefront and the API share. Each write becomes a command for the writer, so that a caller who
//! disconnects cannot interrupt a transaction (P9). Reads come from memory or from a reader connection.

use crate::{
    clock::{Clock, IdGenerator},
    command::{Command, Idempotent, PaymentReply, PlaceHold, Reply, Requester},
    error::{Error, StoreError},
    feed::Feed,
    idempotency::{Idempotency, InFlightKeys},
    limits::Limits,
    metrics::EngineMetrics,
    model::{
        Contact, DisputeId, EventKey, EventOutcome, EventPayload, Hold, HoldId, Order, OrderId, Owner, Payment,
        PaymentStatus, ProductId, Quantity, Reference, Refusal, ReportedAmount, Shopper, Timestamp, TransactionId,
    },
    purge,
    queue::CommandQueue,
    statistics::SellOutTimes,
    store::Store,
    supervisor::{Supervisor, TaskStatus, dead},
    sweep::Sweep,
    writer::Writer,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

mod listings;
mod operations;
mod outbox;
mod queries;
mod statistics;

pub use operations::OperationContext;

/// One payment event, verified and parsed by the webhook.
#[derive(Debug, Clone)]
pub struct PaymentEvent {
    /// The provider's id of the event.
    pub key: EventKey,
    /// SHA-256 of the event's content.
    pub fingerprint: [u8; 32],
    /// The order or hold that the event is about.
    pub reference: Reference,
    /// The provider's transaction.
    pub transaction_id: TransactionId,
    /// The transaction's status.
    pub status: PaymentStatus,
    /// The amount that the provider reports.
    pub reported: ReportedAmount,
    /// The dispute, if the event is about one and the provider names it.
    pub dispute_id: Option<DisputeId>,
    /// The body of the delivery.
    pub payload: Option<EventPayload>,
}

impl std::fmt::Debug for Checkout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checkout").finish_non_exhaustive()
    }
}

/// The checkout engine. Clones are cheap, and share one writer.
#[derive(Clone)]
pub struct Checkout {
    parts: Arc<Parts>,
}

struct Parts {
    // First, so that dropping the last `Checkout` stops the tasks before their channels close.
    supervisor: Supervisor,
    queue: CommandQueue,
    feed: Arc<Feed>,
    metrics: Arc<EngineMetrics>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: IdGenerator,
    in_flight: InFlightKeys,
    outbox: Arc<watch::Sender<()>>,
    sell_out_times: SellOutTimes,
}

impl Checkout {
    /// Starts the writer and the feed on a migrated store. Without [`Checkout::start_maintenance`] nothing expires by
    /// itself, but a command that is short of stock still reclaims what is overdue (P4).
    pub async fn start(store: Arc<dyn Store>, clock: Arc<dyn Clock>, limits: Limits) -> Result<Self, StoreError> {
        let supervisor = Supervisor::new();
        let feed = Feed::start(store.clone(), &supervisor).await?;
        let metrics = Arc::new(EngineMetrics::default());
        let (queue, commands) = CommandQueue::new(limits.queue_capacity, metrics.clone());
        let outbox = Arc::new(watch::Sender::new(()));
        let writer = Writer::new(store.clone(), clock.clone(), feed.clone(), metrics.clone(), outbox.clone());
        supervisor.spawn_stoppable("writer", true, |stop| writer.run(commands, limits.batch_size, stop));
        let ids = IdGenerator::new(clock.clone());
        let in_flight = InFlightKeys::default();
        let sell_out_times = SellOutTimes::default();
        let parts = Parts { supervisor, queue, feed, metrics, store, clock, ids, in_flight, outbox, sell_out_times };
        Ok(Self { parts: Arc::new(parts) })
    }

    /// Starts the sweep, which expires overdue holds and unpaid orders, and the purge of old rows.
    pub fn start_maintenance(&self, limits: Limits) {
        let (queue, store, clock) = (self.parts.queue.clone(), self.parts.store.clone(), self.parts.clock.clone());
        let sweep = Sweep { queue, store, clock, unmatched_payment_ttl: limits.unmatched_payment_ttl };
        self.parts.supervisor.spawn("sweep", true, sweep.run());
        let purge = purge::run(self.parts.store.clone(), self.parts.clock.clone(), limits.contact_retention);
        self.parts.supervisor.spawn("purge", false, purge);
    }

    /// Returns the state of each background task of the engine and of its store.
    pub fn tasks(&self) -> Vec<TaskStatus> {
        let store = self.parts.store.supervisor().map(Supervisor::snapshot).unwrap_or_default();
        self.parts.supervisor.snapshot().into_iter().chain(store).collect()
    }

    /// Returns the names of the essential tasks that no longer run. The process is unhealthy unless there are none.
    pub fn dead_tasks(&self) -> Vec<&'static str> {
        dead(&self.tasks())
    }

    /// Stops all tasks: the writer first executes the commands that are queued. Waits at most `limit` for the engine and
    /// as long again for its store. Returns the names of the tasks that still run.
    pub async fn shutdown(&self, limit: Duration) -> Vec<&'static str> {
        let mut running = self.parts.supervisor.stop(limit).await;
        if let Some(store) = self.parts.store.supervisor() {
            running.extend(store.stop(limit).await);
        }
        running
    }

    /// Returns a receiver that changes when a commit of this process has left an event in the outbox, or a job was added.
    pub fn watch_outbox(&self) -> watch::Receiver<()> {
        self.parts.outbox.subscribe()
    }

    /// Wakes the outbox's workers of this process, because jobs were added.
    pub fn wake_outbox(&self) {
        self.parts.outbox.send_replace(());
    }

    /// The server's clock.
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// Places a hold of `qty` units for a shopper (P4, P8).
    pub async fn place_hold(
        &self,
        product: ProductId,
        qty: Quantity,
        owner: Owner,
        shopper: Option<Shopper>,
        idempotency: Option<Idempotency>,
    ) -> Result<Idempotent<Hold>, Error> {
        let (id, by) = (self.parts.ids.generate(), Requester { owner, idempotency });
        self.hold_reply(Command::PlaceHold(PlaceHold { id, product, qty, shopper, by })).await
    }

    /// Releases a hold. Releasing it again is a no-op.
    pub async fn release_hold(
        &self,
        hold: HoldId,
        owner: Owner,
        idempotency: Option<Idempotency>,
    ) -> Result<Idempotent<Hold>, Error> {
        self.hold_reply(Command::ReleaseHold { hold, by: Requester { owner, idempotency } }).await
    }

    /// Extends a hold by [`Product::extend_by`](crate::model::Product::extend_by). The product must allow an extension, and
    /// a hold is extended at most once: otherwise the request is refused with [`Refusal::NoExtension`].
    pub async fn extend_hold(
        &self,
        hold: HoldId,
        owner: Owner,
        idempotency: Option<Idempotency>,
    ) -> Result<Idempotent<Hold>, Error> {
        self.hold_reply(Command::ExtendHold { hold, by: Requester { owner, idempotency } }).await
    }

    /// Turns a hold into an order (P3), stores who bought it, and applies the payments that came before it (P6).
    pub async fn place_order(
        &self,
        hold: HoldId,
        contact: Option<Contact>,
        owner: Owner,
        idempotency: Option<Idempotency>,
    ) -> Result<Idempotent<Order>, Error> {
        let by = Requester { owner, idempotency };
        self.order_reply(Command::PlaceOrder {
            id: self.parts.ids.generate(),
            hold,
            contact: contact.map(Box::new),
            by,
        })
        .await
    }

    /// Cancels an unpaid order. Cancelling it again is a no-op.
    pub async fn cancel_order(
        &self,
        order: OrderId,
        owner: Owner,
        idempotency: Option<Idempotency>,
    ) -> Result<Idempotent<Order>, Error> {
        self.order_reply(Command::CancelOrder { order, by: Requester { owner, idempotency } }).await
    }

    /// Records a payment event. Events may come repeatedly, late or out of order (P5–P7).
    pub async fn record_payment(&self, event: PaymentEvent) -> Result<PaymentReply, Error> {
        let payment = Payment {
            id: self.parts.ids.generate(),
            key: event.key,
            fingerprint: event.fingerprint,
            reference: event.reference,
            product_id: None,
            transaction_id: event.transaction_id,
            status: event.status,
            dispute_id: event.dispute_id,
            reported: event.reported,
            received_at: self.parts.clock.now(),
            outcome: EventOutcome::Ignored,
        };
        match self.send(Command::RecordPayment(Box::new(payment), event.payload)).await? {
            Idempotent { value: Reply::Payment(reply), .. } => Ok(reply),
            other => unexpected(&other),
        }
    }

    /// Expires what is overdue on a product. Returns the number of units that are for sale again.
    #[cfg(all(test, feature = "testing"))]
    pub(crate) async fn sweep_product(&self, product: ProductId) -> Result<u32, Error> {
        self.swept_reply(Command::Sweep(product)).await
    }

    /// Makes unmatched payments that came before `before` due for refund. Returns their number.
    #[cfg(all(test, feature = "testing"))]
    pub(crate) async fn expire_unmatched(&self, before: Timestamp) -> Result<u32, Error> {
        self.swept_reply(Command::ExpireUnmatched { before }).await
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

    #[cfg(all(test, feature = "testing"))]
    async fn swept_reply(&self, command: Command) -> Result<u32, Error> {
        match self.send(command).await? {
            Idempotent { value: Reply::Swept(count), .. } => Ok(count),
            other => unexpected(&other),
        }
    }

    async fn send(&self, command: Command) -> Result<Idempotent<Reply>, Error> {
        let _guard = command.requester().map(|by| self.parts.in_flight.enter(by)).transpose()?;
        self.parts.queue.send(command).await
    }
}

/// Handles a reply of another kind than the command's. A stored reply of another kind belongs to another request: `decide`
/// refuses that by the fingerprint, unless the caller's fingerprints collide. Any other reply of another kind is a bug.
fn unexpected<T>(reply: &Idempotent<Reply>) -> Result<T, Error> {
    if reply.replayed {
        return Err(Refusal::KeyReused.into());
    }
    tracing::error!(reply = reply.value.kind(), "the writer sent a reply of another kind");
    Err(Error::Internal)
}
