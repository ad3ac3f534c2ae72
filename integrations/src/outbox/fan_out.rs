//! Turns the events of commits into jobs.

use super::{Context, LEASE_MARGIN, pace::Pace, pause_after};
use async_trait::async_trait;
use checkout::{
    Error, StoreError,
    model::{Job, JobId, JobKind, NewJob, Order, OrderId, Product, Refund, RefundId},
    store::outbox::ClaimRequest,
};
use futures::FutureExt as _;
use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    sync::Arc,
};
use tokio_util::sync::CancellationToken;

/// Maximum number of events of one transaction.
const BATCH: u32 = 200;

/// An event, with what it is about as it is now.
pub struct Event {
    /// The event.
    pub job: Job,
    /// Its order.
    pub order: Option<Arc<Order>>,
    /// Whether the order has a contact that was not erased.
    pub has_contact: bool,
    /// Its refund.
    pub refund: Option<Arc<Refund>>,
    /// Its product.
    pub product: Option<Arc<Product>>,
}

/// Works out the jobs that follow from events.
#[async_trait]
pub trait Consequences: Send + Sync + 'static {
    /// Returns pairs of an event's id and a job. An event may be asked about again after a crash: then the jobs' unique keys keep
    /// out what was made before.
    ///
    /// # Errors
    ///
    /// The database cannot be read.
    async fn of(&self, events: &[Event]) -> Result<Vec<(JobId, NewJob)>, Error>;
}

pub(super) struct FanOut {
    context: Context,
    consequences: Vec<Arc<dyn Consequences>>,
}

impl FanOut {
    pub(super) fn new(context: Context, consequences: Vec<Arc<dyn Consequences>>) -> Self {
        Self { context, consequences }
    }

    pub(super) async fn run(self, stop: CancellationToken) {
        let mut changes = self.context.checkout.watch_outbox();
        let mut pace = Pace::new();
        // A commit of a busy sale follows the other: their events are turned into jobs together.
        while stop.run_until_cancelled(pace.turn()).await.is_some() {
            // A step is never cut off, because its events would wait for the end of their lease.
            match pace.run(self.step()).await {
                Ok(0) => {
                    stop.run_until_cancelled(self.context.wait(&mut changes)).await;
                }
                Ok(_) => self.context.checkout.wake_outbox(),
                Err(error) => {
                    stop.run_until_cancelled(pause_after("events", &error)).await;
                }
            }
        }
    }

    /// Turns some events into jobs. Returns the number of events.
    async fn step(&self) -> Result<usize, StoreError> {
        let now = self.context.checkout.now();
        let claim = self.context.ids.generate();
        let request =
            ClaimRequest { kind: JobKind::Event, endpoint: None, claim, now, until: now + LEASE_MARGIN, limit: BATCH };
        let claimed = self.context.store.outbox().claim(request).await?;
        if claimed.is_empty() {
            return Ok(0);
        }
        let events = self.read(claimed).await.map_err(unreadable)?;
        if let Some(jobs) = self.jobs_of(&events).await? {
            let ids: Vec<JobId> = events.iter().map(|event| event.job.id).collect();
            self.context.store.outbox().fan_out(claim, &ids, &jobs).await?;
            return Ok(events.len());
        }
        // Retry the events one by one, so that the broken one does not block the others. It is tried again after its lease.
        for event in &events {
            if let Some(jobs) = self.jobs_of(std::slice::from_ref(event)).await? {
                self.context.store.outbox().fan_out(claim, &[event.job.id], &jobs).await?;
            } else {
                tracing::error!(event = %event.job.id, topic = event.job.topic.name(), "the jobs of an event panicked");
            }
        }
        Ok(events.len())
    }

    /// Returns the jobs that follow from events; `None` if working them out panicked.
    async fn jobs_of(&self, events: &[Event]) -> Result<Option<Vec<(JobId, NewJob)>>, StoreError> {
        let mut jobs = Vec::new();
        for consequences in &self.consequences {
            match AssertUnwindSafe(consequences.of(events)).catch_unwind().await {
                Ok(found) => jobs.extend(found.map_err(unreadable)?),
                Err(_) => return Ok(None),
            }
        }
        Ok(Some(jobs))
    }

    /// Reads what the events are about, each kind with one query.
    async fn read(&self, jobs: Vec<Job>) -> Result<Vec<Event>, Error> {
        let checkout = &self.context.checkout;
        let ids: BTreeSet<OrderId> = jobs.iter().filter_map(|job| job.subject.order).collect();
        let ids: Vec<OrderId> = ids.into_iter().collect();
        let orders: BTreeMap<OrderId, Arc<Order>> =
            checkout.orders_of_any_owner(&ids).await?.into_iter().map(|order| (order.id, Arc::new(order))).collect();
        let contacts = checkout.contacts(&ids).await?;
        let ids: BTreeSet<RefundId> = jobs.iter().filter_map(|job| job.subject.refund).collect();
        let refunds = checkout.refunds_by_id(&ids.into_iter().collect::<Vec<_>>()).await?;
        let refunds: BTreeMap<RefundId, Arc<Refund>> =
            refunds.into_iter().map(|refund| (refund.id, Arc::new(refund))).collect();
        let event = |job: Job| {
            let order = job.subject.order;
            Event {
                order: order.and_then(|id| orders.get(&id).cloned()),
                has_contact: order
                    .and_then(|id| contacts.get(&id).cloned())
                    .is_some_and(|contact| contact.known().is_some()),
                refund: job.subject.refund.and_then(|id| refunds.get(&id).cloned()),
                product: job.subject.product.and_then(|id| checkout.product(id)),
                job,
            }
        };
        Ok(jobs.into_iter().map(event).collect())
    }
}

fn unreadable(error: Error) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}
