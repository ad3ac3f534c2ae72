//! The API's clients.

use super::{SqliteStore, classify};
use crate::{
    fault::StoreError,
    model::Timestamp,
    store::{ApiClient, Clients},
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
        let row: Option<(Uuid, String, String, i64)> =
            sqlx::query_as("SELECT id, name, secret_hash, created_at FROM api_clients WHERE id = ?1")
                .bind(id)
                .fetch_optional(&self.readers)
                .await
                .map_err(classify)?;
        Ok(row.map(|(id, name, secret_hash, created_at)| ApiClient {
            id,
            name,
            secret_hash,
            created_at: Timestamp::from_millis(created_at),
        }))
    }
}
