//! The outbox: events of commits, and the jobs that follow from them. Workers of several nodes share it. A claim is a lease: it
//! moves the time at which a row is due to the lease's end, so that the row of a process that died is due again.

mod list;
mod statements;
mod writes;

pub(super) use list::statement as list;
pub(super) use statements::impl_outbox;
pub(super) use writes::outbox_writes;

use crate::{
    error::StoreError,
    model::{AuditEntry, EndpointId, Job, JobId, JobKind, JobState, NewJob, OrderId, Timestamp, Topic},
    store::{
        DeliveryRecord,
        listings::{Listing, PageRequest},
    },
};
use async_trait::async_trait;
use std::sync::LazyLock;
use uuid::Uuid;

/// Maximum number of characters of an error that is kept.
const MAX_ERROR_CHARS: usize = 1000;

/// The rows that a claim takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimRequest {
    /// The kind of the rows.
    pub kind: JobKind,
    /// Only webhooks to this endpoint.
    pub endpoint: Option<EndpointId>,
    /// The claim's id.
    pub claim: Uuid,
    /// Now. Rows that are due are taken, the longest due first.
    pub now: Timestamp,
    /// The end of the lease. Nobody else claims the rows before.
    pub until: Timestamp,
    /// Maximum number of rows.
    pub limit: u32,
}

/// Result of an attempt at a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobOutcome {
    /// It was carried out, or there was nothing left to do.
    Done,
    /// It was not carried out, because it is needless by now. It is done, with the reason where errors are.
    Skipped {
        /// Why.
        reason: String,
    },
    /// It failed, or has to wait.
    Again {
        /// Time at which it is due again.
        due_at: Timestamp,
        /// Why.
        error: String,
        /// Whether this counts as an attempt. Waiting for something that is expected does not.
        is_attempt: bool,
    },
    /// It was claimed and not begun. It is due at once, and this counts as no attempt.
    Unbegun,
    /// It failed for good.
    Dead {
        /// Why.
        error: String,
    },
}

/// The result of one job. It counts only while the job is still claimed under this claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobResult {
    /// The job.
    pub id: JobId,
    /// The claim under which it was carried out.
    pub claim: Uuid,
    /// The result.
    pub outcome: JobOutcome,
}

/// The outbox in numbers, for each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxCount {
    /// The kind.
    pub kind: JobKind,
    /// Number of pending rows. Webhooks to an endpoint that is switched off are left out, here and in `oldest`: they wait until
    /// somebody switches it on.
    pub pending: u64,
    /// Time at which the oldest pending row was made.
    pub oldest: Option<Timestamp>,
    /// Number of rows that failed for good.
    pub dead: u64,
}

/// Jobs to list. An empty filter lists all jobs, and no events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobFilter {
    /// Only jobs in this state.
    pub state: Option<JobState>,
    /// Only jobs of this kind.
    pub kind: Option<JobKind>,
    /// Only jobs about this order.
    pub order: Option<OrderId>,
    /// Only webhooks to this endpoint.
    pub endpoint: Option<EndpointId>,
}

