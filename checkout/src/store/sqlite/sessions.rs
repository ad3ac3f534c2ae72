//! Browser sessions. Each new shopper writes one, and a file has one writer: so sessions that wait are written together,
//! with one trip to the disk, and do not keep the sale waiting one by one.

use super::{SqliteStore, classify};
use crate::{error::StoreError, model::Timestamp, store::Sessions};
use async_trait::async_trait;
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Sessions that may wait to be written; one more is refused, at once.
const QUEUE: usize = 4096;

/// Sessions that are written together.
const BATCH: usize = 256;

/// What is to be done to one session. Answered with whether it was done: an id that is taken is not created anew.
enum Change {
    Create { data: Vec<u8>, ends_at: Timestamp },
    Save { data: Vec<u8>, ends_at: Timestamp },
    Delete,
}

pub(super) struct QueuedChange {
    id: Uuid,
    change: Change,
    reply: oneshot::Sender<bool>,
}

/// Starts the task that writes them; it ends when the store is gone.
pub(super) fn start(writer: SqlitePool) -> mpsc::Sender<QueuedChange> {
    let (sender, mut queue) = mpsc::channel(QUEUE);
    tokio::spawn(async move {
        let mut batch = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut batch, BATCH).await > 0 {
            match write(&writer, &batch).await {
                Ok(done) => {
                    for (queued, done) in batch.drain(..).zip(done) {
                        // Whoever went away has no use for the answer.
                        let _ = queued.reply.send(done);
                    }
                }
                // Dropped unanswered, each caller learns that it failed.
                Err(error) => {
                    tracing::warn!(%error, sessions = batch.len(), "sessions could not be written");
                    batch.clear();
                }
            }
        }
    });
    sender
}

async fn write(writer: &SqlitePool, batch: &[QueuedChange]) -> Result<Vec<bool>, sqlx::Error> {
    let mut transaction: Transaction<'static, Sqlite> = writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut done = Vec::with_capacity(batch.len());
    // One by one, because a session may be there twice, and the order counts.
    for queued in batch {
        done.push(apply(&mut transaction, queued).await?);
    }
    transaction.commit().await?;
    Ok(done)
}

async fn apply(conn: &mut SqliteConnection, queued: &QueuedChange) -> Result<bool, sqlx::Error> {
    let query = match &queued.change {
        Change::Create { data, ends_at } => {
            sqlx::query("INSERT INTO sessions (id, data, ends_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
                .bind(queued.id)
                .bind(data)
                .bind(ends_at.as_millis())
        }
        Change::Save { data, ends_at } => sqlx::query(
            "INSERT INTO sessions (id, data, ends_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET data = excluded.data, ends_at = excluded.ends_at",
        )
        .bind(queued.id)
        .bind(data)
        .bind(ends_at.as_millis()),
        Change::Delete => sqlx::query("DELETE FROM sessions WHERE id = ?1").bind(queued.id),
    };
    Ok(query.execute(conn).await?.rows_affected() == 1)
}

impl SqliteStore {
    async fn change(&self, id: Uuid, change: Change) -> Result<bool, StoreError> {
        let (reply, answer) = oneshot::channel();
        let sent = self.sessions.try_send(QueuedChange { id, change, reply });
        sent.map_err(|_| StoreError::Unavailable("too many sessions wait to be written".into()))?;
        answer.await.map_err(|_| StoreError::Unavailable("the session was not written".into()))
    }
}

#[async_trait]
impl Sessions for SqliteStore {
    async fn create(&self, id: Uuid, data: &[u8], ends_at: Timestamp) -> Result<bool, StoreError> {
        self.change(id, Change::Create { data: data.to_vec(), ends_at }).await
    }

    async fn save(&self, id: Uuid, data: &[u8], ends_at: Timestamp) -> Result<(), StoreError> {
        self.change(id, Change::Save { data: data.to_vec(), ends_at }).await.map(drop)
    }

    async fn load(&self, id: Uuid, now: Timestamp) -> Result<Option<(Vec<u8>, Timestamp)>, StoreError> {
        let row: Option<(Vec<u8>, i64)> =
            sqlx::query_as("SELECT data, ends_at FROM sessions WHERE id = ?1 AND ends_at > ?2")
                .bind(id)
                .bind(now.as_millis())
                .fetch_optional(&self.readers)
                .await
                .map_err(classify)?;
        Ok(row.map(|(data, ends_at)| (data, Timestamp::from_millis(ends_at))))
    }

    async fn delete(&self, id: Uuid) -> Result<(), StoreError> {
        self.change(id, Change::Delete).await.map(drop)
    }

    async fn purge(&self, now: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM sessions WHERE ends_at <= ?1")
            .bind(now.as_millis())
            .execute(&self.writer)
            .await
            .map_err(classify)?;
        Ok(done.rows_affected())
    }
}
