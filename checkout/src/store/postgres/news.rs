//! Wake-ups between nodes. They go out beside the commits, never in them: a NOTIFY inside a transaction makes commits wait
//! for each other. One that is lost costs latency and nothing else, for everybody looks now and then anyway.

use super::fault::Question;
use sqlx::{PgPool, postgres::PgListener};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Notify, task::JoinSet};
use uuid::Uuid;

const CHANNEL: &str = "holdfast_news";

/// Wake-ups are sent at most this often: as often as watchers are told of a change.
const TELL_EVERY: Duration = Duration::from_millis(50);

/// How long to wait for a wake-up before looking without one: half of the second within which all must show.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long to wait before a lost connection is made again.
const MEND_EVERY: Duration = Duration::from_secs(1);

pub(super) struct News {
    ours: Arc<Notify>,
    theirs: Arc<Notify>,
}

impl News {
    pub(super) fn start(pool: &PgPool, node: Uuid, tasks: &mut JoinSet<()>) -> Self {
        let news = Self { ours: Arc::default(), theirs: Arc::default() };
        tasks.spawn(send(pool.clone(), node, news.ours.clone()));
        tasks.spawn(listen(pool.clone(), node, news.theirs.clone()));
        news
    }

    /// This node has committed.
    pub(super) fn tell(&self) {
        self.ours.notify_one();
    }

    /// Until another node has, or may have.
    pub(super) async fn wait(&self) {
        // Running into the limit is as good as a wake-up.
        let _ = tokio::time::timeout(LOOK_EVERY, self.theirs.notified()).await;
    }
}

async fn send(pool: PgPool, node: Uuid, ours: Arc<Notify>) {
    loop {
        ours.notified().await;
        let sent = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(node.to_string())
            .execute(&pool)
            .answered()
            .await;
        if let Err(error) = sent {
            tracing::debug!(%error, "could not wake the other nodes");
        }
        tokio::time::sleep(TELL_EVERY).await;
    }
}

async fn listen(pool: PgPool, node: Uuid, theirs: Arc<Notify>) {
    let node = node.to_string();
    loop {
        if let Err(error) = hear(&pool, &node, &theirs).await {
            tracing::debug!(%error, "could not listen for other nodes");
        }
        theirs.notify_one();
        tokio::time::sleep(MEND_EVERY).await;
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
