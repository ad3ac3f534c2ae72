//! A lane carries out the jobs of one kind.

use super::{Context, LEASE_MARGIN, Schedule, pause_after, results::Results};
use async_trait::async_trait;
use checkout::{
    StoreError,
    model::{EndpointId, Job, JobKind},
    store::outbox::{ClaimRequest, JobOutcome, JobResult},
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// Maximum number of jobs that one claim takes.
const CLAIM: usize = 100;

/// Maximum number of endpoints that are looked at in one round.
const ENDPOINTS: u32 = 100;

/// How an attempt at a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out, or turned out to be needless.
    Done,
    /// It failed, and may succeed later. The text is for operators, and contains no contact data.
    Failed(String),
    /// It failed, and the receiver asks to wait at least this long.
    Busy(String, Duration),
    /// It cannot be carried out yet, and this is no failure.
    NotYet(String, Duration),
    /// It will never succeed.
    Dead(String),
}

/// Carries out jobs of one kind.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// The kind of its jobs.
    fn kind(&self) -> JobKind;

    /// The name of its task.
    fn task_name(&self) -> &'static str;

    /// Carries a job out, once. It may be called again for the same job, also at the same time on another node if this one has
    /// lost its lease, so that it must be repeatable.
    async fn run(&self, job: &Job) -> Outcome;
}

/// A handler, and how it is used.
pub struct Lane {
    /// The handler.
    pub handler: Arc<dyn Handler>,
    /// Maximum number of jobs at once.
    pub concurrency: usize,
    /// Maximum number of jobs at once for one endpoint; `None` for jobs without endpoints.
    pub per_endpoint: Option<usize>,
    /// Time limit of one attempt.
    pub time_limit: Duration,
    /// The pauses between attempts.
    pub schedule: Schedule,
}

/// Jobs of one endpoint that are under way, or of the lane.
type Slots = Arc<Semaphore>;

impl Lane {
    pub(super) async fn run(self, context: Context, results: Results) {
        let (lane, mut changes) = (Arc::new(self), context.checkout.watch_outbox());
        let slots: Slots = Arc::new(Semaphore::new(lane.concurrency));
        let mut endpoints: HashMap<EndpointId, Slots> = HashMap::new();
        loop {
            // A job is only claimed when it can begin at once, so that its lease does not end while it waits.
            let Ok(free) = slots.clone().acquire_owned().await else { return };
            drop(free);
            let begun = match lane.per_endpoint {
                None => lane.claim(&context, &results, &slots, None).await,
                Some(most) => lane.claim_by_endpoint(&context, &results, &slots, &mut endpoints, most).await,
            };
            match begun {
                // A claim that took all it could is followed by another at once.
                Ok(begun) if begun > 0 => {}
                Ok(_) => lane.wait(&context, &slots, &mut changes).await,
                Err(error) => pause_after(lane.handler.task_name(), &error).await,
            }
        }
    }

    /// Waits for a job, or for a free slot: it may be that of an endpoint that has more jobs due than slots.
    async fn wait(&self, context: &Context, slots: &Slots, changes: &mut tokio::sync::watch::Receiver<()>) {
        let one_more = slots.available_permits() + 1;
        let is_busy = self.per_endpoint.is_some() && one_more <= self.concurrency;
        tokio::select! {
            () = context.wait(changes) => {}
            _ = slots.acquire_many(u32::try_from(one_more).unwrap_or(u32::MAX)), if is_busy => {}
        }
    }

    /// Claims jobs of each endpoint that has some due. Returns the number of jobs begun.
    async fn claim_by_endpoint(
        self: &Arc<Self>,
        context: &Context,
        results: &Results,
        slots: &Slots,
        endpoints: &mut HashMap<EndpointId, Slots>,
        most: usize,
    ) -> Result<usize, StoreError> {
        // Endpoints without jobs under way need not be remembered.
        endpoints.retain(|_, slots| slots.available_permits() < most);
        let mut begun = 0;
        for endpoint in context.store.outbox().endpoints_due(context.checkout.now(), ENDPOINTS).await? {
            let own = endpoints.entry(endpoint).or_insert_with(|| Arc::new(Semaphore::new(most))).clone();
            begun += self.claim(context, results, slots, Some((endpoint, own))).await?;
        }
        Ok(begun)
    }

