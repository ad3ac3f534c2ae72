//! Every acknowledged write is on disk (P2). Both databases could be set not to wait for the disk. Triggers record
//! the setting under which the shop's own connections write.

use crate::{
    database::Database,
    shop::{Shop, noon},
};
use std::time::Duration;
use uuid::Uuid;

/// `PRAGMA synchronous`: 2 is FULL, which syncs the write-ahead log with each commit.
const SQLITE_FULL: &str = "2";

/// Records the setting with each write to `stock_events` and `sessions`.
const SQLITE_TRIGGERS: [&str; 3] = [
    "CREATE TABLE recorded (setting TEXT NOT NULL)",
    "CREATE TRIGGER record_batch AFTER INSERT ON stock_events
     BEGIN INSERT INTO recorded SELECT synchronous FROM pragma_synchronous; END",
    "CREATE TRIGGER record_session AFTER INSERT ON sessions
     BEGIN INSERT INTO recorded SELECT synchronous FROM pragma_synchronous; END",
];

/// The same on PostgreSQL.
const POSTGRES_TRIGGERS: [&str; 4] = [
    "CREATE TABLE recorded (setting text NOT NULL)",
    "CREATE FUNCTION record() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN INSERT INTO recorded VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$",
    "CREATE TRIGGER record_batch AFTER INSERT ON stock_events FOR EACH ROW EXECUTE FUNCTION record()",
    "CREATE TRIGGER record_session AFTER INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION record()",
];

/// Writes a batch from memory, a batch that loads rows first, and a session. Returns the settings recorded.
async fn recorded(shop: &Shop, triggers: &[&'static str]) -> Vec<String> {
    let phone = shop.phone(5).await.id;
    for statement in triggers {
        shop.database.run(statement).await;
    }
    shop.hold(phone, 1).await;
    let other = shop.second_node().await;
    crate::shop::hold(&other, phone, 1, None).await.unwrap();
    let ends_at = noon() + Duration::from_hours(1);
    assert!(shop.store.sessions().create(Uuid::from_u128(1), b"data", ends_at).await.unwrap());
    shop.database
        .rows::<(String,)>("SELECT setting FROM recorded")
        .await
        .into_iter()
        .map(|(setting,)| setting)
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_syncs_its_log_with_each_commit() {
    let shop = Shop::sqlite().await;
    assert_eq!(recorded(&shop, &SQLITE_TRIGGERS).await, [SQLITE_FULL; 3]);
}

/// Even where the operator's default is to acknowledge a commit before it is on disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_waits_for_the_disk_with_each_commit() {
    let database = Database::postgres().await;
    database.set("synchronous_commit = off").await;
    let url = database.url();
    let shop = Shop::open_at(database, &url).await;
    assert_eq!(recorded(&shop, &POSTGRES_TRIGGERS).await, ["on"; 3]);
}
