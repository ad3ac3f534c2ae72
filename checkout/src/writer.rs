//! The single writer: batches queued commands into one commit. It takes all commands that were queued during the last
//! commit, decides them in the order of arrival, commits once, replies to all, and publishes the changes.

use crate::{
    batch::{Batch, Decisions},
    clock::{Clock, IdGenerator},
    command::{Command, Idempotent, Reply},
    error::{Error, StoreError},
    feed::Feed,
    metrics::{BatchFailure, EngineMetrics, log_stock},
    model::{Product, Timestamp},
    queue::QueuedCommand,
    state::{State, WriteSet},
    store::{CommitOutcome, Store},
    supervisor,
};
use futures::FutureExt;
use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Maximum number of attempts for a batch that meets other writers.
const MAX_ATTEMPTS: u32 = 6;

/// How long a batch is tried before a third attempt. A lock that is held for longer is not a short conflict; the callers get
/// 503 and can retry. There is always a second attempt: the first may have waited for a dead connection.
const RETRY_TIMEOUT: Duration = Duration::from_secs(3);

/// Attempts that reuse the products which the last conflict returned, without locking anything. Later attempts load under
/// locks, which prevents further conflicts.
const MAX_OPTIMISTIC_ATTEMPTS: u32 = 3;

/// How far the clock may go back before the writer follows it.
const MAX_CLOCK_REGRESSION: Duration = Duration::from_mins(5);

type Replies = Vec<Result<Idempotent<Reply>, Error>>;

enum Attempt {
    Completed(Replies),
    /// The decisions rested on products that have changed, and nothing was written. The products are as they are now.
    Conflict(Vec<Product>),
}

pub(crate) struct Writer {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: IdGenerator,
    feed: Arc<Feed>,
    metrics: Arc<EngineMetrics>,
    state: State,
    /// The latest instant at which a batch was decided.
    latest: Timestamp,
    /// Wakes the outbox's workers of this process.
    outbox: Arc<watch::Sender<()>>,
}

