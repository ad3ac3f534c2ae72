//! Browser sessions. Each new shopper writes one, and the file has one writer. Sessions that wait are therefore written
//! together, with one sync of the disk, so that they do not delay the sale one by one.

use super::{SqliteStore, classify, sql};
use crate::{
    error::StoreError,
    model::Timestamp,
    store::{
        Sessions,
        rows::{Session, SessionRow},
        table::{self, Rows},
    },
    supervisor::Supervisor,
};
use async_trait::async_trait;
use sqlx::{AssertSqlSafe, SqliteConnection, SqlitePool};
use std::sync::LazyLock;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// Maximum number of changes that wait to be written. One more is refused at once.
const QUEUE: usize = 4096;

/// Maximum number of changes in one transaction.
const BATCH: usize = 256;

/// A change to one session. Its reply tells whether it was made: a session is not created under an id that is taken.
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

/// Starts the task that writes sessions. It ends when the store is dropped.
pub(super) fn start(writer: SqlitePool, tasks: &Supervisor) -> mpsc::Sender<QueuedChange> {
    let (sender, mut queue) = mpsc::channel(QUEUE);
    tasks.spawn_stoppable("session_writer", true, |stop| async move {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let received = tokio::select! {
                biased;
                // Sessions that are queued when the store stops are still written.
                () = stop.cancelled(), if !queue.is_closed() => {
                    queue.close();
                    continue;
                }
                received = queue.recv_many(&mut batch, BATCH) => received,
            };
            if received == 0 {
                return;
            }
            match write(&writer, &batch).await {
                Ok(done) => {
                    for (queued, done) in batch.drain(..).zip(done) {
                        // The caller may have disconnected.
                        let _ = queued.reply.send(done);
                    }
                }
                // A reply channel that is dropped tells its caller of the failure.
                Err(error) => {
                    tracing::warn!(%error, sessions = batch.len(), "sessions could not be written");
                    batch.clear();
                }
            }
        }
    });
    sender
}

async fn write(writer: &SqlitePool, batch: &[QueuedChange]) -> Result<Vec<bool>, StoreError> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(classify)?;
    let mut done = Vec::with_capacity(batch.len());
    // One by one: a batch may change a session twice, and the order matters.
    for queued in batch {
        done.push(apply(&mut transaction, queued).await?);
    }
    transaction.commit().await.map_err(classify)?;
    Ok(done)
}

async fn apply(conn: &mut SqliteConnection, queued: &QueuedChange) -> Result<bool, StoreError> {
    static CREATE: LazyLock<String> = LazyLock::new(|| sql::insert::<Session>() + " ON CONFLICT DO NOTHING");
    static SAVE: LazyLock<String> = LazyLock::new(|| sql::insert::<Session>() + &table::or_overwrite::<Session>());
    let row = |data, ends_at| sql::json(&Rows::new([&Session { id: queued.id, data, ends_at }]));
    let query = match &queued.change {
        Change::Create { data, ends_at } => sqlx::query(AssertSqlSafe(CREATE.as_str())).bind(row(data, *ends_at)?),
        Change::Save { data, ends_at } => sqlx::query(AssertSqlSafe(SAVE.as_str())).bind(row(data, *ends_at)?),
        Change::Delete => sqlx::query("DELETE FROM sessions WHERE id = ?1").bind(queued.id),
    };
    Ok(query.execute(conn).await.map_err(classify)?.rows_affected() == 1)
}

impl SqliteStore {
    async fn change(&self, id: Uuid, change: Change) -> Result<bool, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let sent = self.sessions.try_send(QueuedChange { id, change, reply: sender });
        sent.map_err(|_| StoreError::Unavailable("too many sessions wait to be written".into()))?;
        receiver.await.map_err(|_| StoreError::Unavailable("the session was not written".into()))
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
        static SELECT: LazyLock<String> = LazyLock::new(|| {
            let columns = sql::select::<Session>("s");
            format!("SELECT {columns} FROM sessions s WHERE s.id = ?1 AND s.ends_at > ?2")
        });
        let query = sqlx::query_as::<_, SessionRow>(AssertSqlSafe(SELECT.as_str())).bind(id).bind(now.as_millis());
        Ok(query.fetch_optional(&self.readers).await.map_err(classify)?.map(Into::into))
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
