//! The one way in: group commit. The writer takes every command that queued while the last commit was under way, loads
//! what they need in bulk, decides each in the order of arrival, commits once, answers all, and publishes the news.

use crate::{
    clock::{Clock, IdGenerator},
    command::{Command, Idempotent, QueuedCommand, Reply},
    decide,
    error::{Error, StoreError},
    feed::Feed,
    metrics::{BatchFailure, EngineMetrics, log_stock},
    model::{Product, ProductId, Timestamp},
    service::Limits,
    state::{LoadRequest, State},
    store::{CommitOutcome, Store, Transaction},
};
use futures::FutureExt;
use std::{
    collections::BTreeSet,
    error::Error as _,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;

/// Times a batch is decided again because another writer was first.
const MAX_ATTEMPTS: u32 = 6;

/// How long a batch is tried before a third attempt: whoever keeps a lock for longer than this is not passing by, and callers
/// would rather be told to come again. There is always a second attempt: the first may have waited for a connection that
/// had fallen silent.
const RETRY_TIMEOUT: Duration = Duration::from_secs(3);

/// Times it is decided again on the products as the other writer left them, without locking anything. Whoever is overtaken
/// as often as that loads under locks, and is not overtaken again.
const MAX_OPTIMISTIC_ATTEMPTS: u32 = 3;

/// Rounds of loading before a batch must be decidable: a claim, then its product's tally, and one to see there is no more.
const MAX_LOAD_ROUNDS: usize = 5;

/// How far a clock may jump back before the writer follows it.
const MAX_CLOCK_REGRESSION: Duration = Duration::from_mins(5);

enum Attempt {
    Completed(Answers),
    /// What the decisions rested on had changed; nothing is written. These products are known as they are now.
    Conflict(Vec<Product>),
}

type Answers = Vec<Result<Idempotent<Reply>, Error>>;

/// Starts the writer; it ends when the last sender is gone.
pub(crate) fn start(
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    feed: Arc<Feed>,
    metrics: Arc<EngineMetrics>,
    limits: Limits,
) -> mpsc::Sender<QueuedCommand> {
    let (sender, queue) = mpsc::channel(limits.queue);
    let ids = IdGenerator::new(clock.clone());
    let writer = Writer { store, clock, ids, feed, metrics, state: State::default(), last: Timestamp::default() };
    tokio::spawn(writer.run(queue, limits.batch));
    sender
}

struct Writer {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: IdGenerator,
    feed: Arc<Feed>,
    metrics: Arc<EngineMetrics>,
    state: State,
    /// The latest instant decided at.
    last: Timestamp,
}

impl Writer {
    async fn run(mut self, mut queue: mpsc::Receiver<QueuedCommand>, cap: usize) {
        let mut batch = Vec::with_capacity(cap);
        while queue.recv_many(&mut batch, cap).await > 0 {
            // Whoever went away before the work began is spared it.
            batch.retain(|queued| !queued.reply.is_closed());
            let (commands, replies): (Vec<_>, Vec<_>) = batch.drain(..).map(|e| (e.command, e.reply)).unzip();
            let answers = if commands.is_empty() { Vec::new() } else { self.serve(&commands).await };
            self.metrics.record_replies(&commands, &answers);
            for (reply, answer) in replies.into_iter().zip(answers) {
                // Whoever went away meanwhile can ask again with the same key (P9).
                let _ = reply.send(answer);
            }
        }
    }

    /// Answers a batch, whatever happens. What makes a batch fail is found by halving it: a row that cannot be, or a
    /// broken invariant, fails the one command that meets it and not its neighbours.
    async fn serve(&mut self, commands: &[Command]) -> Answers {
        let answers = self.serve_together(commands).await;
        let failed = matches!(answers.first(), Some(Err(Error::Internal))) && commands.len() > 1;
        if !failed {
            return answers;
        }
        let (first, second) = commands.split_at(commands.len() / 2);
        let mut answers = Box::pin(self.serve(first)).await;
        answers.extend(Box::pin(self.serve(second)).await);
        answers
    }

    /// Answers a batch by one commit. A failed batch leaves nothing known, so the next one reads afresh.
    async fn serve_together(&mut self, commands: &[Command]) -> Answers {
        let begun = Instant::now();
        for attempt in 0..MAX_ATTEMPTS {
            if attempt >= 2 && begun.elapsed() > RETRY_TIMEOUT {
                break;
            }
            let outcome = AssertUnwindSafe(self.attempt(commands)).catch_unwind().await;
            match outcome {
                Ok(Ok(Attempt::Completed(answers))) => return answers,
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
                Err(panic) => return self.broken(commands, panic.as_ref()),
            }
        }
        self.metrics.batch_failures.record(BatchFailure::GaveUp);
        tracing::warn!(commands = commands.len(), "gave up a batch to contention");
        vec![Err(Error::BUSY); commands.len()]
    }

    /// A clock that jumps back a little does not bring the expired back to life; one that was far ahead and was set right
    /// is believed.
    fn now(&mut self) -> Timestamp {
        let now = self.clock.now();
        self.last = now.max(self.last.min(now + MAX_CLOCK_REGRESSION));
        self.last
    }

    /// Loads, decides, commits.
    async fn attempt(&mut self, commands: &[Command]) -> Result<Attempt, StoreError> {
        let mut transaction = self.store.begin().await?;
        // Asked only now: to begin may take a while, and what expired meanwhile has expired (P3).
        let now = self.now();
        let answers = match self.answers(&mut *transaction, commands, now).await {
            Ok(Some(answers)) => answers,
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
        for product in writes.products() {
            self.feed.publish(product.clone());
        }
        for order in writes.orders() {
            self.feed.publish_order(order);
        }
        let owes = writes.owes_refund();
        if owes {
            self.feed.look_again();
        }
        if owes || writes.products().next().is_some() {
            self.store.notify();
        }
        Ok(Attempt::Completed(answers))
    }

    /// What is decided, in the order of arrival; `None` where the batch has decided on something that has changed since.
    async fn answers(
        &mut self,
        transaction: &mut dyn Transaction,
        commands: &[Command],
        now: Timestamp,
    ) -> Result<Option<Answers>, StoreError> {
        if !self.load(transaction, commands, now).await? {
            return Ok(None);
        }
        let mut answers = Vec::with_capacity(commands.len());
        for command in commands {
            let Some(swept) = self.reclaim(transaction, command, commands, now).await? else { return Ok(None) };
            answers.push(self.decide(command, swept, now));
        }
        Ok(Some(answers))
    }

    /// Loads what the commands need and memory lacks, in bulk, until nothing is missing.
    async fn load(
        &mut self,
        transaction: &mut dyn Transaction,
        commands: &[Command],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        for _ in 0..MAX_LOAD_ROUNDS {
            let mut request = LoadRequest::at(now);
            for command in commands {
                decide::missing_data(&self.state, command, &mut request);
            }
            let mut request = self.state.not_yet_requested(request);
            if request.is_empty() {
                return Ok(true);
            }
            request.touched = self.touched(commands);
            let loaded = transaction.load(&request).await?;
            if !self.state.merge(&request, loaded) {
                return Ok(false);
            }
        }
        Err(StoreError::Corrupt("a batch that never has all it needs".to_owned()))
    }

    /// Takes back what is due on the product that this command falls short on, in the same transaction: nobody is told
    /// "sold out" because the sweep is late (P4). Answers the units that came back; `None` where the batch has decided on
    /// something that has changed since.
    async fn reclaim(
        &mut self,
        transaction: &mut dyn Transaction,
        command: &Command,
        batch: &[Command],
        now: Timestamp,
    ) -> Result<Option<u32>, StoreError> {
        let mut back = 0;
        while let Some(product) = decide::needs_reclaim(&self.state, command, now) {
            let mut request = self.state.due_request(product, now);
            request.touched = self.touched(batch);
            // News of products that the batch knows otherwise must not slip in: it would take their claims away.
            for touched in &request.touched {
                self.state.track_read(*touched);
            }
            let loaded = transaction.load(&request).await?;
            let due: Vec<_> = loaded.due.iter().flat_map(|(_, holds, _)| holds.iter().copied()).collect();
            if !self.state.merge(&request, loaded) {
                return Ok(None);
            }
            let (effects, units) = decide::reclaim(&self.state, product, &due, now);
            for effect in effects {
                self.state.apply(effect);
            }
            back += units;
            // A sweep takes what one reading finds and comes again: others wait for the writer, too.
            if matches!(command, Command::Sweep(_)) {
                break;
            }
        }
        Ok(Some(back))
    }

    /// The products that the batch is known to touch.
    fn touched(&self, batch: &[Command]) -> BTreeSet<ProductId> {
        batch.iter().filter_map(|command| decide::product_of(&self.state, command)).collect()
    }

    fn decide(&mut self, command: &Command, swept: u32, now: Timestamp) -> Result<Idempotent<Reply>, Error> {
        if let Some(product) = decide::product_of(&self.state, command) {
            self.state.track_read(product);
        }
        let decision = decide::decide(&self.state, command, now)?;
        for effect in decision.effects {
            self.state.apply(effect);
        }
        let value = match (command, decision.reply) {
            (Command::Sweep(_), _) => Reply::Swept(swept),
            (_, reply) => reply,
        };
        Ok(Idempotent { value, replayed: decision.replayed })
    }

    fn fail(&mut self, commands: &[Command], error: &StoreError) -> Answers {
        self.metrics.batch_failures.record(BatchFailure::of(error));
        self.state.clear();
        let cause = error.source().map(ToString::to_string);
        tracing::error!(commands = commands.len(), %error, cause, "a batch failed");
        let answer = match error {
            StoreError::Unavailable(_) => Error::BUSY,
            StoreError::Ambiguous(_) => Error::OutcomeUnknown,
            _ => Error::Internal,
        };
        vec![Err(answer); commands.len()]
    }

    /// An invariant is broken: the batch fails and the log says which; the next batch starts from what is on disk.
    fn broken(&mut self, commands: &[Command], panic: &(dyn std::any::Any + Send)) -> Answers {
        self.metrics.batch_failures.record(BatchFailure::Fault);
        self.state.clear();
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let what = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
        tracing::error!(commands = commands.len(), what, "a broken invariant failed a batch");
        vec![Err(Error::Internal); commands.len()]
    }
}
