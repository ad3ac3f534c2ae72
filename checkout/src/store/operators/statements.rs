//! The statements that change operators. Both databases understand them, so each is written once; only the drivers' types
//! differ.

/// Number of active administrators besides the operator `$1`.
pub(in crate::store) const OTHER_ADMINS: &str =
    "(SELECT count(*) FROM operators WHERE role = 'admin' AND disabled_at IS NULL AND id <> $1)";

/// Defines `apply`, which makes one change of [`super::OperatorChange`] on a connection, and returns whether it was made.
/// `$instant` converts a timestamp to the driver's type, and `insert` is in scope: it inserts one row and returns the number
/// of rows inserted.
macro_rules! apply_operator_change {
    ($connection:ty, $instant:expr) => {
        /// Deletes rows of an operator, however many there are.
        async fn delete_all(
            connection: &mut $connection,
            statement: &'static str,
            id: OperatorId,
        ) -> Result<(), StoreError> {
            sqlx::query(statement).bind(id.0).execute(connection).await.map_err(classify)?;
            Ok(())
        }

        /// Replaces the recovery codes of an operator.
        async fn replace_recovery_codes(
            connection: &mut $connection,
            id: OperatorId,
            hashes: &[$crate::store::operators::Hidden<TokenHash>],
        ) -> Result<(), StoreError> {
            delete_all(connection, "DELETE FROM operator_recovery_codes WHERE operator_id = $1", id).await?;
            for hash in hashes {
                insert(connection, &RecoveryCode { operator_id: id.0, code_hash: hash.0 }, "").await?;
            }
            Ok(())
        }

        /// Puts a link in the place of its operator's others. Returns whether it was added.
        async fn replace_links(connection: &mut $connection, link: &OneTimeLink) -> Result<bool, StoreError> {
            delete_all(connection, "DELETE FROM operator_links WHERE operator_id = $1", link.operator_id).await?;
            Ok(insert(connection, link, "").await? == 1)
        }

        /// Adds a job, unless there is one with its key.
        async fn add_job(connection: &mut $connection, job: &$crate::model::NewJob) -> Result<(), StoreError> {
            super::outbox::insert_jobs(connection, std::slice::from_ref(job)).await?;
            Ok(())
        }

        async fn apply(connection: &mut $connection, change: &OperatorChange) -> Result<bool, StoreError> {
            use $crate::store::operators::{Role, statements::OTHER_ADMINS};
            static SET_ROLE: LazyLock<String> = LazyLock::new(|| {
                format!(
                    "UPDATE operators SET role = $2
                     WHERE id = $1 AND role = $3 AND (role <> 'admin' OR disabled_at IS NOT NULL OR {OTHER_ADMINS} > 0)"
                )
            });
            static DISABLE: LazyLock<String> = LazyLock::new(|| {
                format!(
                    "UPDATE operators SET disabled_at = $2
                     WHERE id = $1 AND disabled_at IS NULL AND (role <> 'admin' OR {OTHER_ADMINS} > 0)"
                )
            });
            // Whether the change is refused when it finds no row.
            let mut is_guarded = true;
            let query = match change {
                OperatorChange::Add(operator) => {
                    return Ok(insert(connection, operator, " ON CONFLICT (email) DO NOTHING").await? == 1);
                }
                OperatorChange::SetRole { id, expected, role } => {
                    let name = |role: Role| role.name();
                    sqlx::query(AssertSqlSafe(SET_ROLE.as_str())).bind(id.0).bind(name(*role)).bind(name(*expected))
                }
                OperatorChange::Disable { id, at } => {
                    sqlx::query(AssertSqlSafe(DISABLE.as_str())).bind(id.0).bind($instant(*at))
                }
                OperatorChange::Enable(id) => {
                    sqlx::query("UPDATE operators SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL").bind(id.0)
                }
                OperatorChange::SetPassword { id, hash } => {
                    sqlx::query("UPDATE operators SET password_hash = $2 WHERE id = $1").bind(id.0).bind(hash.0.as_str())
                }
                OperatorChange::SetTotp { id, totp } => {
                    let (secret, step) = totp.as_ref().map(|(secret, step)| (secret.0.as_slice(), *step)).unzip();
                    sqlx::query("UPDATE operators SET totp_secret = $2, totp_last_step = $3 WHERE id = $1")
                        .bind(id.0)
                        .bind(secret)
                        .bind(step)
                }
                OperatorChange::UseTotpStep { id, step } => sqlx::query(
                    "UPDATE operators SET totp_last_step = $2
                     WHERE id = $1 AND totp_secret IS NOT NULL AND (totp_last_step IS NULL OR totp_last_step < $2)",
                )
                .bind(id.0)
                .bind(*step),
                OperatorChange::ReplaceRecoveryCodes { id, hashes } => {
                    return replace_recovery_codes(connection, *id, hashes).await.map(|()| true);
                }
                OperatorChange::UseRecoveryCode { id, hash, at } => sqlx::query(
                    "UPDATE operator_recovery_codes SET used_at = $3
                     WHERE operator_id = $1 AND code_hash = $2 AND used_at IS NULL",
                )
                .bind(id.0)
                .bind(hash.0.as_slice())
                .bind($instant(*at)),
                OperatorChange::AddLink(link) => return replace_links(connection, link).await,
                OperatorChange::AddFurtherLink(link) => return Ok(insert(connection, link, "").await? == 1),
                OperatorChange::EndOtherLinks { operator, except } => {
                    is_guarded = false;
                    sqlx::query("DELETE FROM operator_links WHERE operator_id = $1 AND token_hash <> $2")
                        .bind(operator.0)
                        .bind(except.0.as_slice())
                }
                OperatorChange::AddJob(job) => return add_job(connection, job).await.map(|()| true),
                OperatorChange::UseLink { token_hash, at } => sqlx::query(
                    "UPDATE operator_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND ends_at > $2",
                )
                .bind(token_hash.0.as_slice())
                .bind($instant(*at)),
                OperatorChange::AddSession(session) => return Ok(insert(connection, session, "").await? == 1),
                OperatorChange::RenewSession { expected, session } => sqlx::query(
                    "UPDATE operator_sessions SET token_hash = $3, complete = $4, last_seen_at = $5, password_at = $6,
                         ends_at = $7
                     WHERE id = $1 AND token_hash = $2",
                )
                .bind(session.id)
                .bind(expected.0.as_slice())
                .bind(session.token_hash.0.as_slice())
                .bind(session.complete)
                .bind($instant(session.last_seen_at))
                .bind($instant(session.password_at))
                .bind($instant(session.ends_at)),
                OperatorChange::EndSession { operator, id } => {
                    sqlx::query("DELETE FROM operator_sessions WHERE operator_id = $1 AND id = $2").bind(operator.0).bind(*id)
                }
                OperatorChange::EndSessions { operator, except } => {
                    is_guarded = false;
                    // The nil UUID is the id of no session.
                    sqlx::query("DELETE FROM operator_sessions WHERE operator_id = $1 AND id <> $2")
                        .bind(operator.0)
                        .bind(except.unwrap_or_default())
                }
            };
            let done = query.execute(&mut *connection).await.map_err(classify)?;
            Ok(!is_guarded || done.rows_affected() == 1)
        }
    };
}
pub(in crate::store) use apply_operator_change;

