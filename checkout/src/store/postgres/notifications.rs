//! Notifications between nodes. They are sent outside the writer's transactions: a NOTIFY inside a transaction makes
//! commits wait for each other. A lost notification only adds latency, because every node also polls.

use super::error::QueryExt;
use crate::supervisor::Supervisor;
use sqlx::{PgPool, postgres::PgListener};
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;
use uuid::Uuid;

/// The channel. The name stays: nodes of older versions listen on it.
const CHANNEL: &str = "holdfast_news";

/// Minimum time between two notifications. Watchers are told of a change no more often than this either.
const NOTIFY_INTERVAL: Duration = Duration::from_millis(50);

/// How long to wait for a notification before polling without one. A commit of another node must show within a second.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// How long to wait before reconnecting.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

pub(super) struct Notifications {
    ours: Arc<Notify>,
    theirs: Arc<Notify>,
}

impl Notifications {
    pub(super) fn start(pool: &PgPool, node: Uuid, tasks: &Supervisor) -> Self {
        let notifications = Self { ours: Arc::default(), theirs: Arc::default() };
        tasks.spawn("notify", false, send(pool.clone(), node, notifications.ours.clone()));
        tasks.spawn("listen", false, listen(pool.clone(), node, notifications.theirs.clone()));
        notifications
    }

    /// Notifies the other nodes of a commit by this node.
    pub(super) fn notify(&self) {
        self.ours.notify_one();
    }

    /// Waits until another node has committed, or may have.
    pub(super) async fn wait(&self) {
        // A timeout is handled like a notification: the caller polls.
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
            tracing::debug!(%error, "could not notify the other nodes");
        }
        tokio::time::sleep(NOTIFY_INTERVAL).await;
    }
}

async fn listen(pool: PgPool, node: Uuid, theirs: Arc<Notify>) {
    let node = node.to_string();
    loop {
        if let Err(error) = receive(&pool, &node, &theirs).await {
            tracing::debug!(%error, "could not listen for notifications");
        }
        theirs.notify_one();
        tokio::time::sleep(RECONNECT_DELAY).await;
    }
}

async fn receive(pool: &PgPool, node: &str, theirs: &Notify) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        match listener.try_recv().await? {
            Some(received) if received.payload() == node => {}
            // `None`: the connection was lost, and perhaps a notification with it.
            Some(_) | None => theirs.notify_one(),
        }
    }
}
