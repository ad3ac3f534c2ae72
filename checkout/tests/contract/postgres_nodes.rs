//! Several nodes on one PostgreSQL database do not block each other.

use crate::shop::{Shop, event, eventually};
use checkout::{
    Limits,
    model::{EventOutcome, OrderId, PaymentStatus, Reference, RefundReason},
};
use std::time::Duration;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sweep_skips_an_unmatched_payment_that_another_node_has_locked() {
    let shop = Shop::postgres().await;
    let phone = shop.phone(10).await.id;
    let [locked, free] = [1, 2].map(|n| OrderId(Uuid::from_u128(n)));
    for (key, order) in [("locked", locked), ("free", free)] {
        shop.deliver(event(key, Reference::Order(order), key, PaymentStatus::Success)).await.unwrap();
    }
    let mut other = shop.database.connection().await;
    let expire = "UPDATE payment_webhooks SET outcome = 'refund_due', refund_reason = 'order_never_created'
                  WHERE key = 'locked'";
    for statement in ["BEGIN", expire] {
        sqlx::query(statement).execute(&mut other).await.unwrap();
    }
    shop.advance(24 * 3600 + 1);
    shop.checkout.start_maintenance(Limits::default());
    let outcome = async |order| {
        let payments = shop.store.reads().payments(Uuid::nil().into(), Some(order)).await.unwrap();
        payments[0].outcome
    };
    let given_up = EventOutcome::RefundDue(RefundReason::OrderNeverCreated);
    eventually(async || outcome(free).await == given_up).await;
    assert_eq!(outcome(locked).await, EventOutcome::Parked);
    // The writer is free for other requests.
    tokio::time::timeout(Duration::from_secs(2), shop.try_hold(phone, 1))
        .await
        .expect("the hold must not wait")
        .unwrap();
}

/// Nodes whose own clocks differ must agree on what has expired.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_uses_the_databases_clock() {
    let shop = Shop::postgres().await;
    let mut connection = shop.database.connection().await;
    let mut database_time = async || {
        let now = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
        sqlx::query_scalar::<_, i64>(now).fetch_one(&mut connection).await.unwrap()
    };
    let before = database_time().await;
    let now = shop.store.clock().now().as_millis();
    let after = database_time().await;
    // The clock is off by half a round trip at most.
    assert!((before - 200..after + 200).contains(&now), "{now} is not between {before} and {after}");
}
