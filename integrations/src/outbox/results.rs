//! Records the results of jobs. Results that come within a moment are recorded in one transaction: a file has one writer, and
//! the sale needs it too.

use super::{Context, pause_after};
use checkout::{Supervisor, store::outbox::JobResult};
use std::time::Duration;
use tokio::sync::mpsc;

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
            loop {
                tokio::select! {
                    biased;
                    () = stop.cancelled(), if !queue.is_closed() => queue.close(),
                    received = queue.recv_many(&mut batch, BATCH) => {
                        if received == 0 {
                            return;
                        }
                        tokio::time::sleep(GATHER).await;
                        while batch.len() < BATCH && let Ok(result) = queue.try_recv() {
                            batch.push(result);
                        }
                        record(&context, &batch, &stop).await;
                        batch.clear();
                    }
                }
            }
        });
        Self(sender)
    }

    /// Queues a result. After the worker has stopped it is dropped: the job is due again after its lease.
    pub(super) async fn send(&self, result: JobResult) {
        let _ = self.0.send(result).await;
    }
}

/// Records until it succeeds. A mail that was sent must not be forgotten because the database was away for a second.
async fn record(context: &Context, batch: &[JobResult], stop: &tokio_util::sync::CancellationToken) {
    loop {
        match context.store.outbox().record(batch, context.checkout.now()).await {
            Ok(()) => return,
            Err(_) if stop.is_cancelled() => return,
            Err(error) => pause_after("results", &error).await,
        }
    }
}
