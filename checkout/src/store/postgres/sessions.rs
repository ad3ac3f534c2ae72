//! Browser sessions.

use super::{
    PostgresStore,
    error::{QueryExt, classify},
    sql::{self, Parameters},
};
use crate::{
    error::StoreError,
    model::Timestamp,
    store::{
        Sessions,
        rows::{Session, SessionRow},
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
