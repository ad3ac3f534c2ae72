//! Turns the events of commits into jobs.

use super::{Context, LEASE_MARGIN, pause_after};
use async_trait::async_trait;
use checkout::{
    Error, StoreError,
    model::{Job, JobId, JobKind, NewJob, Order, OrderId, Product, Refund},
    store::outbox::ClaimRequest,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Maximum number of events of one transaction.
const BATCH: u32 = 100;

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

    pub(super) async fn run(self) {
        let mut changes = self.context.checkout.watch_outbox();
        loop {
            match self.step().await {
                Ok(0) => self.context.wait(&mut changes).await,
                Ok(_) => self.context.checkout.wake_outbox(),
                Err(error) => pause_after("events", &error).await,
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
        let ids: Vec<JobId> = claimed.iter().map(|job| job.id).collect();
        let events = self.read(claimed).await.map_err(unreadable)?;
        let mut jobs = Vec::new();
        for consequences in &self.consequences {
            jobs.extend(consequences.of(&events).await.map_err(unreadable)?);
        }
        self.context.store.outbox().fan_out(claim, &ids, &jobs).await?;
        Ok(ids.len())
    }

    /// Reads what the events are about, each kind with one query.
    async fn read(&self, jobs: Vec<Job>) -> Result<Vec<Event>, Error> {
        let checkout = &self.context.checkout;
        let ids: BTreeSet<OrderId> = jobs.iter().filter_map(|job| job.subject.order).collect();
        let ids: Vec<OrderId> = ids.into_iter().collect();
        let orders: BTreeMap<OrderId, Arc<Order>> =
            checkout.orders_of_any_owner(&ids).await?.into_iter().map(|order| (order.id, Arc::new(order))).collect();
        let contacts = checkout.contacts(&ids).await?;
        let mut events = Vec::with_capacity(jobs.len());
        for job in jobs {
            let refund = match job.subject.refund {
                Some(id) => match checkout.refund(id).await {
                    Ok(refund) => Some(Arc::new(refund)),
                    Err(Error::Refused(_)) => None,
                    Err(error) => return Err(error),
                },
                None => None,
            };
            let order = job.subject.order;
            events.push(Event {
                order: order.and_then(|id| orders.get(&id).cloned()),
                has_contact: order
                    .and_then(|id| contacts.get(&id).cloned())
                    .is_some_and(|contact| contact.known().is_some()),
                refund,
                product: job.subject.product.and_then(|id| checkout.product(id)),
                job,
            });
        }
        Ok(events)
    }
}

fn unreadable(error: Error) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}
