//! The writes of the outbox within a transaction. Both databases understand the statements.

/// Defines `insert_jobs` and `record_results` for a database. `$instant` converts a timestamp to the driver's type.
macro_rules! outbox_writes {
    ($database:ident, $connection:ty, $instant:expr) => {
        /// Adds jobs. Those whose unique keys exist are left out. Returns the number of jobs added.
        pub(super) async fn insert_jobs(connection: &mut $connection, jobs: &[NewJob]) -> Result<u64, StoreError> {
            let mut added = 0;
            // A database has a limit of parameters: 13 for each row.
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

        /// Records the results whose claims have not ended.
        async fn record_results(
            connection: &mut $connection,
            results: &[JobResult],
            now: Timestamp,
        ) -> Result<(), StoreError> {
            let done: Vec<_> = results.iter().filter(|result| result.outcome == JobOutcome::Done).collect();
            // A database has a limit of parameters: 2 for each row.
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
            for result in results {
                record_other(connection, result, now).await?;
            }
            Ok(())
        }

        /// Records a result other than [`JobOutcome::Done`].
        async fn record_other(
            connection: &mut $connection,
            result: &JobResult,
            now: Timestamp,
        ) -> Result<(), StoreError> {
            let query = match &result.outcome {
                JobOutcome::Done => return Ok(()),
                JobOutcome::Again { due_at, error, is_attempt } => sqlx::query(
                    "UPDATE outbox SET claim = NULL, due_at = $3, last_error = $4, attempts = attempts - $5
                     WHERE id = $1 AND claim = $2 AND state = 'pending'",
                )
                .bind(result.id.0)
                .bind(result.claim)
                .bind($instant(*due_at))
                .bind(outbox::short(error))
                .bind(i32::from(!is_attempt)),
                JobOutcome::Unbegun => sqlx::query(
                    "UPDATE outbox SET claim = NULL, due_at = $3, attempts = attempts - 1
                     WHERE id = $1 AND claim = $2 AND state = 'pending'",
                )
                .bind(result.id.0)
                .bind(result.claim)
                .bind($instant(now)),
                JobOutcome::Skipped { reason: text } | JobOutcome::Dead { error: text } => {
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
            query.execute(connection).await.map_err(classify).map(|_| ())
        }
    };
}
pub(in crate::store) use outbox_writes;
