//! The feed: what a commit left reaches everybody who watches, in order.

use crate::shop::{event, hold, owner};
use checkout::model::{OrderState, PaymentStatus, Reference};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(2);
/// Longer than the look-out waits.
const A_WHILE: Duration = Duration::from_millis(1_200);

crate::scenarios! {
    async fn a_watcher_sees_the_current_stock_and_then_changes(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let mut watch = shop.checkout.watch_stock(phone).unwrap();
        assert_eq!(watch.current().snapshot.stock.available, 5);
        shop.hold(phone, 2).await;
        loop {
            let frame = tokio::time::timeout(SOON, watch.next()).await.unwrap().unwrap();
            if frame.snapshot.stock.available == 3 {
                assert_eq!(frame.snapshot.stock.held, 2);
                break;
            }
        }
    }

    /// News is told at most every fiftieth of a second; whoever comes in between is told what is, and then nothing older.
    async fn a_watcher_who_joins_during_a_burst_starts_with_the_current_stock(shop: Shop) {
        let phone = shop.phone(100).await.id;
        for _ in 0..20 {
            shop.hold(phone, 1).await;
            let now = shop.checkout.product(phone).unwrap().version;
            let mut watch = shop.checkout.watch_stock(phone).unwrap();
            assert_eq!(watch.current().snapshot.version, now);
            let (all, _) = shop.checkout.watch_all_stock();
            assert_eq!(all.iter().map(|frame| frame.snapshot.version).collect::<Vec<_>>(), [now]);
            shop.hold(phone, 1).await;
            let next = tokio::time::timeout(SOON, watch.next()).await.unwrap().unwrap();
            assert!(next.snapshot.version > now, "{} after {now}", next.snapshot.version);
        }
    }

    async fn a_burst_is_throttled_and_never_reordered(shop: Shop) {
        let phone = shop.phone(1000).await.id;
        let mut watch = shop.checkout.watch_stock(phone).unwrap();
        let mut seen = vec![watch.current().snapshot];
        for _ in 0..300 {
            shop.hold(phone, 1).await;
        }
        while seen.last().unwrap().stock.available > 700 {
            seen.push(tokio::time::timeout(SOON, watch.next()).await.unwrap().unwrap().snapshot);
        }
        assert!(seen.windows(2).all(|pair| pair[0].version <= pair[1].version));
        assert!(seen.len() < 200, "{} frames for 300 commits", seen.len());
    }

    async fn a_commit_of_another_process_shows(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let other = shop.second_node().await;
        hold(&other, phone, 3, None).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(shop.checkout.product(phone).unwrap().stock.available, 2);
    }

    async fn a_watcher_learns_that_an_order_is_paid(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let mut watch = shop.checkout.watch_order(order.id, owner()).await.unwrap();
        assert_eq!(watch.next().await.unwrap().state, OrderState::Pending);
        shop.pay(Reference::Order(order.id), "tx", PaymentStatus::Success).await;
        let paid = tokio::time::timeout(SOON, watch.next()).await.unwrap().unwrap();
        assert!(matches!(paid.state, OrderState::Paid { .. }));
    }

    async fn a_watcher_learns_of_a_payment_on_another_node(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let mut watch = shop.checkout.watch_order(order.id, owner()).await.unwrap();
        watch.next().await.unwrap();
        let other = shop.second_node().await;
        other.record_payment(event("evt", Reference::Order(order.id), "tx", PaymentStatus::Success)).await.unwrap();
        let paid = tokio::time::timeout(SOON, watch.next()).await.unwrap().unwrap();
        assert!(matches!(paid.state, OrderState::Paid { .. }));
    }

    async fn a_watcher_learns_of_each_refund_once(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.pay(Reference::Order(order.id), "tx-1", PaymentStatus::Success).await;
        let mut watch = shop.checkout.watch_order(order.id, owner()).await.unwrap();
        watch.next().await.unwrap();
        shop.pay(Reference::Hold(order.hold_id), "tx-2", PaymentStatus::Success).await;
        let again = tokio::time::timeout(SOON, watch.next()).await.unwrap().unwrap();
        assert_eq!(shop.checkout.payments(&again).await.unwrap().len(), 2);
        // Told once, however often the look-out looks.
        assert!(tokio::time::timeout(A_WHILE, watch.next()).await.is_err());
        let other = shop.second_node().await;
        other.record_payment(event("evt", Reference::Order(order.id), "tx-3", PaymentStatus::Success)).await.unwrap();
        tokio::time::timeout(SOON, watch.next()).await.unwrap().unwrap();
        // Who comes later is told once, too.
        let mut late = shop.checkout.watch_order(order.id, owner()).await.unwrap();
        late.next().await.unwrap();
        assert!(tokio::time::timeout(A_WHILE, late.next()).await.is_err());
    }
}
