//! The statements of the outbox. Both databases understand them.

/// Implements [`Outbox`](super::Outbox) for a store. `$instant` converts a timestamp to the driver's type, and `$lock` ends the
/// selection of rows that a transaction takes. The method `$background` makes the transactions of workers. `insert_jobs`, `record_results` and `record_deliveries` are in scope: they write
/// within a transaction.
macro_rules! impl_outbox {
    ($store:ty, $database:ident, $connection:ty, $reader:ident, $writer:ident, $instant:expr,
     background: $background:ident, lock: $lock:literal, explain: $explain:literal, line: $line:literal) => {
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
                query.push(" AND due_at <= ").push_bind($instant(request.now)).push(" AND ").push(outbox::IS_KNOWN.as_str());
                query
            }

            /// Returns the statement that looks for rows to claim.
            fn to_claim(head: &str, request: ClaimRequest) -> QueryBuilder<$database> {
                let mut query = Self::due(QueryBuilder::new(head), request);
                query.push(" ORDER BY due_at LIMIT ").push_bind(i64::from(request.limit)).push($lock);
                query
            }

            /// Returns the statement that looks for jobs to purge, which have ended in this state.
            fn to_purge(head: &str, state: JobState, before: Timestamp, most: u32) -> QueryBuilder<$database> {
                let mut query = QueryBuilder::new(head);
                query.push(" FROM outbox WHERE state = ").push(outbox::ended(state));
                query.push(" AND done_at < ").push_bind($instant(before));
                query.push(" ORDER BY done_at LIMIT ").push_bind(i64::from(most)).push($lock);
                query
            }

            /// Deletes up to `most` jobs that ended in this state before `before`.
            pub(super) async fn purge_jobs(
                &self,
                state: JobState,
                before: Timestamp,
                most: u32,
            ) -> Result<u64, StoreError> {
                let mut any = QueryBuilder::<$database>::new("SELECT 1 FROM outbox WHERE state = ");
                any.push(outbox::ended(state)).push(" AND done_at < ").push_bind($instant(before)).push(" LIMIT 1");
                let found: Option<i32> = any.build_query_scalar().fetch_optional(&self.$reader).with_timeout().await?;
                if found.is_none() {
                    return Ok(0);
                }
                let mut query = Self::to_purge("DELETE FROM outbox WHERE id IN (SELECT id", state, before, most);
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
                let work = self.$background(move |connection| {
                    Box::pin(async move {
                        let rows = query.build_query_as::<JobRow>().fetch_all(connection).await.map_err(classify)?;
                        into_all(rows).map(Some)
                    })
                });
                let mut jobs: Vec<Job> = work.await?.unwrap_or_default();
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
                let work = self.$background(move |connection| {
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
                let work = self.$background(move |connection| {
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

            async fn record_attempts(
                &self,
                results: &[JobResult],
                deliveries: &[DeliveryRecord],
                now: Timestamp,
            ) -> Result<Vec<EndpointId>, StoreError> {
                if results.is_empty() && deliveries.is_empty() {
                    return Ok(Vec::new());
                }
                let (results, deliveries) = (results.to_vec(), deliveries.to_vec());
                let work = self.$background(move |connection| {
                    Box::pin(async move {
                        record_results(connection, &results, now).await?;
                        record_deliveries(connection, deliveries).await.map(Some)
                    })
                });
                Ok(work.await?.unwrap_or_default())
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
                let columns = Self::job_columns();
                let select = format!("SELECT {columns} FROM outbox WHERE id = $1 AND {}", outbox::IS_KNOWN.as_str());
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
                    OutboxQuery::Purge { state, before, most } => {
                        Self::to_purge(concat!($explain, "SELECT id"), state, before, most)
                    }
                };
                let rows = query.build().persistent(false).fetch_all(&self.$reader).with_timeout().await?;
                Ok(rows.iter().filter_map(|row| row.try_get($line).ok()).collect())
            }
        }
    };
}
pub(in crate::store) use impl_outbox;
