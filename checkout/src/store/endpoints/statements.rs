//! The statements of endpoints. Both databases understand them.

/// Implements [`Endpoints`](super::Endpoints) for a store. `$instant` converts a timestamp to the driver's type. `insert` and
/// `insert_jobs` are in scope: they insert rows and return the number of rows inserted.
macro_rules! impl_endpoints {
    ($store:ty, $database:ident, $connection:ty, $reader:ident, $instant:expr) => {
        #[async_trait]
        impl Endpoints for $store {
            async fn change(
                &self,
                change: &EndpointChange,
                entry: &AuditEntry,
                key: Option<&ClientKey>,
            ) -> Result<EndpointOutcome, StoreError> {
                if let Some(known) = self.endpoint_of_key(key).await? {
                    return Ok(known);
                }
                let record = key.map(|key| key.record(Reply::Endpoint(change.id().0)));
                let change = change.clone();
                let done = self.audited_once(entry, record, move |connection| {
                    Box::pin(async move { make(connection, change).await })
                });
                if done.await? {
                    return Ok(EndpointOutcome::Changed);
                }
                // Another request with the same key may have been first.
                Ok(self.endpoint_of_key(key).await?.unwrap_or(EndpointOutcome::Unchanged))
            }

            async fn find(&self, id: EndpointId) -> Result<Option<Endpoint>, StoreError> {
                let columns = sql::select::<Endpoint>("e");
                let select = format!("SELECT {columns} FROM webhook_endpoints e WHERE e.id = $1");
                let query = sqlx::query_as::<_, EndpointRow>(AssertSqlSafe(select)).bind(id.0);
                query.fetch_optional(&self.$reader).with_timeout().await?.map(Endpoint::try_from).transpose()
            }

            async fn all(&self) -> Result<Vec<Endpoint>, StoreError> {
                let columns = sql::select::<Endpoint>("e");
                let select = format!("SELECT {columns} FROM webhook_endpoints e ORDER BY e.id");
                let query = sqlx::query_as::<_, EndpointRow>(AssertSqlSafe(select));
                into_all(query.fetch_all(&self.$reader).with_timeout().await?)
            }

            async fn record(&self, records: &[DeliveryRecord]) -> Result<Vec<EndpointId>, StoreError> {
                if records.is_empty() {
                    return Ok(Vec::new());
                }
                let records = records.to_vec();
                let work = self.in_transaction(move |connection| {
                    Box::pin(async move { record_deliveries(connection, records).await.map(Some) })
                });
                Ok(work.await?.unwrap_or_default())
            }

            async fn deliveries(
                &self,
                filter: DeliveryFilter,
                page: PageRequest,
            ) -> Result<Listing<Delivery>, StoreError> {
                let columns = sql::select::<Delivery>("t");
                let Some(query) = endpoints::list(Dialect::$database, &columns, filter, page) else {
                    return Ok(Listing::empty());
                };
                let mut query = bind("", query);
                let query = query.build_query_as::<DeliveryRow>().persistent(false);
                let rows = into_all(query.fetch_all(&self.$reader).with_timeout().await?)?;
                Ok(Listing::of(rows, page, |delivery: &Delivery| delivery.id.0))
            }

            async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
                let columns = sql::select::<Delivery>("d");
                let select = format!("SELECT {columns} FROM webhook_deliveries d WHERE d.id = $1");
                let query = sqlx::query_as::<_, DeliveryRow>(AssertSqlSafe(select)).bind(id.0);
                query.fetch_optional(&self.$reader).with_timeout().await?.map(Delivery::try_from).transpose()
            }
        }

        impl $store {
            /// Returns the outcome of the request with this key, if there was one.
            async fn endpoint_of_key(&self, key: Option<&ClientKey>) -> Result<Option<EndpointOutcome>, StoreError> {
                let Some(key) = key else { return Ok(None) };
                Ok(self.record_of_key(key).await?.map(|record| match record.reply {
                    Reply::Endpoint(id) if key.is_of(&record.idempotency) => EndpointOutcome::Replayed(id.into()),
                    _ => EndpointOutcome::KeyReused,
                }))
            }
        }

        /// Makes the change. Returns whether a row was changed.
        async fn make(connection: &mut $connection, change: EndpointChange) -> Result<bool, StoreError> {
            let done = match change {
                EndpointChange::Add(endpoint) => {
                    let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM webhook_endpoints");
                    let count = count.fetch_one(&mut *connection).await.map_err(classify)?;
                    return Ok(count < i64::from(MAX_ENDPOINTS) && insert(connection, &endpoint, "").await? == 1);
                }
                EndpointChange::Redeliver(_, job) => return Ok(insert_jobs(connection, &[*job]).await? == 1),
                EndpointChange::Edit { id, seen, url, events, description } => {
                    // The failures of another address say nothing about this one.
                    let sql =
                        "UPDATE webhook_endpoints SET url = $3, events = $4, description = $5, version = version + 1,
                                   failing_since = CASE WHEN url = $3 THEN failing_since END
                               WHERE id = $1 AND version = $2";
                    let query = sqlx::query(sql).bind(id.0).bind(i64::try_from(seen).unwrap_or(i64::MAX));
                    query.bind(url).bind(endpoints::topic_names(&events)).bind(description).execute(connection).await
                }
                EndpointChange::Enable(id) => {
                    let sql =
                        "UPDATE webhook_endpoints SET is_enabled = $2, disabled_reason = NULL, failing_since = NULL,
                                   version = version + 1 WHERE id = $1 AND NOT is_enabled";
                    sqlx::query(sql).bind(id.0).bind(true).execute(connection).await
                }
                EndpointChange::Disable(id) => switch_off(id, DisabledReason::Operator, None).execute(connection).await,
                EndpointChange::Rotate { id, secret, previous_until } => {
                    let sql = "UPDATE webhook_endpoints SET previous_secret = secret, previous_until = $3, secret = $2,
                                   version = version + 1 WHERE id = $1";
                    let query = sqlx::query(sql).bind(id.0).bind(secret.reveal().to_owned());
                    query.bind($instant(previous_until)).execute(connection).await
                }
                EndpointChange::Remove(id) => {
                    sqlx::query("DELETE FROM webhook_endpoints WHERE id = $1").bind(id.0).execute(connection).await
                }
            };
            Ok(done.map_err(classify)?.rows_affected() == 1)
        }

        /// Switches an endpoint off that is on; where `since` is given, only if it has failed since then or longer.
        fn switch_off(
            id: EndpointId,
            reason: DisabledReason,
            since: Option<Timestamp>,
        ) -> Query<'static, $database, <$database as sqlx::Database>::Arguments> {
            let sql = "UPDATE webhook_endpoints SET is_enabled = $2, disabled_reason = $3, version = version + 1
                       WHERE id = $1 AND is_enabled AND ($4 OR failing_since <= $5)";
            let query = sqlx::query(sql).bind(id.0).bind(false).bind(reason.name());
            query.bind(since.is_none()).bind($instant(since.unwrap_or_default()))
        }

        /// Records attempts. Returns the endpoints that were switched off.
        pub(super) async fn record_deliveries(
            connection: &mut $connection,
            records: Vec<DeliveryRecord>,
        ) -> Result<Vec<EndpointId>, StoreError> {
            // A database has a limit of parameters: 11 for each row.
            for records in records.chunks(200) {
                let mut query = QueryBuilder::<$database>::new(
                    "INSERT INTO webhook_deliveries (id, job_id, endpoint_id, topic, order_id, attempt, started_at,
                         duration_ms, status, response, error) ",
                );
                query.push_values(records, |mut row, DeliveryRecord { delivery, .. }| {
                    row.push_bind(delivery.id.0).push_bind(delivery.job.map(|id| id.0));
                    row.push_bind(delivery.endpoint.0).push_bind(delivery.topic_name());
                    row.push_bind(delivery.order.map(|id| id.0)).push_bind(i64::from(delivery.attempt));
                    row.push_bind($instant(delivery.started_at)).push_bind(i64::from(delivery.duration_ms));
                    row.push_bind(delivery.status.map(i64::from)).push_bind(delivery.response.as_deref());
                    row.push_bind(delivery.failure.map(DeliveryFailure::name));
                });
                query.build().persistent(false).execute(&mut *connection).await.map_err(classify)?;
            }
            // In the order of the ids, so that two nodes do not wait for each other.
            let mut by_endpoint: BTreeMap<EndpointId, Vec<DeliveryRecord>> = BTreeMap::new();
            for record in records.into_iter().filter(|record| record.delivery.job.is_some()) {
                by_endpoint.entry(record.delivery.endpoint).or_default().push(record);
            }
            let mut off = Vec::new();
            for (id, records) in by_endpoint {
                note_health(connection, id, &records).await?;
                for SwitchOff { reason, if_failing_since, entry, event } in
                    records.into_iter().filter_map(|record| record.switch_off)
                {
                    let done = switch_off(id, reason, if_failing_since).execute(&mut *connection).await;
                    if done.map_err(classify)?.rows_affected() == 1 {
                        insert(connection, &entry, "").await?;
                        insert_jobs(connection, &[event]).await?;
                        off.push(id);
                    }
                }
            }
            Ok(off)
        }

        /// Ends an endpoint's failure if one of the attempts succeeded, and otherwise begins it unless it has begun. The row of an
        /// endpoint that works, or fails for longer, is not written.
        async fn note_health(
            connection: &mut $connection,
            id: EndpointId,
            records: &[DeliveryRecord],
        ) -> Result<(), StoreError> {
            let begun = records.iter().map(|record| record.delivery.started_at).min().unwrap_or_default();
            let done = if records.iter().any(|record| record.delivery.failure.is_none()) {
                let sql =
                    "UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL";
                sqlx::query(sql).bind(id.0).execute(connection).await
            } else {
                let sql = "UPDATE webhook_endpoints SET failing_since = $2
                           WHERE id = $1 AND failing_since IS NULL AND is_enabled";
                sqlx::query(sql).bind(id.0).bind($instant(begun)).execute(connection).await
            };
            done.map_err(classify).map(|_| ())
        }
    };
}
pub(in crate::store) use impl_endpoints;
