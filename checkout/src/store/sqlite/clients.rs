//! The API's clients.

use super::{SqliteStore, classify, sql};
use crate::{
    error::StoreError,
    model::Timestamp,
    store::{ApiClient, Clients, rows::ClientRow, table::Rows},
};
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use std::sync::LazyLock;
use uuid::Uuid;

#[async_trait]
impl Clients for SqliteStore {
    async fn add(&self, client: &ApiClient) -> Result<(), StoreError> {
        static INSERT: LazyLock<String> = LazyLock::new(sql::insert::<ApiClient>);
        let query = sqlx::query(AssertSqlSafe(INSERT.as_str())).bind(sql::json(&Rows::new([client]))?);
        query.execute(&self.writer).await.map_err(classify)?;
        Ok(())
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

    async fn set_secret(&self, id: Uuid, secret_hash: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE api_clients SET secret_hash = ?2 WHERE id = ?1 AND revoked_at IS NULL";
        let done = sqlx::query(sql).bind(id).bind(secret_hash).execute(&self.writer).await;
        Ok(done.map_err(classify)?.rows_affected() == 1)
    }

    async fn revoke(&self, id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE api_clients SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1";
        let done = sqlx::query(sql).bind(id).bind(at.as_millis()).execute(&self.writer).await;
        Ok(done.map_err(classify)?.rows_affected() == 1)
    }
}
