//! The feed: each commit reaches all watchers, in order.

use crate::shop::{Shop, event, eventually, hold, owner};
use checkout::{
    Checkout, OrderWatch,
    model::{Actor, OrderState, PaymentStatus, ProductId, Reference, Refund, RefundReference, RefundState, RefundStep},
};
use futures::FutureExt as _;
use std::time::Duration;

/// How long to wait for an update that must come. It is promised within a second.
const UPDATE_TIMEOUT: Duration = Duration::from_secs(5);

/// Waits until this node has polled the database, and has published all changes that it found.
async fn polled(shop: &Shop, other: &Checkout, product: ProductId) {
    // The first change of the other node shows while that poll still runs. The second shows in the next poll.
    for _ in 0..2 {
        hold(other, product, 1, None).await.unwrap();
        let version = other.product(product).unwrap().version;
        eventually(async || shop.checkout.product(product).unwrap().version >= version).await;
    }
}

/// Takes a step of a refund. The order and its payment events stay as they are, unless the step is the last.
async fn take(node: &Checkout, refund: &Refund, step: RefundStep) {
    node.advance_refund(refund.id, 1, step, Actor::system()).await.unwrap();
}

/// Waits for the watcher's next order, and returns the states of its refunds.
async fn refunds_next(watch: &mut OrderWatch, node: &Checkout) -> Vec<RefundState> {
    let order = tokio::time::timeout(UPDATE_TIMEOUT, watch.next()).await.unwrap().unwrap();
    node.refunds(order.id).await.unwrap().iter().map(|refund| refund.state).collect()
}