    /// Claims as many jobs as there are free slots, and begins them. Returns their number.
    async fn claim(
        self: &Arc<Self>,
        context: &Context,
        results: &Results,
        slots: &Slots,
        endpoint: Option<(EndpointId, Slots)>,
    ) -> Result<usize, StoreError> {
        let own = endpoint.as_ref().map_or(usize::MAX, |(_, slots)| slots.available_permits());
        let free = slots.available_permits().min(own).min(CLAIM);
        if free == 0 {
            return Ok(0);
        }
        let now = context.checkout.now();
        let request = ClaimRequest {
            kind: self.handler.kind(),
            endpoint: endpoint.as_ref().map(|(id, _)| *id),
            claim: context.ids.generate(),
            now,
            until: now + self.time_limit + LEASE_MARGIN,
            limit: u32::try_from(free).unwrap_or(u32::MAX),
        };
        let jobs = context.store.outbox().claim(request).await?;
        let begun = jobs.len();
        for job in jobs {
            let permits = permits(slots, endpoint.as_ref().map(|(_, slots)| slots));
            let (lane, context, results) = (self.clone(), context.clone(), results.clone());
            tokio::spawn(async move {
                let outcome = lane.attempt(&context, &job).await;
                let claim = job.claim.unwrap_or_default();
                results.send(JobResult { id: job.id, claim, outcome }).await;
                drop(permits);
            });
        }
        Ok(begun)
    }

    async fn attempt(&self, context: &Context, job: &Job) -> JobOutcome {
        let limited = tokio::time::timeout(self.time_limit, self.handler.run(job)).await;
        let outcome = limited.unwrap_or_else(|_| Outcome::Failed("it took too long".to_owned()));
        let kind = job.kind.name();
        match &outcome {
            Outcome::Done => tracing::debug!(job = %job.id, kind, topic = job.topic.name(), "job done"),
            Outcome::NotYet(reason, _) => tracing::debug!(job = %job.id, kind, reason, "job waits"),
            Outcome::Failed(error) | Outcome::Busy(error, _) | Outcome::Dead(error) => {
                tracing::warn!(job = %job.id, kind, topic = job.topic.name(), attempt = job.attempts, error, "job failed");
            }
        }
        let now = context.checkout.now();
        let random = context.ids.generate::<Uuid>().as_bytes()[15];
        match outcome {
            Outcome::Done => JobOutcome::Done,
            Outcome::NotYet(error, pause) => JobOutcome::Again { due_at: now + pause, error, is_attempt: false },
            Outcome::Dead(error) => JobOutcome::Dead { error },
            Outcome::Failed(error) => match self.schedule.pause(job.attempts, random) {
                Some(pause) => JobOutcome::Again { due_at: now + pause, error, is_attempt: true },
                None => JobOutcome::Dead { error },
            },
            Outcome::Busy(error, wait) => match self.schedule.pause(job.attempts, random) {
                Some(pause) => JobOutcome::Again { due_at: now + pause.max(wait), error, is_attempt: true },
                None => JobOutcome::Dead { error },
            },
        }
    }
}

/// Takes a slot of the lane, and one of the endpoint. Only the lane's own loop takes slots, so that those that it counted as free
/// are.
fn permits(slots: &Slots, own: Option<&Slots>) -> [Option<OwnedSemaphorePermit>; 2] {
    [slots.clone().try_acquire_owned().ok(), own.and_then(|own| own.clone().try_acquire_owned().ok())]
}
