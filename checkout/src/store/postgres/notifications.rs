//! Wake-ups between nodes. They go out beside the commits, never in them: a NOTIFY inside a transaction makes commits wait
//! for each other. One that is lost costs latency and nothing else, for everybody looks now and then anyway.

use super::error::QueryExt;
use sqlx::{PgPool, postgres::PgListener};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Notify, task::JoinSet};
use uuid::Uuid;

const CHANNEL: &str = "holdfast_news";

/// Wake-ups are sent at most this often: as often as watchers are told of a change.
const NOTIFY_INTERVAL: Duration = Duration::from_millis(50);

/// How long to wait for a wake-up before looking without one: half of the second within which all must show.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// How long to wait before a lost connection is made again.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

pub(super) struct Notifications {
    ours: Arc<Notify>,
    theirs: Arc<Notify>,
}

impl Notifications {
    pub(super) fn start(pool: &PgPool, node: Uuid, tasks: &mut JoinSet<()>) -> Self {
        let notifications = Self { ours: Arc::default(), theirs: Arc::default() };
        tasks.spawn(send(pool.clone(), node, notifications.ours.clone()));
        tasks.spawn(listen(pool.clone(), node, notifications.theirs.clone()));
        notifications
    }

    /// This node has committed.
    pub(super) fn notify(&self) {
        self.ours.notify_one();
    }

    /// Until another node has, or may have.
    pub(super) async fn wait(&self) {
        // Running into the limit is as good as a wake-up.
        let _ = tokio::time::timeout(POLL_INTERVAL, self.theirs.notified()).await;
    }
}

async fn send(pool: PgPool, node: Uuid, ours: Arc<Notify>) {
    loop {
        ours.notified().await;
        let sent = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(node.to_string())
            .execute(&pool)
            .with_timeout()
            .await;
        if let Err(error) = sent {
            tracing::debug!(%error, "could not wake the other nodes");
        }
        tokio::time::sleep(NOTIFY_INTERVAL).await;
    }
}

async fn listen(pool: PgPool, node: Uuid, theirs: Arc<Notify>) {
    let node = node.to_string();
    loop {
        if let Err(error) = hear(&pool, &node, &theirs).await {
            tracing::debug!(%error, "could not listen for other nodes");
        }
        theirs.notify_one();
        tokio::time::sleep(RECONNECT_DELAY).await;
    }
}

async fn hear(pool: &PgPool, node: &str, theirs: &Notify) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        match listener.try_recv().await? {
            Some(heard) if heard.payload() == node => {}
            // The connection was lost, and what was said meanwhile with it.
            Some(_) | None => theirs.notify_one(),
        }
    }
}
