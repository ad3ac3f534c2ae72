//! What several nodes on one PostgreSQL database must not do to each other.

use crate::{
    database::Database,
    shop::{Shop, event, noon},
};
use checkout::{
    Clock, Limits, SystemClock,
    model::{PaymentStatus, Reference},
    store,
};
use sqlx::{Connection, PgConnection};
use std::time::{Duration, Instant};
use uuid::Uuid;

async fn outsider(database: &Database) -> PgConnection {
    PgConnection::connect(&database.url()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sweep_skips_an_unmatched_payment_that_another_node_has_locked() {
    let shop = Shop::postgres().await;
    let phone = shop.phone(10).await.id;
    let unknown = Reference::Order(Uuid::new_v4().into());
    shop.deliver(event("e1", unknown, "t1", PaymentStatus::Success)).await.unwrap();
    let mut other = outsider(&shop.database).await;
    let expire_unmatched = "UPDATE payment_webhooks SET outcome = 'refund_due', refund_reason = 'order_never_created'";
    for statement in ["BEGIN", expire_unmatched] {
        sqlx::query(statement).execute(&mut other).await.unwrap();
    }
    shop.advance(24 * 3600 + 1);
    shop.checkout.start_maintenance(Limits::default());
    tokio::time::sleep(Duration::from_millis(300)).await;
    let held = tokio::time::timeout(Duration::from_secs(2), shop.try_hold(phone, 1)).await;
    held.expect("the sweep waits for the other node, and the hold for the sweep").unwrap();
}

/// A reading of the clock that had to wait for a connection says nothing of what the clock shows now.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_stays_right_when_all_connections_are_busy() {
    let database = Database::postgres().await;
    let store = store::open(&database.url()).await.unwrap();
    store.migrate().await.unwrap();
    let opened = Instant::now();
    let mut other = outsider(&database).await;
    // The clocks are compared five seconds after the start, and find no connection for three.
    tokio::time::sleep_until((opened + Duration::from_millis(4_500)).into()).await;
    for statement in ["BEGIN", "LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE"] {
        sqlx::query(statement).execute(&mut other).await.unwrap();
    }
    let readers: Vec<_> = (0..20)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.sessions().load(Uuid::nil(), noon()).await.map(|_| ()) })
        })
        .collect();
    tokio::time::sleep_until((opened + Duration::from_secs(8)).into()).await;
    sqlx::query("COMMIT").execute(&mut other).await.unwrap();
    futures::future::join_all(readers).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let off = store.clock().now().as_millis() - SystemClock.now().as_millis();
    assert!(off.abs() < 200, "{off} ms");
}
