//! The feed on two nodes: it reads nothing that its own node has written, and everything that another one has.

use super::fixture::{Shop, owner, units};
use crate::{
    Limits, OrderWatch, PaymentEvent,
    model::{Order, OrderState, PaymentStatus, Reference, ReportedAmount},
};
use std::{sync::atomic::Ordering, time::Duration};

/// As long as the slowest change is allowed to take.
const SHOWS_WITHIN: Duration = Duration::from_secs(1);

fn success(key: &str, reference: Reference) -> PaymentEvent {
    PaymentEvent {
        key: key.to_owned().try_into().unwrap(),
        fingerprint: [1; 32],
        reference,
        transaction_id: key.to_owned().try_into().unwrap(),
        status: PaymentStatus::Success,
        reported: ReportedAmount::default(),
        dispute_id: None,
        payload: None,
    }
}

/// The next state of the order, which must come in time.
async fn next(watch: &mut OrderWatch) -> Order {
    tokio::time::timeout(SHOWS_WITHIN, watch.next()).await.unwrap().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_node_reads_nothing_back_that_it_has_committed() {
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone", None).await;
    let order = shop.order(phone).await;
    let mut watch = shop.node.watch_order(order.id, owner()).await.unwrap();
    next(&mut watch).await;
    let orders_read = shop.memory.orders_read.load(Ordering::Relaxed);
    shop.node.record_payment(success("first", Reference::Order(order.id))).await.unwrap();
    assert!(matches!(next(&mut watch).await.state, OrderState::Paid { .. }));
    shop.node.record_payment(success("second", Reference::Order(order.id))).await.unwrap();
    next(&mut watch).await;
    for _ in 0..500 {
        let held = shop.hold(phone, None).await.unwrap();
        shop.node.release_hold(held.id, owner(), None).await.unwrap();
        tokio::time::sleep(Duration::from_millis(7)).await;
    }
    tokio::time::sleep(SHOWS_WITHIN).await;
    let read = (&shop.memory.products_read, &shop.memory.orders_read);
    assert_eq!((read.0.load(Ordering::Relaxed), read.1.load(Ordering::Relaxed)), (0, orders_read));
}

#[tokio::test(start_paused = true)]
async fn another_nodes_commit_shows_within_a_second() {
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone", None).await;
    let order = shop.order(phone).await;
    let mut watch = shop.node.watch_order(order.id, owner()).await.unwrap();
    next(&mut watch).await;
    let other = shop.another_node().await;
    other.record_payment(success("first", Reference::Order(order.id))).await.unwrap();
    let paid = next(&mut watch).await;
    assert!(matches!(paid.state, OrderState::Paid { .. }));
    assert_eq!(shop.node.product(phone).unwrap().stock.sold, 1);
    // A refund for an order that is paid already changes only the refunds.
    other.record_payment(success("second", Reference::Hold(order.hold_id))).await.unwrap();
    next(&mut watch).await;
}

/// This node's next commit must not hide the other node's: it makes the known version skip one.
#[tokio::test(start_paused = true)]
async fn another_nodes_commit_shows_although_this_node_commits_after_it() {
    let shop = Shop::new(Limits::default()).await;
    let phone = shop.product("phone", None).await;
    let order = shop.order(phone).await;
    let mut watch = shop.node.watch_order(order.id, owner()).await.unwrap();
    next(&mut watch).await;
    let other = shop.another_node().await;
    other.record_payment(success("first", Reference::Order(order.id))).await.unwrap();
    shop.node.place_hold(phone, units(1), owner(), None, None).await.unwrap();
    assert_eq!(shop.node.product(phone).unwrap().version, shop.tables().products[&phone].version);
    let paid = next(&mut watch).await;
    assert!(matches!(paid.state, OrderState::Paid { .. }));
}
