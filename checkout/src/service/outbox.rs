//! The outbox for the shop's people: lists, counts, and another try.

use super::{Checkout, OperationContext, queries::read_failed};
use crate::{
    error::Error,
    model::{AuditObject, Job, JobId, JobState, Refusal},
    store::{
        Outbox,
        listings::{Listing, PageRequest},
        outbox::{JobFilter, OutboxCount},
    },
};
use serde_json::json;

impl Checkout {
    /// A page of the jobs that match the filter.
    pub async fn list_jobs(&self, filter: JobFilter, page: PageRequest) -> Result<Listing<Job>, Error> {
        self.outbox().list(filter, page).await.map_err(|e| read_failed(&e))
    }

    /// The job with this id. Events are no jobs.
    pub async fn job(&self, id: JobId) -> Result<Job, Error> {
        let job = self.outbox().job(id).await.map_err(|e| read_failed(&e))?;
        Ok(job.filter(Job::is_job).ok_or(Refusal::UnknownJob)?)
    }

    /// The outbox in numbers, for each kind.
    pub async fn outbox_counts(&self) -> Result<Vec<OutboxCount>, Error> {
        self.outbox().counts().await.map_err(|e| read_failed(&e))
    }

    /// Number of jobs that failed for good.
    pub async fn dead_jobs(&self) -> Result<u64, Error> {
        self.outbox().dead().await.map_err(|e| read_failed(&e))
    }

    /// Makes a job that is done or dead due now, with all its attempts, and returns it. A job that is pending stays as it is, so
    /// that a repeated request has no further effect.
    ///
    /// # Errors
    ///
    /// [`Refusal::UnknownJob`], or the database is not available.
    pub async fn retry_job(&self, id: JobId, context: impl Into<OperationContext>) -> Result<Job, Error> {
        let OperationContext { by, reason, idempotency: _ } = context.into();
        let before = self.job(id).await?;
        if before.state == JobState::Pending {
            return Ok(before);
        }
        let after =
            json!({ "state": JobState::Pending.name(), "kind": before.kind.name(), "topic": before.topic.name() });
        let mut entry = self.audit_entry(&by, "job.retry", AuditObject::new("job", id.0), &after);
        entry.before = Some(json!({ "state": before.state.name(), "attempts": before.attempts }).to_string());
        entry.reason = reason;
        self.outbox().retry(id, &entry).await.map_err(|error| {
            let cause = error.cause();
            tracing::error!(%error, cause, "a job could not be made due");
            Error::from(&error)
        })?;
        self.wake_outbox();
        self.job(id).await
    }

    fn outbox(&self) -> &dyn Outbox {
        self.parts.store.outbox()
    }
}
