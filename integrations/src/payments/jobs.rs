//! The outbox's jobs that need the provider.

use super::{Payments, calls::CallError, refunds::RefundJob};
use crate::{
    outbox::{Handler, Lane, Outcome, Schedule},
    provider::ProviderError,
};
use async_trait::async_trait;
use checkout::{
    Error,
    model::{Job, JobKind},
};
use std::{sync::Arc, time::Duration};

/// Maximum number of jobs of a kind at once.
const CONCURRENCY: usize = 4;

/// Time limit of an attempt at a job: four calls, each of which takes at most 30 seconds. A job that closes more pages goes on
/// with the others at its next attempt.
const TIME_LIMIT: Duration = Duration::from_mins(2);

/// The pauses after a failure: 1 s, doubled up to 10 minutes, for a day.
const SCHEDULE: Schedule = Schedule::Growing {
    first: Duration::from_secs(1),
    factor: 2,
    longest: Duration::from_mins(10),
    // Ten pauses take 17 minutes, and the others 10 minutes each.
    attempts: 152,
};

/// The pause after the provider or the engine was busy and did not say for how long.
const BUSY_PAUSE: Duration = Duration::from_secs(1);

pub(super) fn lanes(payments: &Payments) -> Vec<Lane> {
    let handlers: [Arc<dyn Handler>; 2] =
        [Arc::new(ClosePayments(payments.clone())), Arc::new(SendRefunds(payments.clone()))];
    let lane = |handler| Lane {
        handler,
        concurrency: CONCURRENCY,
        per_endpoint: None,
        time_limit: TIME_LIMIT,
        schedule: SCHEDULE,
    };
    handlers.into_iter().map(lane).collect()
}

/// Closes the payment pages of an order that has ended, or was paid.
struct ClosePayments(Payments);

#[async_trait]
impl Handler for ClosePayments {
    fn kind(&self) -> JobKind {
        JobKind::ClosePayment
    }

    fn task_name(&self) -> &'static str {
        "outbox_close_payments"
    }

    async fn run(&self, job: &Job) -> Outcome {
        let (Some(calls), Some(order)) = (self.0.calls(), job.subject.order) else {
            return Outcome::Dead("the job names no order".to_owned());
        };
        self.0.close_pages(calls, order).await.unwrap_or_else(|error| outcome_of(&error))
    }
}

/// Sends refunds that are due, and makes those due again that failed for lack of funds.
struct SendRefunds(Payments);

#[async_trait]
impl Handler for SendRefunds {
    fn kind(&self) -> JobKind {
        JobKind::SendRefund
    }

    fn task_name(&self) -> &'static str {
        "outbox_send_refunds"
    }

    async fn run(&self, job: &Job) -> Outcome {
        let body = job.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        let (Some(calls), Some(refund), Some(body)) = (self.0.calls(), job.subject.refund, body) else {
            return Outcome::Dead("the job names no attempt of a refund".to_owned());
        };
        let done = match body {
            RefundJob::Send { attempt } => self.0.send_refund(calls, refund, attempt).await,
            RefundJob::Retry { attempt } => self.0.retry_refund(refund, attempt).await,
        };
        done.unwrap_or_else(|error| outcome_of(&error))
    }
}

/// How a job ends after an error.
fn outcome_of(error: &CallError) -> Outcome {
    let text = error.to_string();
    match error {
        CallError::Provider(ProviderError::Busy { retry_after, .. }) => {
            Outcome::Busy(text, retry_after.unwrap_or(BUSY_PAUSE))
        }
        CallError::Provider(ProviderError::Refused(_)) => Outcome::Dead(text),
        CallError::Checkout(Error::Busy { retry_after }) => Outcome::Busy(text, *retry_after),
        CallError::Provider(ProviderError::Unknown(_)) | CallError::Checkout(_) => Outcome::Failed(text),
    }
}
