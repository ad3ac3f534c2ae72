//! The statements on the API's clients. Both databases understand them, so each is written once; only the drivers' types
//! differ.

/// Implements [`super::Clients`] for a store. `$instant` converts a timestamp to the driver's type, and `insert` is in
/// scope: it inserts one row and returns the number of rows inserted.
macro_rules! impl_clients {
    ($store:ty, $reader:ident, $instant:expr) => {
        #[async_trait]
        impl Clients for $store {
            async fn add(&self, client: &ApiClient, entry: &AuditEntry) -> Result<(), StoreError> {
                let client = client.clone();
                self.audited(Some(entry.clone()), move |connection| {
                    Box::pin(async move { Ok(insert(connection, &client, "").await? == 1) })
                })
                .await
                .map(drop)
            }

            async fn find(&self, id: Uuid) -> Result<Option<ApiClient>, StoreError> {
                static SELECT: LazyLock<String> = LazyLock::new(|| {
                    format!("SELECT {} FROM api_clients c WHERE c.id = $1", sql::select::<ApiClient>("c"))
                });
                let query = sqlx::query_as::<_, ClientRow>(AssertSqlSafe(SELECT.as_str())).bind(id);
                Ok(query.fetch_optional(&self.$reader).with_timeout().await?.map(ApiClient::from))
            }

            async fn all(&self) -> Result<Vec<ApiClient>, StoreError> {
                static SELECT: LazyLock<String> = LazyLock::new(|| {
                    format!("SELECT {} FROM api_clients c ORDER BY c.id", sql::select::<ApiClient>("c"))
                });
                let query = sqlx::query_as::<_, ClientRow>(AssertSqlSafe(SELECT.as_str()));
                Ok(query.fetch_all(&self.$reader).with_timeout().await?.into_iter().map(ApiClient::from).collect())
            }

            async fn set_secret(&self, id: Uuid, secret_hash: &str, entry: &AuditEntry) -> Result<bool, StoreError> {
                let hash = secret_hash.to_owned();
                self.audited(Some(entry.clone()), move |connection| {
                    Box::pin(async move {
                        let sql = "UPDATE api_clients SET secret_hash = $2 WHERE id = $1 AND revoked_at IS NULL";
                        let done = sqlx::query(sql).bind(id).bind(hash).execute(connection).await;
                        Ok(done.map_err(classify)?.rows_affected() == 1)
                    })
                })
                .await
            }

            async fn revoke(&self, id: Uuid, at: Timestamp, entry: &AuditEntry) -> Result<bool, StoreError> {
                self.audited(Some(entry.clone()), move |connection| {
                    Box::pin(async move {
                        let sql = "UPDATE api_clients SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
                        let done = sqlx::query(sql).bind(id).bind($instant(at)).execute(connection).await;
                        Ok(done.map_err(classify)?.rows_affected() == 1)
                    })
                })
                .await
            }
        }
    };
}
pub(super) use impl_clients;
