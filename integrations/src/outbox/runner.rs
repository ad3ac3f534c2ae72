//! Runs a lane: claims its jobs, and carries them out.

use super::{
    Context, JOB_STOP_TIMEOUT, LEASE_MARGIN,
    lane::Lane,
    pace::Pace,
    pause_after,
    results::{Ended, Results},
    slots::{Place, Slots},
};
use checkout::{
    StoreError,
    model::{EndpointId, Job},
    store::outbox::{ClaimRequest, JobOutcome, JobResult},
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// Maximum number of jobs that one claim takes.
const CLAIM: usize = 100;

/// Maximum number of endpoints that are looked at in one round.
const ENDPOINTS: u32 = 1000;

/// Maximum number of jobs of one endpoint that wait for a slot.
const WAITING_PER_ENDPOINT: usize = 100;

/// Maximum number of jobs of a lane that wait for a slot. Their bodies are in memory.
const WAITING: usize = 400;

/// Maximum time that a claimed job waits for a slot. Then it is given back: the rest of its lease would not be enough.
const WAIT_LIMIT: Duration = Duration::from_secs(10);

/// A lane at work.
pub(super) struct Runner {
    lane: Arc<Lane>,
    context: Context,
    results: Results,
    slots: Slots,
    /// The slots of the endpoints with jobs under way.
    endpoints: HashMap<EndpointId, Slots>,
    /// The endpoint that was served last.
    served: Option<EndpointId>,
    /// The jobs under way and those that wait, and some that have just ended. They are aborted with the runner.
    jobs: JoinSet<()>,
    /// Signals that a job has left its place.
    left: Arc<Notify>,
}

impl Runner {
    pub(super) fn new(lane: Lane, context: Context, results: Results) -> Self {
        let slots = Slots::new(lane.concurrency);
        Self {
            lane: Arc::new(lane),
            context,
            results,
            slots,
            endpoints: HashMap::new(),
            served: None,
            jobs: JoinSet::new(),
            left: Arc::default(),
        }
    }

    /// The name of the task.
    pub(super) fn name(&self) -> &'static str {
        self.lane.handler.task_name()
    }

    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut changes = self.context.checkout.watch_outbox();
        let mut pace = Pace::new();
        while stop.run_until_cancelled(self.next_turn(&pace)).await.is_some() {
            // A claim is never cut off, because its rows would wait for the end of their lease.
            let begun = pace.run(self.claim_due(&stop)).await;
            if stop.run_until_cancelled(self.rest(begun, &mut changes)).await.is_none() {
                break;
            }
        }
        self.finish().await;
    }

    /// Waits until jobs can be claimed again.
    async fn next_turn(&mut self, pace: &Pace) {
        pace.turn().await;
        while self.slots.room(self.waiting()) == 0 {
            self.left.notified().await;
        }
        while self.jobs.try_join_next().is_some() {}
    }

    /// Maximum number of jobs that wait for a slot. Without endpoints, a job is only claimed when it can begin at once.
    fn waiting(&self) -> usize {
        if self.lane.per_endpoint.is_some() { WAITING } else { 0 }
    }

    /// Claims jobs that are due, and begins them. Returns their number.
    async fn claim_due(&mut self, stop: &CancellationToken) -> Result<usize, StoreError> {
        match self.lane.per_endpoint {
            None => self.claim(None, self.slots.room(0), stop).await,
            Some(most) => self.claim_by_endpoint(most, stop).await,
        }
    }

    /// Waits for something to do, if the last claim found nothing.
    async fn rest(&self, begun: Result<usize, StoreError>, changes: &mut watch::Receiver<()>) {
        match begun {
            Ok(0) if self.lane.per_endpoint.is_none() => self.context.wait(changes).await,
            // Jobs of an endpoint may be due that had no free slot.
            Ok(0) => tokio::select! {
                () = self.context.wait(changes) => {}
                () = self.left.notified() => {}
            },
            Ok(_) => {}
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

    /// Claims jobs of each endpoint that has some due. Returns their number. Where the lane has no room for all, the endpoints after
    /// the one that was served last come first.
    async fn claim_by_endpoint(&mut self, most: usize, stop: &CancellationToken) -> Result<usize, StoreError> {
        let mut due = self.context.store.outbox().endpoints_due(self.context.checkout.now(), ENDPOINTS).await?;
        // Endpoints with nothing to do need not be remembered.
        self.endpoints.retain(|id, slots| !slots.is_idle() || due.contains(id));
        due.sort_unstable();
        let served = due.partition_point(|id| Some(*id) <= self.served);
        due.rotate_left(served);
        let mut begun = 0;
        for endpoint in due {
            let own = self.endpoints.entry(endpoint).or_insert_with(|| Slots::new(most)).clone();
            let room = own.ahead(WAITING_PER_ENDPOINT).min(self.slots.room(WAITING));
            let claimed = self.claim(Some((endpoint, own)), room, stop).await?;
            if claimed > 0 {
                self.served = Some(endpoint);
            }
            begun += claimed;
        }
        Ok(begun)
    }

    /// Claims as many jobs as there is room for, and begins them. Returns their number.
    async fn claim(
        &mut self,
        endpoint: Option<(EndpointId, Slots)>,
        room: usize,
        stop: &CancellationToken,
    ) -> Result<usize, StoreError> {
        if room == 0 {
            return Ok(0);
        }
        let now = self.context.checkout.now();
        let request = ClaimRequest {
            kind: self.lane.handler.kind(),
            endpoint: endpoint.as_ref().map(|(id, _)| *id),
            claim: self.context.ids.generate(),
            now,
            until: now + self.lane.time_limit + LEASE_MARGIN,
            limit: u32::try_from(room.min(CLAIM)).unwrap_or(u32::MAX),
        };
        let jobs = self.context.store.outbox().claim(request).await?;
        let claimed = jobs.len();
        if let Some((_, slots)) = endpoint.as_ref().filter(|_| claimed > 0) {
            slots.claimed();
        }
        for job in jobs {
            let place = Place::take(&self.slots, endpoint.as_ref().map(|(_, slots)| slots), &self.left);
            self.begin(job, place, stop.clone());
        }
        Ok(claimed)
    }

    /// Carries a job out as soon as a slot is free. A job that waits too long, or until the server stops, is given back.
    fn begin(&mut self, job: Job, place: Place, stop: CancellationToken) {
        let (lane, context, results) = (self.lane.clone(), self.context.clone(), self.results.clone());
        self.jobs.spawn(async move {
            let claim = job.claim.unwrap_or_default();
            let result = |outcome| JobResult { id: job.id, claim, outcome };
            let slots = tokio::select! {
                biased;
                slots = place.slots() => Some(slots),
                () = stop.cancelled() => None,
                () = sleep(WAIT_LIMIT) => None,
            };
            let Some(_slots) = slots else {
                results.send(Ended { result: result(JobOutcome::Unbegun), delivery: None }).await;
                return;
            };
            if let Some((outcome, delivery)) = lane.attempt(&context, &job).await {
                if outcome == JobOutcome::Done {
                    place.carried_out();
                }
                results.send(Ended { result: result(outcome), delivery }).await;
            }
        });
    }
}