impl Writer {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        feed: Arc<Feed>,
        metrics: Arc<EngineMetrics>,
        outbox: Arc<watch::Sender<()>>,
    ) -> Self {
        let ids = IdGenerator::new(clock.clone());
        Self { store, clock, ids, feed, metrics, state: State::default(), latest: Timestamp::default(), outbox }
    }

    /// Executes queued commands in batches of at most `batch_size`. Ends when all senders are dropped. Once `stop` is
    /// cancelled it accepts no more commands, executes those that are queued, and ends.
    pub(crate) async fn run(
        mut self,
        mut queue: mpsc::Receiver<QueuedCommand>,
        batch_size: usize,
        stop: CancellationToken,
    ) {
        let mut batch = Vec::with_capacity(batch_size);
        loop {
            let received = tokio::select! {
                biased;
                () = stop.cancelled(), if !queue.is_closed() => {
                    queue.close();
                    continue;
                }
                received = queue.recv_many(&mut batch, batch_size) => received,
            };
            if received == 0 {
                return;
            }
            // Skip commands whose caller has already disconnected.
            batch.retain(|queued| !queued.reply.is_closed());
            let (commands, channels): (Vec<_>, Vec<_>) = batch.drain(..).map(|q| (q.command, q.reply)).unzip();
            let mut replies = Vec::with_capacity(commands.len());
            for group in commands.chunk_by(Command::share_a_batch) {
                replies.extend(self.execute(group).await);
            }
            self.metrics.record_replies(&commands, &replies);
            for (channel, reply) in channels.into_iter().zip(replies) {
                // A caller that has disconnected may retry with the same key (P9).
                let _ = channel.send(reply);
            }
        }
    }

    /// Executes a batch and returns all replies. A batch that fails is halved, so that a corrupt row or a broken invariant
    /// fails only the command that meets it.
    async fn execute(&mut self, commands: &[Command]) -> Replies {
        let replies = self.execute_together(commands).await;
        let failed = matches!(replies.first(), Some(Err(Error::Internal))) && commands.len() > 1;
        if !failed {
            return replies;
        }
        let (first, second) = commands.split_at(commands.len() / 2);
        let mut replies = Box::pin(self.execute(first)).await;
        replies.extend(Box::pin(self.execute(second)).await);
        replies
    }

    /// Executes a batch in one commit. A failure clears the state, so that the next batch loads it again.
    async fn execute_together(&mut self, commands: &[Command]) -> Replies {
        let begun = Instant::now();
        for attempt in 0..MAX_ATTEMPTS {
            if attempt >= 2 && begun.elapsed() > RETRY_TIMEOUT {
                break;
            }
            let outcome = AssertUnwindSafe(self.attempt(commands)).catch_unwind().await;
            match outcome {
                Ok(Ok(Attempt::Completed(replies))) => return replies,
                Ok(Ok(Attempt::Conflict(products))) => {
                    self.metrics.batch_failures.record(BatchFailure::Conflict);
                    self.state.clear();
                    if attempt < MAX_OPTIMISTIC_ATTEMPTS {
                        self.state.reload(products);
                    }
                }
                Ok(Err(error @ StoreError::Contended(_))) => {
                    self.metrics.batch_failures.record(BatchFailure::Contended);
                    self.state.clear();
                    tracing::debug!(attempt, %error, "another writer was first");
                    tokio::time::sleep(self.ids.jitter(Duration::from_millis(1 << attempt))).await;
                }
                Ok(Err(error)) => return self.fail(commands, &error),
                Err(panic) => return self.fail_on_panic(commands, panic.as_ref()),
            }
        }
        self.metrics.batch_failures.record(BatchFailure::GaveUp);
        tracing::warn!(commands = commands.len(), "gave up a batch because of contention");
        vec![Err(Error::BUSY); commands.len()]
    }

    /// Returns the instant to decide at. A clock that goes back a little does not revive what has expired. A clock that was
    /// far ahead and has been corrected is followed.
    fn now(&mut self) -> Timestamp {
        let now = self.clock.now();
        self.latest = now.max(self.latest.min(now + MAX_CLOCK_REGRESSION));
        self.latest
    }

    /// Loads, decides and commits.
    async fn attempt(&mut self, commands: &[Command]) -> Result<Attempt, StoreError> {
        let mut transaction = self.store.begin().await?;
        // Read after `begin`, which may take a while: a hold that expired meanwhile has expired (P3).
        let now = self.now();
        self.state.set_salt(self.ids.random());
        let batch = Batch { state: &mut self.state, transaction: &mut *transaction, commands, now };
        let decisions = match batch.decide().await {
            Ok(Some(decisions)) => decisions,
            undecided => {
                transaction.rollback().await;
                return undecided.map(|_| Attempt::Conflict(Vec::new()));
            }
        };
        let writes = self.state.writes(&self.ids, now);
        let started = Instant::now();
        if let CommitOutcome::Conflict(products) = transaction.commit(&writes).await? {
            return Ok(Attempt::Conflict(products));
        }
        if !writes.is_empty() {
            self.metrics.record_commit(commands.len(), started.elapsed(), &writes);
            log_stock(&writes);
        }
        self.state.end_batch();
        self.publish(&writes);
        Ok(Attempt::Completed(replies(decisions)))
    }

    /// Publishes a commit to this process's watchers and wakes the other processes.
    fn publish(&self, writes: &WriteSet) {
        for product in writes.products() {
            self.feed.publish(product.clone());
        }
        for snapshot in &writes.order_snapshots {
            self.feed.publish_order(snapshot);
        }
        if writes.products().next().is_some() {
            self.store.notify();
        }
        if !writes.events.is_empty() {
            self.outbox.send_replace(());
        }
    }

    fn fail(&mut self, commands: &[Command], error: &StoreError) -> Replies {
        self.metrics.batch_failures.record(BatchFailure::of(error));
        self.state.clear();
        let cause = error.cause();
        tracing::error!(commands = commands.len(), %error, cause, "a batch failed");
        vec![Err(error.into()); commands.len()]
    }

    /// A broken invariant fails its batch. The next batch starts from what is stored.
    fn fail_on_panic(&mut self, commands: &[Command], panic: &(dyn std::any::Any + Send)) -> Replies {
        self.metrics.batch_failures.record(BatchFailure::Internal);
        self.state.clear();
        let invariant = supervisor::panic_message(panic);
        tracing::error!(commands = commands.len(), invariant, "a broken invariant failed a batch");
        vec![Err(Error::Internal); commands.len()]
    }
}

fn replies(decisions: Decisions) -> Replies {
    decisions.into_iter().map(|decision| decision.map_err(Error::from)).collect()
}