/// Implements [`super::Operators`] for a store. `$reader` and `$writer` are its pools, and `$instant` converts a timestamp to
/// the driver's type. In scope are `sql`, `QueryExt::with_timeout`, `insert`, `apply` and the store's method `audited`.
macro_rules! impl_operators {
    ($store:ty, $reader:ident, $writer:ident, $instant:expr) => {
        #[async_trait]
        impl Operators for $store {
            async fn change(
                &self,
                changes: Vec<OperatorChange>,
                entry: Option<AuditEntry>,
            ) -> Result<bool, StoreError> {
                self.audited(entry, |connection| {
                    Box::pin(async move {
                        for change in &changes {
                            if !apply(connection, change).await? {
                                return Ok(false);
                            }
                        }
                        Ok(true)
                    })
                })
                .await
            }

            async fn all(&self) -> Result<Vec<Operator>, StoreError> {
                static SELECT: LazyLock<String> =
                    LazyLock::new(|| format!("SELECT {} FROM operators o ORDER BY o.id", sql::select::<Operator>("o")));
                let query = sqlx::query_as::<_, OperatorRow>(AssertSqlSafe(SELECT.as_str()));
                into_all(query.fetch_all(&self.$reader).with_timeout().await?)
            }

            async fn find(&self, id: OperatorId) -> Result<Option<Operator>, StoreError> {
                static SELECT: LazyLock<String> = LazyLock::new(|| {
                    format!("SELECT {} FROM operators o WHERE o.id = $1", sql::select::<Operator>("o"))
                });
                let query = sqlx::query_as::<_, OperatorRow>(AssertSqlSafe(SELECT.as_str())).bind(id.0);
                query.fetch_optional(&self.$reader).with_timeout().await?.map(Operator::try_from).transpose()
            }

            async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<Operator>, StoreError> {
                static SELECT: LazyLock<String> = LazyLock::new(|| {
                    format!("SELECT {} FROM operators o WHERE o.email = $1", sql::select::<Operator>("o"))
                });
                let query = sqlx::query_as::<_, OperatorRow>(AssertSqlSafe(SELECT.as_str())).bind(email.as_str());
                query.fetch_optional(&self.$reader).with_timeout().await?.map(Operator::try_from).transpose()
            }

            async fn recovery_codes_left(&self, id: OperatorId) -> Result<u32, StoreError> {
                let sql = "SELECT count(*) FROM operator_recovery_codes WHERE operator_id = $1 AND used_at IS NULL";
                let left: i64 = sqlx::query_scalar(sql).bind(id.0).fetch_one(&self.$reader).with_timeout().await?;
                Ok(u32::try_from(left).unwrap_or(u32::MAX))
            }

            async fn link(&self, token_hash: &TokenHash) -> Result<Option<OneTimeLink>, StoreError> {
                static SELECT: LazyLock<String> = LazyLock::new(|| {
                    format!("SELECT {} FROM operator_links l WHERE l.token_hash = $1", sql::select::<OneTimeLink>("l"))
                });
                let query =
                    sqlx::query_as::<_, OneTimeLinkRow>(AssertSqlSafe(SELECT.as_str())).bind(token_hash.as_slice());
                query.fetch_optional(&self.$reader).with_timeout().await?.map(OneTimeLink::try_from).transpose()
            }

            async fn session(
                &self,
                token_hash: &TokenHash,
                now: Timestamp,
                idle_since: Timestamp,
            ) -> Result<Option<OperatorSession>, StoreError> {
                static SELECT: LazyLock<String> = LazyLock::new(|| {
                    let columns = sql::select::<OperatorSession>("s");
                    format!(
                        "SELECT {columns} FROM operator_sessions s
                         WHERE s.token_hash = $1 AND s.ends_at > $2 AND s.last_seen_at > $3"
                    )
                });
                let query = sqlx::query_as::<_, OperatorSessionRow>(AssertSqlSafe(SELECT.as_str()));
                let query = query.bind(token_hash.as_slice()).bind($instant(now)).bind($instant(idle_since));
                query.fetch_optional(&self.$reader).with_timeout().await?.map(OperatorSession::try_from).transpose()
            }

            async fn sessions(
                &self,
                operator: OperatorId,
                now: Timestamp,
                idle_since: Timestamp,
            ) -> Result<Vec<OperatorSession>, StoreError> {
                static SELECT: LazyLock<String> = LazyLock::new(|| {
                    let columns = sql::select::<OperatorSession>("s");
                    format!(
                        "SELECT {columns} FROM operator_sessions s
                         WHERE s.operator_id = $1 AND s.ends_at > $2 AND s.last_seen_at > $3
                         ORDER BY s.last_seen_at DESC, s.id DESC LIMIT 100"
                    )
                });
                let query = sqlx::query_as::<_, OperatorSessionRow>(AssertSqlSafe(SELECT.as_str()));
                let query = query.bind(operator.0).bind($instant(now)).bind($instant(idle_since));
                into_all(query.fetch_all(&self.$reader).with_timeout().await?)
            }

            async fn touch_session(&self, id: Uuid, now: Timestamp, unless_since: Timestamp) -> Result<(), StoreError> {
                let sql = "UPDATE operator_sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at <= $3";
                let query = sqlx::query(sql).bind(id).bind($instant(now)).bind($instant(unless_since));
                query.execute(&self.$writer).with_timeout().await?;
                Ok(())
            }

            async fn confirm_password(&self, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
                let sql = "UPDATE operator_sessions SET password_at = $2 WHERE id = $1";
                sqlx::query(sql).bind(id).bind($instant(now)).execute(&self.$writer).with_timeout().await?;
                Ok(())
            }

            async fn failures(&self, email_hash: &TokenHash) -> Result<Option<SignInFailures>, StoreError> {
                static SELECT: LazyLock<String> = LazyLock::new(|| {
                    let columns = sql::select::<StoredFailures<'_>>("f");
                    format!("SELECT {columns} FROM operator_sign_in_failures f WHERE f.email_hash = $1")
                });
                let query =
                    sqlx::query_as::<_, FailuresRow>(AssertSqlSafe(SELECT.as_str())).bind(email_hash.as_slice());
                Ok(query.fetch_optional(&self.$reader).with_timeout().await?.map(SignInFailures::from))
            }

            async fn set_failures(
                &self,
                email_hash: &TokenHash,
                expected: Option<u32>,
                failures: Option<SignInFailures>,
            ) -> Result<bool, StoreError> {
                let query = match (expected, failures) {
                    (None, None) => return Ok(true),
                    (None, Some(new)) => sqlx::query(
                        "INSERT INTO operator_sign_in_failures (email_hash, failures, next_at) VALUES ($1, $2, $3)
                         ON CONFLICT (email_hash) DO NOTHING",
                    )
                    .bind(email_hash.as_slice())
                    .bind(i64::from(new.failures))
                    .bind($instant(new.next_at)),
                    (Some(expected), Some(new)) => sqlx::query(
                        "UPDATE operator_sign_in_failures SET failures = $2, next_at = $3
                         WHERE email_hash = $1 AND failures = $4",
                    )
                    .bind(email_hash.as_slice())
                    .bind(i64::from(new.failures))
                    .bind($instant(new.next_at))
                    .bind(i64::from(expected)),
                    (Some(expected), None) => {
                        sqlx::query("DELETE FROM operator_sign_in_failures WHERE email_hash = $1 AND failures = $2")
                            .bind(email_hash.as_slice())
                            .bind(i64::from(expected))
                    }
                };
                Ok(query.execute(&self.$writer).with_timeout().await?.rows_affected() == 1)
            }

            async fn purge(
                &self,
                now: Timestamp,
                idle_since: Timestamp,
                forget_before: Timestamp,
            ) -> Result<u64, StoreError> {
                let sessions = sqlx::query("DELETE FROM operator_sessions WHERE ends_at <= $1 OR last_seen_at <= $2")
                    .bind($instant(now))
                    .bind($instant(idle_since));
                let links = sqlx::query("DELETE FROM operator_links WHERE ends_at <= $1").bind($instant(forget_before));
                let failures = sqlx::query("DELETE FROM operator_sign_in_failures WHERE next_at <= $1")
                    .bind($instant(forget_before));
                let mut deleted = 0;
                for query in [sessions, links, failures] {
                    deleted += query.execute(&self.$writer).with_timeout().await?.rows_affected();
                }
                Ok(deleted)
            }
        }
    };
}
pub(in crate::store) use impl_operators;
