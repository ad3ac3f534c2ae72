//! Records the results of jobs. Results that come within a moment are recorded in one transaction: a file has one writer, and
//! the sale needs it too.

use super::{Context, pause_after};
use checkout::{Supervisor, store::outbox::JobResult};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Maximum number of results of one transaction.
const BATCH: usize = 256;

/// Maximum number of results that wait. Lanes wait for room, so that they do not run ahead of the database.
const QUEUE: usize = 1024;

/// How long the first result waits for others.
const GATHER: Duration = Duration::from_millis(20);

/// Records results in the background. Clones share the queue.
#[derive(Clone)]
pub(super) struct Results(mpsc::Sender<JobResult>);

impl Results {
    pub(super) fn start(context: Context, supervisor: &Supervisor) -> Self {
        let (sender, mut queue) = mpsc::channel(QUEUE);
        supervisor.spawn_stoppable("outbox_results", false, |stop| async move {
            let mut batch = Vec::with_capacity(BATCH);
            // The queue ends with the last job of the last lane.
            while queue.recv_many(&mut batch, BATCH).await > 0 {
                tokio::time::sleep(GATHER).await;
                while batch.len() < BATCH
                    && let Ok(result) = queue.try_recv()
                {
                    batch.push(result);
                }
                record(&context, &batch, &stop).await;
                batch.clear();
            }
        });
        Self(sender)
    }

    /// Queues a result. If the worker has died it is dropped: the job is due again after its lease.
    pub(super) async fn send(&self, result: JobResult) {
        let _ = self.0.send(result).await;
    }
}

/// Records until it succeeds. A mail that was sent must not be forgotten because the database was away for a second. While the
/// server stops, nobody waits for a database that is away: the jobs are due again after their lease.
async fn record(context: &Context, batch: &[JobResult], stop: &CancellationToken) {
    loop {
        let is_last = stop.is_cancelled();
        match context.store.outbox().record(batch, context.checkout.now()).await {
            Ok(()) => return,
            Err(error) if is_last => {
                let cause = error.cause();
                tracing::warn!(%error, cause, jobs = batch.len(), "results were not recorded, so that the jobs run again");
                return;
            }
            Err(error) => {
                stop.run_until_cancelled(pause_after("results", &error)).await;
            }
        }
    }
}
