//! The sweep returns the stock of overdue holds and orders once, on whichever node it runs.

use crate::shop::{Shop, counts, eventually, hold, owner};
use checkout::{
    Limits,
    model::{CancelReason, HoldState, OrderState, ProductId},
};
use std::time::Duration;

/// Whether all units of a product are available again.
async fn all_back(shop: &Shop, product: ProductId) -> bool {
    let stock = shop.stock(product).await;
    stock.available == stock.total
}

crate::scenarios! {
    async fn two_nodes_that_sweep_together_return_stock_once(shop: Shop) {
        let other = shop.second_node().await;
        let (phone, watch) = (shop.phone(60).await.id, shop.product("watch", 30, |_| {}).await.id);
        let mut holds = Vec::new();
        let mut orders = Vec::new();
        for (n, product) in [phone, watch, phone].iter().cycle().take(30).enumerate() {
            match n % 2 {
                0 => holds.push(shop.hold(*product, 2).await.id),
                _ => orders.push(shop.ordered(*product, 1).await.id),
            }
        }
        shop.advance(600);
        shop.checkout.start_maintenance(Limits::default());
        other.start_maintenance(Limits::default());
        eventually(async || all_back(&shop, phone).await && all_back(&shop, watch).await).await;
        for id in holds {
            assert_eq!(shop.checkout.hold(id, owner()).await.unwrap().state, HoldState::Expired);
        }
        for id in orders {
            let order = shop.order_now(id).await;
            assert!(matches!(order.state, OrderState::Cancelled { reason: CancelReason::Expired, .. }), "{order:?}");
        }
    }

    async fn two_nodes_sweep_thousands_of_holds_while_others_buy(shop: Shop) {
        let other = shop.second_node().await;
        let (phone, watch) = (shop.phone(2_500).await.id, shop.product("watch", 100, |_| {}).await.id);
        let tasks = (0..2_500).map(|_| {
            let checkout = shop.checkout.clone();
            tokio::spawn(async move { hold(&checkout, phone, 1, None).await.unwrap() })
        });
        futures::future::join_all(tasks).await;
        shop.advance(120);
        shop.checkout.start_maintenance(Limits::default());
        other.start_maintenance(Limits::default());
        for _ in 0..20 {
            shop.hold(watch, 1).await;
            hold(&other, watch, 1, None).await.unwrap();
        }
        eventually(async || all_back(&shop, phone).await).await;
        assert_eq!(counts(shop.stock(watch).await), [60, 40, 0, 0]);
    }

    async fn a_hold_of_another_node_is_swept_by_this_one(shop: Shop) {
        let phone = shop.phone(1).await.id;
        shop.hold(phone, 1).await;
        shop.checkout.start_maintenance(Limits::default());
        shop.advance(120);
        eventually(async || all_back(&shop, phone).await).await;
        // Now the sweep sleeps, and knows nothing of this hold.
        let other = shop.second_node().await;
        hold(&other, phone, 1, None).await.unwrap();
        shop.advance(120);
        eventually(async || all_back(&shop, phone).await).await;
    }

    async fn a_hold_that_is_used_while_it_is_swept_ends_once(shop: Shop) {
        let phone = shop.phone(40).await.id;
        let other = shop.second_node().await;
        other.start_maintenance(Limits::default());
        for round in 0..10 {
            let held = shop.hold(phone, 1).await;
            // One millisecond before the hold expires, at that instant, or one millisecond after.
            shop.clock.advance(Duration::from_millis(119_999 + round % 3));
            let (ordered, released) =
                tokio::join!(shop.try_order(held.id), other.release_hold(held.id, owner(), None));
            assert!(ordered.is_err() || released.is_err(), "{ordered:?} and {released:?}");
            if let Ok(order) = ordered {
                shop.checkout.cancel_order(order.id, owner(), None).await.unwrap();
            }
            shop.advance(1);
        }
        eventually(async || all_back(&shop, phone).await).await;
    }

    async fn the_sweep_leaves_active_holds_and_orders_alone(shop: Shop) {
        let phone = shop.phone(5).await.id;
        shop.checkout.start_maintenance(Limits::default());
        let stale = shop.hold(phone, 1).await;
        let extended = shop.hold(phone, 1).await;
        shop.checkout.extend_hold(extended.id, owner(), None).await.unwrap();
        let order = shop.ordered(phone, 1).await;
        shop.advance(120);
        eventually(async || shop.stock(phone).await.available == 3).await;
        assert_eq!(shop.checkout.hold(stale.id, owner()).await.unwrap().state, HoldState::Expired);
        assert_eq!(shop.checkout.hold(extended.id, owner()).await.unwrap().state, HoldState::Active);
        assert_eq!(shop.order_now(order.id).await.state, OrderState::Pending);
        assert_eq!(counts(shop.stock(phone).await), [3, 1, 1, 0]);
    }
}
