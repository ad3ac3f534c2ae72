//! Runs a lane: claims its jobs, and carries them out at once.

use super::{Context, JOB_STOP_TIMEOUT, LEASE_MARGIN, lane::Lane, pause_after, results::Results};
use checkout::{
    StoreError,
    model::{EndpointId, Job},
    store::outbox::{ClaimRequest, JobResult},
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// Maximum number of jobs that one claim takes.
const CLAIM: usize = 100;

/// Maximum number of endpoints that are looked at in one round.
const ENDPOINTS: u32 = 1000;

/// The pause between two claims. Slots that come free within it are filled by one statement.
const CLAIM_INTERVAL: Duration = Duration::from_millis(20);

/// The free slots of a lane, or of one endpoint.
type Slots = Arc<Semaphore>;

/// A lane at work.
pub(super) struct Runner {
    lane: Arc<Lane>,
    context: Context,
    results: Results,
    slots: Slots,
    /// The slots of the endpoints with jobs under way.
    endpoints: HashMap<EndpointId, Slots>,
    /// The jobs under way: at most as many as the lane has slots, and some that have just ended. They are aborted with the runner.
    jobs: JoinSet<()>,
    /// Tells that a job has ended, so that its endpoint has a free slot.
    ended: Arc<Notify>,
}

impl Runner {
    pub(super) fn new(lane: Lane, context: Context, results: Results) -> Self {
        let slots = Arc::new(Semaphore::new(lane.concurrency));
        let (endpoints, jobs, ended) = (HashMap::new(), JoinSet::new(), Arc::default());
        Self { lane: Arc::new(lane), context, results, slots, endpoints, jobs, ended }
    }

    /// The name of the task.
    pub(super) fn name(&self) -> &'static str {
        self.lane.handler.task_name()
    }

    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut changes = self.context.checkout.watch_outbox();
        // A claim is never cut off, because its rows would wait for the end of their lease.
        while stop.run_until_cancelled(self.free_slot()).await.is_some() {
            let begun = self.claim_due().await;
            if stop.run_until_cancelled(self.pause(begun, &mut changes)).await.is_none() {
                break;
            }
        }
        self.finish().await;
    }

    /// Waits for a free slot. A job is only claimed when it can begin at once, so that its lease does not end while it waits.
    async fn free_slot(&mut self) {
        // The semaphore is never closed.
        drop(self.slots.acquire().await);
        while self.jobs.try_join_next().is_some() {}
    }

    /// Claims jobs that are due, and begins them. Returns their number.
    async fn claim_due(&mut self) -> Result<usize, StoreError> {
        match self.lane.per_endpoint {
            None => self.claim(None).await,
            Some(most) => self.claim_by_endpoint(most).await,
        }
    }

    /// Waits before the next claim.
    async fn pause(&self, begun: Result<usize, StoreError>, changes: &mut watch::Receiver<()>) {
        match begun {
            Ok(0) if self.lane.per_endpoint.is_none() => self.context.wait(changes).await,
            // Jobs of an endpoint may be due that had no free slot.
            Ok(0) => tokio::select! {
                () = self.context.wait(changes) => {}
                () = self.ended.notified() => sleep(CLAIM_INTERVAL).await,
            },
            Ok(_) => sleep(CLAIM_INTERVAL).await,
            Err(error) => pause_after(self.name(), &error).await,
        }
    }

    /// Waits for the jobs under way.
    async fn finish(mut self) {
        let all = async { while self.jobs.join_next().await.is_some() {} };
        if timeout(JOB_STOP_TIMEOUT, all).await.is_err() {
            tracing::warn!(
                task = self.name(),
                jobs = self.jobs.len(),
                "jobs were cut off, and run again after their lease"
            );
        }
    }

    /// Claims jobs of each endpoint that has some due. Returns the number of jobs begun.
    async fn claim_by_endpoint(&mut self, most: usize) -> Result<usize, StoreError> {
        // Endpoints without jobs under way need not be remembered.
        self.endpoints.retain(|_, slots| slots.available_permits() < most);
        let mut begun = 0;
        for endpoint in self.context.store.outbox().endpoints_due(self.context.checkout.now(), ENDPOINTS).await? {
            let own = self.endpoints.entry(endpoint).or_insert_with(|| Arc::new(Semaphore::new(most))).clone();
            begun += self.claim(Some((endpoint, own))).await?;
        }
        Ok(begun)
    }

    /// Claims as many jobs as there are free slots, and begins them. Returns their number.
    async fn claim(&mut self, endpoint: Option<(EndpointId, Slots)>) -> Result<usize, StoreError> {
        let own = endpoint.as_ref().map_or(usize::MAX, |(_, slots)| slots.available_permits());
        let free = self.slots.available_permits().min(own).min(CLAIM);
        if free == 0 {
            return Ok(0);
        }
        let now = self.context.checkout.now();
        let request = ClaimRequest {
            kind: self.lane.handler.kind(),
            endpoint: endpoint.as_ref().map(|(id, _)| *id),
            claim: self.context.ids.generate(),
            now,
            until: now + self.lane.time_limit + LEASE_MARGIN,
            limit: u32::try_from(free).unwrap_or(u32::MAX),
        };
        let jobs = self.context.store.outbox().claim(request).await?;
        let begun = jobs.len();
        for job in jobs {
            let permits = permits(&self.slots, endpoint.as_ref().map(|(_, slots)| slots));
            self.begin(job, permits);
        }
        Ok(begun)
    }

    fn begin(&mut self, job: Job, permits: [Option<OwnedSemaphorePermit>; 2]) {
        let (lane, context, results) = (self.lane.clone(), self.context.clone(), self.results.clone());
        let ended = self.ended.clone();
        self.jobs.spawn(async move {
            if let Some(outcome) = lane.attempt(&context, &job).await {
                let claim = job.claim.unwrap_or_default();
                results.send(JobResult { id: job.id, claim, outcome }).await;
            }
            drop(permits);
            ended.notify_one();
        });
    }
}

/// Takes a slot of the lane, and one of the endpoint. Only the lane's own loop takes slots, so that those that it counted as free
/// are.
fn permits(slots: &Slots, own: Option<&Slots>) -> [Option<OwnedSemaphorePermit>; 2] {
    [slots.clone().try_acquire_owned().ok(), own.and_then(|own| own.clone().try_acquire_owned().ok())]
}
