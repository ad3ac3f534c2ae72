//! The outbox: events of commits, and the jobs that follow from them. Workers of several nodes share it. A claim is a lease: it
//! moves the time at which a row is due to the lease's end, so that the row of a process that died is due again.

mod list;

pub(super) use list::statement as list;

use crate::{
    error::StoreError,
    model::{AuditEntry, EndpointId, Job, JobId, JobKind, JobState, NewJob, OrderId, Timestamp},
    store::listings::{Listing, PageRequest},
};
use async_trait::async_trait;
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

/// How an attempt at a job ended.
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
        /// When it is due again.
        due_at: Timestamp,
        /// Why.
        error: String,
        /// Whether this counts as an attempt. Waiting for something that is expected does not.
        is_attempt: bool,
    },
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
    /// How it ended.
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
    /// When the oldest pending row was made.
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
    /// Claims rows that are due. Rows that another worker is claiming are skipped.
    async fn claim(&self, request: ClaimRequest) -> Result<Vec<Job>, StoreError>;

    /// Deletes the events that are still claimed under `claim`, and adds the jobs of those, in one transaction. `jobs` are pairs
    /// of an event's id and a job. A job whose unique key exists is left out. Returns the number of jobs added.
    async fn fan_out(&self, claim: Uuid, events: &[JobId], jobs: &[(JobId, NewJob)]) -> Result<u64, StoreError>;

    /// Adds jobs that follow from no event. Jobs whose unique keys exist are left out. Returns the number of jobs added.
    async fn add(&self, jobs: &[NewJob]) -> Result<u64, StoreError>;

    /// Adds a job together with its entry of the audit log. Returns `false`, and writes no entry, when there is a job with its key.
    async fn add_audited(&self, job: NewJob, entry: &AuditEntry) -> Result<bool, StoreError>;

    /// Records results, in one transaction. A result whose claim has ended changes nothing.
    async fn record(&self, results: &[JobResult], now: Timestamp) -> Result<(), StoreError>;

    /// The endpoints that have webhooks due at `now` and are not switched off, at most `limit`. An endpoint that was removed is among
    /// them while it has webhooks.
    async fn endpoints_due(&self, now: Timestamp, limit: u32) -> Result<Vec<EndpointId>, StoreError>;

    /// When the next row of any of these kinds is due.
    async fn next_due(&self, kinds: &[JobKind]) -> Result<Option<Timestamp>, StoreError>;

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

/// Returns the text of an error as it is kept.
pub(super) fn short(error: &str) -> String {
    error.chars().take(MAX_ERROR_CHARS).collect()
}

