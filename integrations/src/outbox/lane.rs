//! A lane carries out the jobs of one kind.

use super::{Context, Schedule};
use async_trait::async_trait;
use checkout::{
    metrics::JobAttempt,
    model::{Job, JobKind},
    store::{DeliveryRecord, outbox::JobOutcome},
};
use futures::FutureExt as _;
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use uuid::Uuid;

/// Result of an attempt at a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out, or there was nothing left to do.
    Done,
    /// It is needless by now, and was not carried out. The text is for operators, and contains no contact data.
    Skipped(String),
    /// It failed, and may succeed later. The text is for operators, and contains no contact data.
    Failed(String),
    /// It failed, and the receiver asks to wait at least this long.
    Busy(String, Duration),
    /// It cannot be carried out yet, and this is no failure.
    NotYet(String, Duration),
    /// It will never succeed.
    Dead(String),
}

/// An attempt at a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The result.
    pub outcome: Outcome,
    /// The record of an attempt to deliver a webhook. It is written in the transaction of the result.
    pub delivery: Option<DeliveryRecord>,
}

impl From<Outcome> for Attempt {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, delivery: None }
    }
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

    /// Carries a job out as [`run`](Self::run) does, and returns also what is recorded with its result.
    async fn attempt(&self, job: &Job) -> Attempt {
        self.run(job).await.into()
    }
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

impl Lane {
    /// Carries a job out, and returns the result and the delivery to record; `None` if the handler panicked, so that the job is due
    /// again after its lease.
    pub(super) async fn attempt(&self, context: &Context, job: &Job) -> Option<(JobOutcome, Option<DeliveryRecord>)> {
        let counted = |outcome| context.checkout.metrics().record_attempt(job.kind, outcome);
        if !self.schedule.allows(job.attempts) {
            // Each attempt ended its process, or outlasted its lease.
            let error = "every attempt was interrupted".to_owned();
            tracing::error!(job = %job.id, kind = job.kind.name(), attempt = job.attempts, error, "job given up");
            counted(JobAttempt::Dead);
            return Some((JobOutcome::Dead { error }, None));
        }
        let run = AssertUnwindSafe(self.handler.attempt(job)).catch_unwind();
        let Attempt { outcome, delivery } = match tokio::time::timeout(self.time_limit, run).await {
            Ok(Ok(attempt)) => attempt,
            Err(_) => Outcome::Failed("it took too long".to_owned()).into(),
            // The message may contain contact data.
            Ok(Err(_)) => {
                tracing::error!(job = %job.id, kind = job.kind.name(), attempt = job.attempts, "a handler panicked");
                counted(JobAttempt::Panicked);
                return None;
            }
        };
        let recorded = self.recorded(context, job, &outcome);
        log(job, &outcome);
        counted(match (&outcome, &recorded) {
            (_, JobOutcome::Done) => JobAttempt::Done,
            (_, JobOutcome::Skipped { .. }) => JobAttempt::Skipped,
            (_, JobOutcome::Dead { .. }) => JobAttempt::Dead,
            (Outcome::NotYet(..), _) => JobAttempt::Waiting,
            _ => JobAttempt::Failed,
        });
        Some((recorded, delivery))
    }

    /// Returns what to record of an attempt.
    fn recorded(&self, context: &Context, job: &Job, outcome: &Outcome) -> JobOutcome {
        let now = context.checkout.now();
        let random = context.ids.generate::<Uuid>().as_bytes()[15];
        let again = |error: &str, least: Duration| match self.schedule.pause(job.attempts, random) {
            Some(pause) => {
                JobOutcome::Again { due_at: now + pause.max(least), error: error.to_owned(), is_attempt: true }
            }
            None => JobOutcome::Dead { error: error.to_owned() },
        };
        match outcome {
            Outcome::Done => JobOutcome::Done,
            Outcome::Skipped(reason) => JobOutcome::Skipped { reason: reason.clone() },
            Outcome::NotYet(error, pause) => {
                JobOutcome::Again { due_at: now + *pause, error: error.clone(), is_attempt: false }
            }
            Outcome::Dead(error) => JobOutcome::Dead { error: error.clone() },
            Outcome::Failed(error) => again(error, Duration::ZERO),
            Outcome::Busy(error, wait) => again(error, *wait),
        }
    }
}

fn log(job: &Job, outcome: &Outcome) {
    let kind = job.kind.name();
    match outcome {
        Outcome::Done => tracing::debug!(job = %job.id, kind, topic = job.topic.name(), "job done"),
        Outcome::Skipped(reason) => {
            tracing::debug!(job = %job.id, kind, topic = job.topic.name(), reason, "job skipped");
        }
        Outcome::NotYet(reason, _) => tracing::debug!(job = %job.id, kind, reason, "job waits"),
        Outcome::Failed(error) | Outcome::Busy(error, _) | Outcome::Dead(error) => {
            tracing::warn!(job = %job.id, kind, topic = job.topic.name(), attempt = job.attempts, error, "job failed");
        }
    }
}