crate::scenarios! {
    async fn a_watcher_sees_the_current_stock_and_then_changes(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let mut watch = shop.checkout.watch_stock(phone).unwrap();
        assert_eq!(watch.current().snapshot.stock.available, 5);
        shop.hold(phone, 2).await;
        loop {
            let frame = tokio::time::timeout(UPDATE_TIMEOUT, watch.next()).await.unwrap().unwrap();
            if frame.snapshot.stock.available == 3 {
                assert_eq!(frame.snapshot.stock.held, 2);
                break;
            }
        }
    }

    /// Watchers are notified at most every 50 ms. One who joins in between gets the current stock, and then nothing
    /// older.
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
            let next = tokio::time::timeout(UPDATE_TIMEOUT, watch.next()).await.unwrap().unwrap();
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
            seen.push(tokio::time::timeout(UPDATE_TIMEOUT, watch.next()).await.unwrap().unwrap().snapshot);
        }
        assert!(seen.windows(2).all(|pair| pair[0].version <= pair[1].version));
        assert!(seen.len() < 200, "{} frames for 300 commits", seen.len());
    }

    async fn a_commit_of_another_process_shows(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let other = shop.second_node().await;
        hold(&other, phone, 3, None).await.unwrap();
        eventually(async || shop.checkout.product(phone).unwrap().stock.available == 2).await;
    }

    async fn a_watcher_learns_that_an_order_is_paid(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let mut watch = shop.checkout.watch_order(order.id, owner()).await.unwrap();
        assert_eq!(watch.next().await.unwrap().state, OrderState::Pending);
        shop.pay(Reference::Order(order.id), "tx", PaymentStatus::Success).await;
        let paid = tokio::time::timeout(UPDATE_TIMEOUT, watch.next()).await.unwrap().unwrap();
        assert!(matches!(paid.state, OrderState::Paid { .. }));
    }

    async fn a_watcher_learns_of_a_payment_on_another_node(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        let mut watch = shop.checkout.watch_order(order.id, owner()).await.unwrap();
        watch.next().await.unwrap();
        let other = shop.second_node().await;
        other.record_payment(event("evt", Reference::Order(order.id), "tx", PaymentStatus::Success)).await.unwrap();
        let paid = tokio::time::timeout(UPDATE_TIMEOUT, watch.next()).await.unwrap().unwrap();
        assert!(matches!(paid.state, OrderState::Paid { .. }));
    }

    async fn a_watcher_learns_of_each_refund_once(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.pay(Reference::Order(order.id), "tx-1", PaymentStatus::Success).await;
        let mut watch = shop.checkout.watch_order(order.id, owner()).await.unwrap();
        watch.next().await.unwrap();
        shop.pay(Reference::Hold(order.hold_id), "tx-2", PaymentStatus::Success).await;
        let again = tokio::time::timeout(UPDATE_TIMEOUT, watch.next()).await.unwrap().unwrap();
        assert_eq!(shop.checkout.payments(&again).await.unwrap().len(), 2);
        // One refund is reported once, even after further polls.
        let other = shop.second_node().await;
        polled(&shop, &other, phone).await;
        assert!(watch.next().now_or_never().is_none());
        other.record_payment(event("evt", Reference::Order(order.id), "tx-3", PaymentStatus::Success)).await.unwrap();
        tokio::time::timeout(UPDATE_TIMEOUT, watch.next()).await.unwrap().unwrap();
        // A later watcher is notified once, too.
        let mut late = shop.checkout.watch_order(order.id, owner()).await.unwrap();
        late.next().await.unwrap();
        polled(&shop, &other, phone).await;
        assert!(late.next().now_or_never().is_none());
    }

    async fn a_watcher_learns_of_each_step_of_a_refund(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.pay(Reference::Order(order.id), "tx-1", PaymentStatus::Success).await;
        // The order is paid already, so the second payment goes back (P7).
        shop.pay(Reference::Order(order.id), "tx-2", PaymentStatus::Success).await;
        let refund = shop.checkout.refunds(order.id).await.unwrap().remove(0);
        let other = shop.second_node().await;
        let here = &shop.checkout;
        let mut watch = here.watch_order(order.id, owner()).await.unwrap();
        watch.next().await.unwrap();
        let reference = RefundReference::try_from("re_1".to_owned()).unwrap();
        let accept = || RefundStep::Accept { provider_reference: reference.clone() };
        take(here, &refund, RefundStep::Send).await;
        assert_eq!(refunds_next(&mut watch, here).await, [RefundState::Sending]);
        take(here, &refund, accept()).await;
        assert_eq!(refunds_next(&mut watch, here).await, [RefundState::Sending]);
        // A repeated step changes nothing, and what is polled of this node's commits is not new.
        take(here, &refund, accept()).await;
        polled(&shop, &other, phone).await;
        assert!(watch.next().now_or_never().is_none());
        take(here, &refund, RefundStep::Succeed { provider_reference: None }).await;
        assert_eq!(refunds_next(&mut watch, here).await, [RefundState::Succeeded]);
        polled(&shop, &other, phone).await;
        assert!(watch.next().now_or_never().is_none());
    }

    async fn a_watcher_learns_of_each_step_of_a_refund_on_another_node(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.pay(Reference::Order(order.id), "tx-1", PaymentStatus::Success).await;
        shop.pay(Reference::Order(order.id), "tx-2", PaymentStatus::Success).await;
        let refund = shop.checkout.refunds(order.id).await.unwrap().remove(0);
        let other = shop.second_node().await;
        let mut watch = shop.checkout.watch_order(order.id, owner()).await.unwrap();
        watch.next().await.unwrap();
        let reference = RefundReference::try_from("re_1".to_owned()).unwrap();
        take(&other, &refund, RefundStep::Accept { provider_reference: reference }).await;
        assert_eq!(refunds_next(&mut watch, &shop.checkout).await, [RefundState::Sending]);
        take(&other, &refund, RefundStep::Succeed { provider_reference: None }).await;
        assert_eq!(refunds_next(&mut watch, &shop.checkout).await, [RefundState::Succeeded]);
        // This node's late look at the same state is not new.
        polled(&shop, &other, phone).await;
        assert!(watch.next().now_or_never().is_none());
    }

    async fn only_products_beyond_the_known_versions_are_read(shop: Shop) {
        let (phone, watch) = (shop.phone(5).await.id, shop.product("watch", 5, |_| {}).await.id);
        shop.hold(phone, 1).await;
        let beyond = async |known: &[(ProductId, u64)]| {
            let products = shop.store.reads().products_beyond(known).await.unwrap();
            products.into_iter().map(|product| (product.id, product.version)).collect::<Vec<_>>()
        };
        assert_eq!(beyond(&[]).await.len(), 2);
        assert_eq!(beyond(&[(phone, 1), (watch, 1)]).await, [(phone, 2)]);
        assert_eq!(beyond(&[(phone, 2)]).await, [(watch, 1)]);
        assert_eq!(beyond(&[(phone, 2), (watch, 1)]).await, []);
    }
}