/// The outbox.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Claims rows that are due. Rows that another worker is claiming are skipped, and so are rows with a topic that only a newer
    /// version knows.
    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Job>, StoreError>;

    /// Deletes the events that are still claimed under `claim`, and adds the jobs of those, in one transaction. `jobs` are pairs
    /// of an event's id and a job. A job whose unique key exists is left out. Returns the number of jobs added.
    async fn fan_out(&self, claim: Uuid, events: &[JobId], jobs: &[(JobId, NewJob)]) -> Result<u64, StoreError>;

    /// Adds jobs that follow from no event. Jobs whose unique keys exist are left out. Returns the number of jobs added.
    async fn add(&self, jobs: &[NewJob]) -> Result<u64, StoreError>;

    /// Adds a job together with its entry of the audit log. Returns `false`, and writes no entry, when there is a job with its key.
    async fn add_audited(&self, job: NewJob, entry: &AuditEntry) -> Result<bool, StoreError>;

    /// Records results, in one transaction. A result whose claim has ended changes nothing.
    async fn record(&self, results: &[JobResult], now: Timestamp) -> Result<(), StoreError> {
        self.record_attempts(results, &[], now).await.map(|_| ())
    }

    /// Records results and attempts to deliver webhooks, in one transaction. An attempt is recorded even if the claim of its job
    /// has ended. Returns the endpoints that were switched off, as [`Endpoints::record`](crate::store::Endpoints::record) does.
    async fn record_attempts(
        &self,
        results: &[JobResult],
        deliveries: &[DeliveryRecord],
        now: Timestamp,
    ) -> Result<Vec<EndpointId>, StoreError>;

    /// The endpoints that have webhooks due at `now` and are not switched off, at most `limit`. An endpoint that was removed is among
    /// them while it has webhooks.
    async fn endpoints_due(&self, now: Timestamp, limit: u32) -> Result<Vec<EndpointId>, StoreError>;

    /// Jobs, page by page.
    async fn list(&self, filter: JobFilter, page: PageRequest) -> Result<Listing<Job>, StoreError>;

    /// The job with this id.
    async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError>;

    /// The job with this unique key.
    async fn job_of_key(&self, unique_key: &str) -> Result<Option<Job>, StoreError>;

    /// Makes a job that is done or dead due at `entry.at`, with all its attempts. Returns `false`, and writes no entry, when there
    /// is no such job, or it is pending.
    async fn retry(&self, id: JobId, entry: &AuditEntry) -> Result<bool, StoreError>;

    /// The outbox in numbers, all kinds in the order of [`JobKind::ALL`]. It reads what waits and what is dead, and nothing that is
    /// done.
    async fn counts(&self) -> Result<Vec<OutboxCount>, StoreError>;

    /// Number of dead jobs.
    async fn dead(&self) -> Result<u64, StoreError>;

    /// The plan of a query, line by line.
    async fn explain(&self, query: OutboxQuery) -> Result<Vec<String>, StoreError>;
}

/// A query whose plan is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxQuery {
    /// The look for rows to claim.
    Claim(ClaimRequest),
    /// A page of a list.
    List(JobFilter, PageRequest),
    /// The count of what waits.
    CountPending,
    /// The count of the dead jobs.
    CountDead,
    /// The look for jobs to purge.
    Purge {
        /// The state of the jobs: done or dead.
        state: JobState,
        /// They ended before this time.
        before: Timestamp,
        /// Maximum number of jobs.
        most: u32,
    },
}

/// Counts what waits, in the index that the claims use. Only of webhooks the rows are read, for their endpoints: those of an
/// endpoint that is switched off do not count. Those of an endpoint that was removed do, until a worker drops them.
pub(super) fn count_pending(oldest: &str) -> String {
    format!(
        "SELECT kind, count(*), {oldest} FROM outbox WHERE state = 'pending' AND kind <> 'webhook' GROUP BY kind
         UNION ALL
         SELECT kind, count(*), {oldest} FROM outbox WHERE state = 'pending' AND kind = 'webhook'
           AND coalesce((SELECT e.is_enabled FROM webhook_endpoints e WHERE e.id = outbox.endpoint_id), TRUE)
         GROUP BY kind"
    )
}

/// Counts the dead jobs, in the index of the lists.
pub(super) const COUNT_DEAD: &str =
    "SELECT kind, count(*) FROM outbox WHERE state = 'dead' AND kind <> 'event' GROUP BY kind";

/// Returns the text of an error as it is kept. PostgreSQL refuses texts with a NUL.
pub(super) fn short(error: &str) -> String {
    error
        .chars()
        .take(MAX_ERROR_CHARS)
        .map(|char| if char == '\0' { char::REPLACEMENT_CHARACTER } else { char })
        .collect()
}

/// The condition of rows whose topic this version knows. A newer version beside it may write others, and carries these out itself.
pub(super) static IS_KNOWN: LazyLock<String> = LazyLock::new(|| {
    let names: Vec<String> = Topic::ALL.into_iter().map(|topic| format!("'{}'", topic.name())).collect();
    format!("topic IN ({})", names.join(", "))
});

/// The name of a state in which jobs have ended, as a literal: it tells the planner which index has the rows.
pub(super) fn ended(state: JobState) -> &'static str {
    match state {
        JobState::Pending => "NULL",
        JobState::Done => "'done'",
        JobState::Dead => "'dead'",
    }
}
