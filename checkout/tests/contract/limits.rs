//! The limits of a sale on every node: its window, the units of each shopper, and one extension of a hold.

use crate::shop::{counts, noon, owner, refused, shopper};
use checkout::{
    Checkout, Error,
    model::{Hold, OrderState, Owner, PaymentStatus, ProductId, Quantity, Reference, Refusal, SaleWindow},
};
use std::time::Duration;
use uuid::Uuid;

async fn hold_for(node: &Checkout, product: ProductId, name: &str, qty: i64) -> Result<Hold, Error> {
    let qty = Quantity::try_from(qty).unwrap();
    Ok(node.place_hold(product, qty, owner(), Some(shopper(name)), None).await?.value)
}

crate::scenarios! {
    async fn a_limit_counts_holds_and_orders_on_every_node(shop: Shop) {
        let phone = shop.product("phone", 50, |draft| draft.per_shopper_limit = Some(4)).await.id;
        let other = shop.second_node().await;
        let paid = hold_for(&shop.checkout, phone, "ada", 1).await.unwrap();
        let paid = shop.order(paid.id).await;
        shop.pay(Reference::Order(paid.id), "tx", PaymentStatus::Success).await;
        let pending = hold_for(&other, phone, "ada", 1).await.unwrap();
        let pending = shop.order(pending.id).await;
        hold_for(&shop.checkout, phone, "ada", 1).await.unwrap();
        for node in [&shop.checkout, &other] {
            let refusal = refused(hold_for(node, phone, "ada", 2).await);
            assert_eq!(refusal, Refusal::LimitReached { limit: 4, taken: 3 });
        }
        hold_for(&other, phone, "ada", 1).await.unwrap();
        assert!(hold_for(&shop.checkout, phone, "ada", 1).await.is_err());
        // Cancelled and expired units no longer count. Paid units always count.
        shop.checkout.cancel_order(pending.id, owner(), None).await.unwrap();
        hold_for(&other, phone, "ada", 1).await.unwrap();
        shop.advance(3600);
        assert_eq!(refused(hold_for(&other, phone, "ada", 4).await), Refusal::LimitReached { limit: 4, taken: 1 });
        hold_for(&other, phone, "ada", 3).await.unwrap();
        // The three expired units are still held, because no request needed them and no sweep ran.
        assert_eq!(counts(shop.stock(phone).await), [43, 6, 0, 1]);
    }

    async fn a_shopper_on_two_nodes_at_once_stays_within_the_limit(shop: Shop) {
        let other = shop.second_node().await;
        for round in 0..8 {
            let phone = shop.product(&format!("phone-{round}"), 50, |draft| draft.per_shopper_limit = Some(2)).await.id;
            let requests = (0..12).map(|n| {
                let node = if n % 2 == 0 { shop.checkout.clone() } else { other.clone() };
                async move { hold_for(&node, phone, "ada", 1).await }
            });
            let results = futures::future::join_all(requests).await;
            assert_eq!(results.iter().flatten().count(), 2, "{results:?}");
            assert_eq!(counts(shop.stock(phone).await), [48, 2, 0, 0]);
        }
    }

    async fn an_expired_hold_does_not_affect_a_later_order(shop: Shop) {
        let phone = shop.product("phone", 3, |draft| draft.per_shopper_limit = Some(2)).await.id;
        let stale = hold_for(&shop.checkout, phone, "ada", 2).await.unwrap();
        shop.advance(120);
        // The first hold has expired. It no longer counts, although no sweep has run.
        let second = hold_for(&shop.checkout, phone, "ada", 1).await.unwrap();
        let order = shop.order(second.id).await;
        assert_eq!(refused(shop.try_order(stale.id).await), Refusal::HoldExpired { expired_at: stale.expires_at });
        // Other shoppers take the expired units. The order is not affected.
        shop.hold(phone, 2).await;
        shop.checkout.release_hold(stale.id, owner(), None).await.unwrap();
        assert_eq!(shop.order_now(order.id).await.state, OrderState::Pending);
        shop.pay(Reference::Order(order.id), "tx", PaymentStatus::Success).await;
        assert_eq!(counts(shop.stock(phone).await), [0, 2, 0, 1]);
    }

    async fn a_clock_that_jumps_back_reopens_no_sale_and_revives_no_order(shop: Shop) {
        let closes = noon() + Duration::from_mins(2);
        let window = SaleWindow { starts_at: None, ends_at: Some(closes) };
        let phone = shop.product("phone", 5, |draft| draft.window = window).await.id;
        let order = shop.ordered(phone, 1).await;
        shop.advance(120);
        assert_eq!(refused(shop.try_hold(phone, 1).await), Refusal::SaleEnded { ended_at: closes });
        shop.clock.set(noon());
        assert_eq!(refused(shop.try_hold(phone, 1).await), Refusal::SaleEnded { ended_at: closes });
        assert_eq!(shop.order_now(order.id).await.state, OrderState::Pending);
        let watch = shop.product("watch", 1, |_| {}).await.id;
        let ended = shop.ordered(watch, 1).await;
        shop.advance(900);
        shop.hold(watch, 1).await;
        shop.clock.set(noon());
        assert!(shop.try_hold(watch, 1).await.is_err());
        assert!(matches!(shop.order_now(ended.id).await.state, OrderState::Cancelled { .. }));
        assert_eq!(counts(shop.stock(watch).await), [0, 1, 0, 0]);
    }

    async fn holds_and_orders_outlive_the_sale_window(shop: Shop) {
        let window = SaleWindow { starts_at: None, ends_at: Some(noon() + Duration::from_secs(30)) };
        let phone = shop.product("phone", 5, |draft| draft.window = window).await.id;
        let held = shop.hold(phone, 1).await;
        shop.advance(30);
        assert!(matches!(refused(shop.try_hold(phone, 1).await), Refusal::SaleEnded { .. }));
        let order = shop.order(held.id).await;
        shop.pay(Reference::Order(order.id), "tx", PaymentStatus::Success).await;
        assert_eq!(counts(shop.stock(phone).await), [4, 0, 0, 1]);
    }

    async fn only_the_owners_active_hold_is_extended(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let extend = async |id, by| shop.checkout.extend_hold(id, by, None).await;
        let (live, stale) = (shop.hold(phone, 1).await, shop.hold(phone, 1).await);
        assert_eq!(refused(extend(live.id, Owner(Uuid::from_u128(8))).await), Refusal::UnknownHold);
        let ordered = shop.hold(phone, 1).await;
        let order = shop.order(ordered.id).await;
        assert_eq!(refused(extend(ordered.id, owner()).await), Refusal::HoldUsed { order_id: order.id });
        let released = shop.hold(phone, 1).await;
        shop.checkout.release_hold(released.id, owner(), None).await.unwrap();
        assert_eq!(refused(extend(released.id, owner()).await), Refusal::HoldReleased);
        extend(live.id, owner()).await.unwrap();
        shop.advance(120);
        assert_eq!(refused(extend(stale.id, owner()).await), Refusal::HoldExpired { expired_at: stale.expires_at });
        // An extended hold is not reclaimed before its extension ends.
        shop.hold(phone, 3).await;
        assert_eq!(refused(shop.try_hold(phone, 1).await), Refusal::SoldOut { available: 0, may_return: 5 });
        shop.advance(119);
        assert!(shop.try_order(live.id).await.is_ok());
        assert_eq!(counts(shop.stock(phone).await), [0, 3, 2, 0]);
    }

    async fn two_concurrent_extensions_count_once(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let other = shop.second_node().await;
        let held = shop.hold(phone, 1).await;
        let (one, two) = tokio::join!(
            shop.checkout.extend_hold(held.id, owner(), None),
            other.extend_hold(held.id, owner(), None)
        );
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let after = shop.checkout.hold(held.id, owner()).await.unwrap();
        assert_eq!(after.expires_at, held.expires_at + Duration::from_mins(2));
    }
}
