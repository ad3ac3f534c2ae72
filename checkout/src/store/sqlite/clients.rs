//! The API's clients.

use super::{SqliteStore, classify, insert, sql};
use crate::{
    error::StoreError,
    model::{AuditEntry, Timestamp},
    store::{ApiClient, Clients, rows::ClientRow},
};
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use std::sync::LazyLock;
use uuid::Uuid;

#[async_trait]
impl Clients for SqliteStore {
    async fn add(&self, client: &ApiClient, entry: &AuditEntry) -> Result<(), StoreError> {
        let client = client.clone();
        self.audited(Some(entry.clone()), move |connection| {
            Box::pin(async move { Ok(insert(connection, &client, "").await? == 1) })
        })
        .await
        .map(drop)
    }

    async fn find(&self, id: Uuid) -> Result<Option<ApiClient>, StoreError> {
        static SELECT: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM api_clients c WHERE c.id = ?1", sql::select::<ApiClient>("c")));
        let query = sqlx::query_as::<_, ClientRow>(AssertSqlSafe(SELECT.as_str())).bind(id);
        Ok(query.fetch_optional(&self.readers).await.map_err(classify)?.map(ApiClient::from))
    }

    async fn all(&self) -> Result<Vec<ApiClient>, StoreError> {
        static SELECT: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM api_clients c ORDER BY c.id", sql::select::<ApiClient>("c")));
        let rows = sqlx::query_as::<_, ClientRow>(AssertSqlSafe(SELECT.as_str())).fetch_all(&self.readers).await;
        Ok(rows.map_err(classify)?.into_iter().map(ApiClient::from).collect())
    }

    async fn set_secret(&self, id: Uuid, secret_hash: &str, entry: &AuditEntry) -> Result<bool, StoreError> {
        let hash = secret_hash.to_owned();
        self.audited(Some(entry.clone()), move |connection| {
            Box::pin(async move {
                let sql = "UPDATE api_clients SET secret_hash = ?2 WHERE id = ?1 AND revoked_at IS NULL";
                let done = sqlx::query(sql).bind(id).bind(hash).execute(connection).await;
                Ok(done.map_err(classify)?.rows_affected() == 1)
            })
        })
        .await
    }

    async fn revoke(&self, id: Uuid, at: Timestamp, entry: &AuditEntry) -> Result<bool, StoreError> {
        self.audited(Some(entry.clone()), move |connection| {
            Box::pin(async move {
                let sql = "UPDATE api_clients SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
                let done = sqlx::query(sql).bind(id).bind(at.as_millis()).execute(connection).await;
                Ok(done.map_err(classify)?.rows_affected() == 1)
            })
        })
        .await
    }
}
