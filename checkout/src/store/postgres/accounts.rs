//! Browser sessions and API clients.

use super::{PostgresStore, columns::CLIENT, error::QueryExt};
use crate::{
    error::StoreError,
    model::Timestamp,
    store::{ApiClient, Clients, Sessions, rows::ClientRow},
};
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

#[async_trait]
impl Sessions for PostgresStore {
    async fn create(&self, id: Uuid, data: &[u8], ends_at: Timestamp) -> Result<bool, StoreError> {
        let done = sqlx::query("INSERT INTO sessions (id, data, ends_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(id)
            .bind(data)
            .bind(ends_at.to_datetime())
            .execute(&self.pool)
            .with_timeout()
            .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn save(&self, id: Uuid, data: &[u8], ends_at: Timestamp) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sessions (id, data, ends_at) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET data = excluded.data, ends_at = excluded.ends_at",
        )
        .bind(id)
        .bind(data)
        .bind(ends_at.to_datetime())
        .execute(&self.pool)
        .with_timeout()
        .await?;
        Ok(())
    }

    async fn load(&self, id: Uuid, now: Timestamp) -> Result<Option<(Vec<u8>, Timestamp)>, StoreError> {
        let row: Option<(Vec<u8>, i64)> =
            sqlx::query_as("SELECT data, ms(ends_at) FROM sessions WHERE id = $1 AND ends_at > $2")
                .bind(id)
                .bind(now.to_datetime())
                .fetch_optional(&self.pool)
                .with_timeout()
                .await?;
        Ok(row.map(|(data, ends_at)| (data, Timestamp::from_millis(ends_at))))
    }

    async fn delete(&self, id: Uuid) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id).execute(&self.pool).with_timeout().await?;
        Ok(())
    }

    async fn purge(&self, now: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM sessions WHERE ends_at <= $1")
            .bind(now.to_datetime())
            .execute(&self.pool)
            .with_timeout()
            .await?;
        Ok(done.rows_affected())
    }
}

#[async_trait]
impl Clients for PostgresStore {
    async fn add(&self, client: &ApiClient) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO api_clients (id, name, secret_hash, created_at) VALUES ($1, $2, $3, $4)")
            .bind(client.id)
            .bind(&client.name)
            .bind(&client.secret_hash)
            .bind(client.created_at.to_datetime())
            .execute(&self.pool)
            .with_timeout()
            .await?;
        Ok(())
    }

    async fn find(&self, id: Uuid) -> Result<Option<ApiClient>, StoreError> {
        let sql = format!("SELECT {CLIENT} FROM api_clients c WHERE c.id = $1");
        let row = sqlx::query_as::<_, ClientRow>(AssertSqlSafe(sql)).bind(id).fetch_optional(&self.pool).with_timeout();
        Ok(row.await?.map(ApiClient::from))
    }

    async fn all(&self) -> Result<Vec<ApiClient>, StoreError> {
        let sql = format!("SELECT {CLIENT} FROM api_clients c ORDER BY c.id");
        let rows = sqlx::query_as::<_, ClientRow>(AssertSqlSafe(sql)).fetch_all(&self.pool).with_timeout();
        Ok(rows.await?.into_iter().map(ApiClient::from).collect())
    }

    async fn set_secret(&self, id: Uuid, secret_hash: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE api_clients SET secret_hash = $2 WHERE id = $1 AND revoked_at IS NULL";
        let done = sqlx::query(sql).bind(id).bind(secret_hash).execute(&self.pool).with_timeout();
        Ok(done.await?.rows_affected() == 1)
    }

    async fn revoke(&self, id: Uuid, at: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE api_clients SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1";
        let done = sqlx::query(sql).bind(id).bind(at.to_datetime()).execute(&self.pool).with_timeout();
        Ok(done.await?.rows_affected() == 1)
    }
}
