//! The API's clients.

use super::{SqliteStore, classify};
use crate::{
    error::StoreError,
    model::Timestamp,
    store::{ApiClient, Clients, rows::ClientRow},
};
use async_trait::async_trait;
use uuid::Uuid;

#[async_trait]
impl Clients for SqliteStore {
    async fn add(&self, client: &ApiClient) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO api_clients (id, name, secret_hash, created_at) VALUES (?1, ?2, ?3, ?4)")
            .bind(client.id)
            .bind(&client.name)
            .bind(&client.secret_hash)
            .bind(client.created_at.as_millis())
            .execute(&self.writer)
            .await
            .map_err(classify)?;
        Ok(())
    }

    async fn find(&self, id: Uuid) -> Result<Option<ApiClient>, StoreError> {
        let sql = "SELECT id, name, secret_hash, created_at, revoked_at FROM api_clients WHERE id = ?1";
        let row = sqlx::query_as::<_, ClientRow>(sql).bind(id).fetch_optional(&self.readers).await;
        Ok(row.map_err(classify)?.map(ApiClient::from))
    }

    async fn all(&self) -> Result<Vec<ApiClient>, StoreError> {
        let sql = "SELECT id, name, secret_hash, created_at, revoked_at FROM api_clients ORDER BY id";
        let rows = sqlx::query_as::<_, ClientRow>(sql).fetch_all(&self.readers).await;
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