/// Implements [`Outbox`] for a store. Both databases understand the statements. `$instant` converts a timestamp to the driver's
/// type, and `$lock` ends the selection of rows that a transaction takes.
macro_rules! impl_outbox {
    ($store:ty, $database:ident, $connection:ty, $reader:ident, $writer:ident, $instant:expr, lock: $lock:literal,
     explain: $explain:literal, line: $line:literal) => {
        impl $store {
            fn job_columns() -> String {
                sql::select::<NewJob>("outbox")
            }

            /// Adds the condition of rows that a claim may take.
            fn due(mut query: QueryBuilder<$database>, request: ClaimRequest) -> QueryBuilder<$database> {
                query.push(" FROM outbox WHERE state = 'pending' AND kind = ").push_bind(request.kind.name());
                if let Some(endpoint) = request.endpoint {
                    // The literal tells the planner that the endpoints' index has the row.
                    query.push(" AND kind = 'webhook' AND endpoint_id = ").push_bind(endpoint.0);
                }
                query.push(" AND due_at <= ").push_bind($instant(request.now));
                query
            }

            /// Returns the statement that looks for rows to claim.
            fn to_claim(head: &str, request: ClaimRequest) -> QueryBuilder<$database> {
                let mut query = Self::due(QueryBuilder::new(head), request);
                query.push(" ORDER BY due_at LIMIT ").push_bind(i64::from(request.limit)).push($lock);
                query
            }

            /// Returns the statement that looks for jobs to purge.
            fn to_purge(head: &str, before: Timestamp, most: u32) -> QueryBuilder<$database> {
                let mut query = QueryBuilder::new(head);
                query.push(" FROM outbox WHERE state = 'done' AND done_at < ").push_bind($instant(before));
                query.push(" ORDER BY done_at LIMIT ").push_bind(i64::from(most)).push($lock);
                query
            }

            /// Deletes up to `most` jobs that were done before `before`.
            pub(super) async fn purge_jobs(&self, before: Timestamp, most: u32) -> Result<u64, StoreError> {
                let select = "SELECT 1 FROM outbox WHERE state = 'done' AND done_at < $1 LIMIT 1";
                let found: Option<i32> = sqlx::query_scalar(select)
                    .bind($instant(before))
                    .fetch_optional(&self.$reader)
                    .with_timeout()
                    .await?;
                if found.is_none() {
                    return Ok(0);
                }
                let mut query = Self::to_purge("DELETE FROM outbox WHERE id IN (SELECT id", before, most);
                query.push(")");
                Ok(query.build().execute(&self.$writer).with_timeout().await?.rows_affected())
            }
        }

        #[async_trait]
        impl Outbox for $store {
            async fn claim(&self, request: ClaimRequest) -> Result<Vec<Job>, StoreError> {
                // A reader looks first, so that the writer's lock is only taken where there is something to claim.
                let mut any = Self::due(QueryBuilder::new("SELECT 1"), request);
                any.push(" LIMIT 1");
                let found: Option<i32> = any.build_query_scalar().fetch_optional(&self.$reader).with_timeout().await?;
                if found.is_none() {
                    return Ok(Vec::new());
                }
                let mut query = Self::to_claim("WITH due AS MATERIALIZED (SELECT id AS due_id", request);
                query.push(") UPDATE outbox SET claim = ").push_bind(request.claim);
                query.push(", due_at = ").push_bind($instant(request.until));
                query.push(", attempts = attempts + 1 FROM due WHERE outbox.id = due.due_id RETURNING ");
                query.push(Self::job_columns());
                let rows = query.build_query_as::<JobRow>().fetch_all(&self.$writer).with_timeout().await?;
                let mut jobs: Vec<Job> = into_all(rows)?;
                jobs.sort_by_key(|job| job.id);
                Ok(jobs)
            }

            async fn fan_out(
                &self,
                claim: Uuid,
                events: &[JobId],
                jobs: &[(JobId, NewJob)],
            ) -> Result<u64, StoreError> {
                if events.is_empty() {
                    return Ok(0);
                }
                let (events, jobs) = (events.to_vec(), jobs.to_vec());
                let work = self.in_transaction(move |connection| {
                    Box::pin(async move {
                        let mut query = QueryBuilder::<$database>::new("DELETE FROM outbox WHERE claim = ");
                        query.push_bind(claim).push(" AND id IN (");
                        let mut ids = query.separated(", ");
                        for id in &events {
                            ids.push_bind(id.0);
                        }
                        query.push(") RETURNING id");
                        let deleted = query.build_query_scalar::<Uuid>().persistent(false).fetch_all(&mut *connection);
                        let deleted: HashSet<Uuid> = deleted.await.map_err(classify)?.into_iter().collect();
                        let mine: Vec<NewJob> =
                            jobs.into_iter().filter(|(event, _)| deleted.contains(&event.0)).map(|(_, job)| job).collect();
                        Ok(Some(insert_jobs(connection, &mine).await?))
                    })
                });
                Ok(work.await?.unwrap_or_default())
            }

            async fn add(&self, jobs: &[NewJob]) -> Result<u64, StoreError> {
                let jobs = jobs.to_vec();
                let work = self.in_transaction(move |connection| {
                    Box::pin(async move { Ok(Some(insert_jobs(connection, &jobs).await?)) })
                });
                Ok(work.await?.unwrap_or_default())
            }

            async fn add_audited(&self, job: NewJob, entry: &AuditEntry) -> Result<bool, StoreError> {
                let work = self.audited(Some(entry.clone()), move |connection| {
                    Box::pin(async move { Ok(insert_jobs(connection, &[job]).await? == 1) })
                });
                work.await
            }

            async fn record(&self, results: &[JobResult], now: Timestamp) -> Result<(), StoreError> {
                if results.is_empty() {
                    return Ok(());
                }
                let results = results.to_vec();
                let work = self.in_transaction(move |connection| {
                    Box::pin(async move {
                        let done: Vec<_> = results.iter().filter(|result| result.outcome == JobOutcome::Done).collect();
                        for done in done.chunks(500) {
                            let mut query = QueryBuilder::<$database>::new(
                                "UPDATE outbox SET state = 'done', claim = NULL, last_error = NULL, done_at = ",
                            );
                            query.push_bind($instant(now)).push(" WHERE state = 'pending' AND (id, claim) IN (");
                            query.push_values(done, |mut row, result| {
                                row.push_bind(result.id.0).push_bind(result.claim);
                            });
                            query.push(")");
                            query.build().persistent(false).execute(&mut *connection).await.map_err(classify)?;
                        }
                        for result in &results {
                            let query = match &result.outcome {
                                JobOutcome::Done => continue,
                                JobOutcome::Again { due_at, error, is_attempt } => sqlx::query(
                                    "UPDATE outbox SET claim = NULL, due_at = $3, last_error = $4, attempts = attempts - $5
                                     WHERE id = $1 AND claim = $2 AND state = 'pending'",
                                )
                                .bind(result.id.0)
                                .bind(result.claim)
                                .bind($instant(*due_at))
                                .bind(outbox::short(error))
                                .bind(i32::from(!is_attempt)),
                                JobOutcome::Skipped { reason: text } | JobOutcome::Dead { error: text } => {
                                    use $crate::model::JobState;
                                    let is_dead = matches!(result.outcome, JobOutcome::Dead { .. });
                                    let state = if is_dead { JobState::Dead } else { JobState::Done };
                                    sqlx::query(
                                        "UPDATE outbox SET claim = NULL, state = $5, done_at = $3, last_error = $4
                                         WHERE id = $1 AND claim = $2 AND state = 'pending'",
                                    )
                                    .bind(result.id.0)
                                    .bind(result.claim)
                                    .bind($instant(now))
                                    .bind(outbox::short(text))
                                    .bind(state.name())
                                }
                            };
                            query.execute(&mut *connection).await.map_err(classify)?;
                        }
                        Ok(Some(()))
                    })
                });
                work.await.map(|_| ())
            }

            async fn endpoints_due(&self, now: Timestamp, limit: u32) -> Result<Vec<EndpointId>, StoreError> {
                // A look into the index for each endpoint, however many webhooks wait for it.
                let query = sqlx::query_scalar(
                    "WITH RECURSIVE waiting (id) AS (
                         SELECT (SELECT o.endpoint_id FROM outbox o WHERE o.state = 'pending' AND o.kind = 'webhook'
                                 ORDER BY o.endpoint_id LIMIT 1)
                         UNION ALL
                         SELECT (SELECT o.endpoint_id FROM outbox o
                                 WHERE o.state = 'pending' AND o.kind = 'webhook' AND o.endpoint_id > waiting.id
                                 ORDER BY o.endpoint_id LIMIT 1)
                         FROM waiting WHERE waiting.id IS NOT NULL)
                     SELECT id FROM waiting WHERE id IS NOT NULL
                       AND EXISTS (SELECT 1 FROM outbox o WHERE o.state = 'pending' AND o.kind = 'webhook'
                                   AND o.endpoint_id = waiting.id AND o.due_at <= $1)
                       AND NOT EXISTS (SELECT 1 FROM webhook_endpoints e WHERE e.id = waiting.id AND NOT e.is_enabled)
                     LIMIT $2",
                );
                let ids: Vec<Uuid> =
                    query.bind($instant(now)).bind(i64::from(limit)).fetch_all(&self.$reader).with_timeout().await?;
                Ok(ids.into_iter().map(EndpointId).collect())
            }

            async fn next_due(&self, kinds: &[JobKind]) -> Result<Option<Timestamp>, StoreError> {
                let mut first: Option<Timestamp> = None;
                for kind in kinds {
                    let column = sql::instant("due_at");
                    let select = format!(
                        "SELECT {column} FROM outbox WHERE state = 'pending' AND kind = $1 ORDER BY due_at LIMIT 1"
                    );
                    let query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(select)).bind(kind.name());
                    let due = query.fetch_optional(&self.$reader).with_timeout().await?.map(Timestamp::from_millis);
                    first = first.into_iter().chain(due).min();
                }
                Ok(first)
            }

            async fn list(&self, filter: JobFilter, page: PageRequest) -> Result<Listing<Job>, StoreError> {
                let columns = sql::select::<NewJob>("t");
                let Some(query) = outbox::list(Dialect::$database, &columns, filter, page) else {
                    return Ok(Listing::empty());
                };
                let mut query = bind("", query);
                let query = query.build_query_as::<JobRow>().persistent(false);
                let rows = into_all(query.fetch_all(&self.$reader).with_timeout().await?)?;
                Ok(Listing::of(rows, page, |job: &Job| job.id.0))
            }

            async fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
                let select = format!("SELECT {} FROM outbox WHERE id = $1", Self::job_columns());
                let query = sqlx::query_as::<_, JobRow>(AssertSqlSafe(select)).bind(id.0);
                query.fetch_optional(&self.$reader).with_timeout().await?.map(Job::try_from).transpose()
            }

            async fn job_of_key(&self, unique_key: &str) -> Result<Option<Job>, StoreError> {
                let select = format!("SELECT {} FROM outbox WHERE unique_key = $1", Self::job_columns());
                let query = sqlx::query_as::<_, JobRow>(AssertSqlSafe(select)).bind(unique_key);
                query.fetch_optional(&self.$reader).with_timeout().await?.map(Job::try_from).transpose()
            }

            async fn retry(&self, id: JobId, entry: &AuditEntry) -> Result<bool, StoreError> {
                let at = entry.at;
                let work = self.audited(Some(entry.clone()), move |connection| {
                    Box::pin(async move {
                        let query = sqlx::query(
                            "UPDATE outbox SET state = 'pending', claim = NULL, due_at = $2, attempts = 0, done_at = NULL
                             WHERE id = $1 AND state <> 'pending' AND kind <> 'event'",
                        );
                        let done = query.bind(id.0).bind($instant(at)).execute(&mut *connection).await;
                        Ok(done.map_err(classify)?.rows_affected() == 1)
                    })
                });
                work.await
            }

            async fn counts(&self) -> Result<Vec<OutboxCount>, StoreError> {
                let select = outbox::count_pending(&sql::instant("min(created_at)"));
                let pending = sqlx::query_as::<_, (String, i64, Option<i64>)>(AssertSqlSafe(select));
                let pending = pending.fetch_all(&self.$reader).with_timeout().await?;
                let dead = sqlx::query_as::<_, (String, i64)>(outbox::COUNT_DEAD);
                let dead = dead.fetch_all(&self.$reader).with_timeout().await?;
                let count = |kind: JobKind| {
                    let pending = pending.iter().find(|row| row.0 == kind.name());
                    let dead = dead.iter().find(|row| row.0 == kind.name());
                    OutboxCount {
                        kind,
                        pending: pending.map_or(0, |row| row.1.unsigned_abs()),
                        oldest: pending.and_then(|row| row.2).map(Timestamp::from_millis),
                        dead: dead.map_or(0, |row| row.1.unsigned_abs()),
                    }
                };
                Ok(JobKind::ALL.into_iter().map(count).collect())
            }

            async fn dead(&self) -> Result<u64, StoreError> {
                let count = sqlx::query_scalar::<_, i64>(
                    "SELECT count(*) FROM outbox WHERE state = 'dead' AND kind <> 'event'",
                );
                Ok(count.fetch_one(&self.$reader).with_timeout().await?.unsigned_abs())
            }

            async fn explain(&self, query: OutboxQuery) -> Result<Vec<String>, StoreError> {
                let mut query = match query {
                    OutboxQuery::Claim(request) => Self::to_claim(concat!($explain, "SELECT id"), request),
                    OutboxQuery::List(filter, page) => {
                        let columns = sql::select::<NewJob>("t");
                        match outbox::list(Dialect::$database, &columns, filter, page) {
                            Some(query) => bind($explain, query),
                            None => return Ok(Vec::new()),
                        }
                    }
                    OutboxQuery::CountPending => {
                        let select = outbox::count_pending(&sql::instant("min(created_at)"));
                        QueryBuilder::new(format!(concat!($explain, "{}"), select))
                    }
                    OutboxQuery::CountDead => QueryBuilder::new(format!(concat!($explain, "{}"), outbox::COUNT_DEAD)),
                    OutboxQuery::Purge { before, most } => Self::to_purge(concat!($explain, "SELECT id"), before, most),
                };
                let rows = query.build().persistent(false).fetch_all(&self.$reader).with_timeout().await?;
                Ok(rows.iter().filter_map(|row| row.try_get($line).ok()).collect())
            }
        }

        pub(super) async fn insert_jobs(connection: &mut $connection, jobs: &[NewJob]) -> Result<u64, StoreError> {
            let mut added = 0;
            // A database has a limit of parameters: 17 for each row.
            for jobs in jobs.chunks(200) {
                let mut query = QueryBuilder::<$database>::new(
                    "INSERT INTO outbox (id, kind, topic, order_id, refund_id, product_id, operator_id, version, endpoint_id, unique_key,
                         body, state, due_at, attempts, created_at) ",
                );
                query.push_values(jobs, |mut row, job| {
                    let NewJob { id, kind, topic, subject, endpoint, unique_key, body, due_at, created_at } = job;
                    row.push_bind(id.0).push_bind(kind.name()).push_bind(topic.name());
                    row.push_bind(subject.order.map(|id| id.0)).push_bind(subject.refund.map(|id| id.0));
                    row.push_bind(subject.product.map(|id| id.0)).push_bind(subject.operator);
                    row.push_bind(i64::try_from(subject.version).unwrap_or(i64::MAX)).push_bind(endpoint.map(|id| id.0));
                    row.push_bind(unique_key.as_deref()).push_bind(body.as_deref()).push("'pending'");
                    row.push_bind($instant(*due_at)).push("0").push_bind($instant(*created_at));
                });
                query.push(" ON CONFLICT (unique_key) DO NOTHING");
                let done = query.build().persistent(false).execute(&mut *connection).await.map_err(classify)?;
                added += done.rows_affected();
            }
            Ok(added)
        }
    };
}
pub(super) use impl_outbox;
