//! Records the results of jobs, and the attempts to deliver webhooks with them. Results that come within a moment are recorded in one
//! transaction: a file has one writer, and the sale needs it too.

use super::{
    Context,
    pace::{GATHER, Pace},
    pause_after,
};
use checkout::{
    StoreError, Supervisor,
    store::{DeliveryRecord, outbox::JobResult},
};
use std::slice;
use tokio::{sync::mpsc, time::sleep};
use tokio_util::sync::CancellationToken;

/// Maximum number of results of one transaction.
const BATCH: usize = 256;

/// Maximum number of results that wait. Lanes wait for room, so that they do not run ahead of the database.
const QUEUE: usize = 1024;

/// A job that has ended.
#[derive(Clone)]
pub(super) struct Ended {
    pub(super) result: JobResult,
    /// The attempt to deliver a webhook.
    pub(super) delivery: Option<DeliveryRecord>,
}

/// Records results in the background. Clones share the queue.
#[derive(Clone)]
pub(super) struct Results(mpsc::Sender<Ended>);

impl Results {
    pub(super) fn start(context: Context, supervisor: &Supervisor) -> Self {
        let (sender, mut queue) = mpsc::channel(QUEUE);
        supervisor.spawn_stoppable("outbox_results", false, |stop| async move {
            let mut batch = Vec::with_capacity(BATCH);
            let mut pace = Pace::new();
            // The queue ends with the last job of the last lane.
            while queue.recv_many(&mut batch, BATCH).await > 0 {
                // The first result waits for others, and for the end of the pause.
                sleep(GATHER).await;
                pace.turn().await;
                while batch.len() < BATCH
                    && let Ok(ended) = queue.try_recv()
                {
                    batch.push(ended);
                }
                pace.run(record(&context, &batch, &stop)).await;
                batch.clear();
            }
        });
        Self(sender)
    }

    /// Queues a result. If the worker has died it is dropped: the job is due again after its lease.
    pub(super) async fn send(&self, ended: Ended) {
        let _ = self.0.send(ended).await;
    }
}

/// Records a batch. If the database refuses it, the results are recorded one by one, so that a bad one holds up no other; a bad
/// attempt does not cost the result of its job, and a bad result is dropped.
async fn record(context: &Context, batch: &[Ended], stop: &CancellationToken) {
    if persist(context, batch, stop).await.is_ok() {
        return;
    }
    for ended in batch {
        let Err(error) = persist(context, slice::from_ref(ended), stop).await else { continue };
        let (job, cause) = (ended.result.id, error.cause());
        tracing::error!(%error, cause, %job, "a result was refused by the database");
        if ended.delivery.is_some() {
            let alone = Ended { delivery: None, ..ended.clone() };
            let _ = persist(context, slice::from_ref(&alone), stop).await;
        }
    }
}

/// Writes until it succeeds, or is refused for good. A mail that was sent must not be forgotten because the database was away for a
/// second. While the server stops, nobody waits for a database that is away: the jobs are due again after their lease.
async fn persist(context: &Context, batch: &[Ended], stop: &CancellationToken) -> Result<(), StoreError> {
    let results: Vec<JobResult> = batch.iter().map(|ended| ended.result.clone()).collect();
    let deliveries: Vec<DeliveryRecord> = batch.iter().filter_map(|ended| ended.delivery.clone()).collect();
    loop {
        let is_last = stop.is_cancelled();
        match context.store.outbox().record_attempts(&results, &deliveries, context.checkout.now()).await {
            Ok(off) => {
                for endpoint in &off {
                    tracing::warn!(%endpoint, "an endpoint of webhooks was switched off");
                }
                if !off.is_empty() {
                    context.checkout.wake_outbox();
                }
                return Ok(());
            }
            Err(error @ (StoreError::Rejected(_) | StoreError::Corrupt(_))) => return Err(error),
            Err(error) if is_last => {
                let cause = error.cause();
                tracing::warn!(%error, cause, jobs = batch.len(), "results were not recorded, so that the jobs run again");
                return Ok(());
            }
            Err(error) => {
                stop.run_until_cancelled(pause_after("results", &error)).await;
            }
        }
    }
}
