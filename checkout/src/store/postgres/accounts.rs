//! Browser sessions and API clients.

use super::{
    PostgresStore,
    audit_log::insert,
    error::{QueryExt, classify},
    sql::{self, Parameters},
};
use crate::{
    error::StoreError,
    model::{AuditEntry, Timestamp},
    store::{
        ApiClient, Clients, Sessions,
        rows::{ClientRow, Session, SessionRow},
        table::{self, Rows},
    },
};
use async_trait::async_trait;
use sqlx::AssertSqlSafe;
use std::sync::LazyLock;
use uuid::Uuid;

#[async_trait]
impl Sessions for PostgresStore {
    async fn create(&self, id: Uuid, data: &[u8], ends_at: Timestamp) -> Result<bool, StoreError> {
        static INSERT: LazyLock<String> = LazyLock::new(|| sql::insert::<Session>() + " ON CONFLICT DO NOTHING");
        let row = Parameters::of(&Rows::new([&Session { id, data, ends_at }])).map_err(classify)?;
        let query = sqlx::query_with(AssertSqlSafe(INSERT.as_str()), row);
        Ok(query.execute(&self.pool).with_timeout().await?.rows_affected() == 1)
    }

    async fn save(&self, id: Uuid, data: &[u8], ends_at: Timestamp) -> Result<(), StoreError> {
        static SAVE: LazyLock<String> = LazyLock::new(|| sql::insert::<Session>() + &table::or_overwrite::<Session>());
        let row = Parameters::of(&Rows::new([&Session { id, data, ends_at }])).map_err(classify)?;
        sqlx::query_with(AssertSqlSafe(SAVE.as_str()), row).execute(&self.pool).with_timeout().await?;
        Ok(())
    }

    async fn load(&self, id: Uuid, now: Timestamp) -> Result<Option<(Vec<u8>, Timestamp)>, StoreError> {
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            let columns = sql::select::<Session>("s");
            format!("SELECT {columns} FROM sessions s WHERE s.id = $1 AND s.ends_at > $2")
        });
        let query = sqlx::query_as::<_, SessionRow>(AssertSqlSafe(SELECT.as_str())).bind(id).bind(now.to_datetime());
        Ok(query.fetch_optional(&self.pool).with_timeout().await?.map(Into::into))
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
            LazyLock::new(|| format!("SELECT {} FROM api_clients c WHERE c.id = $1", sql::select::<ApiClient>("c")));
        let query = sqlx::query_as::<_, ClientRow>(AssertSqlSafe(SELECT.as_str())).bind(id);
        Ok(query.fetch_optional(&self.pool).with_timeout().await?.map(ApiClient::from))
    }

    async fn all(&self) -> Result<Vec<ApiClient>, StoreError> {
        static SELECT: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM api_clients c ORDER BY c.id", sql::select::<ApiClient>("c")));
        let query = sqlx::query_as::<_, ClientRow>(AssertSqlSafe(SELECT.as_str()));
        Ok(query.fetch_all(&self.pool).with_timeout().await?.into_iter().map(ApiClient::from).collect())
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
                let done = sqlx::query(sql).bind(id).bind(at.to_datetime()).execute(connection).await;
                Ok(done.map_err(classify)?.rows_affected() == 1)
            })
        })
        .await
    }
}
