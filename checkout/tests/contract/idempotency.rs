//! An idempotency key has one effect. A repeated request gets the stored reply (P9).

use crate::shop::{counts, hold, key, owner, refused};
use checkout::{
    model::{Owner, Quantity, Refusal},
    retry_in_progress,
};
use futures::future::join_all;
use uuid::Uuid;

crate::scenarios! {
    async fn a_concurrent_request_with_the_same_key_is_refused(shop: Shop) {
        let phone = shop.phone(10).await.id;
        let place = || hold(&shop.checkout, phone, 1, Some(key("k", 1)));
        let (first, second) = tokio::join!(place(), place());
        assert_eq!(refused(second), Refusal::InProgress);
        assert_eq!(place().await.unwrap(), first.unwrap());
        assert_eq!(counts(shop.stock(phone).await), [9, 1, 0, 0]);
    }

    async fn concurrent_requests_with_one_key_hold_once(shop: Shop) {
        let phone = shop.phone(10).await.id;
        let requests = (0..20).map(|_| retry_in_progress(|| hold(&shop.checkout, phone, 1, Some(key("k", 1)))));
        let ids: Vec<_> = join_all(requests).await.into_iter().map(|r| r.unwrap().id).collect();
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert_eq!(counts(shop.stock(phone).await), [9, 1, 0, 0]);
    }

    async fn one_key_on_two_nodes_holds_once(shop: Shop) {
        let phone = shop.phone(10).await.id;
        let other = shop.second_node().await;
        let requests = (0..40).map(|n| {
            let node = if n % 2 == 0 { shop.checkout.clone() } else { other.clone() };
            async move { retry_in_progress(|| hold(&node, phone, 1, Some(key("k", 1)))).await }
        });
        let ids: Vec<_> = join_all(requests).await.into_iter().map(|r| r.unwrap().id).collect();
        assert!(ids.iter().all(|id| *id == ids[0]));
        assert_eq!(counts(shop.stock(phone).await), [9, 1, 0, 0]);
    }

    async fn a_stored_reply_outlives_its_hold(shop: Shop) {
        let phone = shop.phone(10).await.id;
        let first = hold(&shop.checkout, phone, 1, Some(key("k", 1))).await.unwrap();
        shop.checkout.release_hold(first.id, owner(), Some(key("r", 2))).await.unwrap();
        let fresh = shop.second_node().await;
        let again = fresh.place_hold(phone, Quantity::try_from(1).unwrap(), owner(), None, Some(key("k", 1))).await.unwrap();
        assert!(again.replayed);
        assert_eq!(again.value, first);
        assert_eq!(counts(shop.stock(phone).await), [10, 0, 0, 0]);
    }

    async fn a_key_with_another_payload_is_refused(shop: Shop) {
        let phone = shop.phone(10).await.id;
        hold(&shop.checkout, phone, 1, Some(key("k", 1))).await.unwrap();
        assert_eq!(refused(hold(&shop.checkout, phone, 2, Some(key("k", 2))).await), Refusal::KeyReused);
        let fresh = shop.second_node().await;
        assert_eq!(refused(hold(&fresh, phone, 2, Some(key("k", 2))).await), Refusal::KeyReused);
        // Each client has its own keys.
        let stranger = Owner(Uuid::from_u128(8));
        shop.checkout.place_hold(phone, Quantity::try_from(2).unwrap(), stranger, None, Some(key("k", 2))).await.unwrap();
        assert_eq!(counts(shop.stock(phone).await), [7, 3, 0, 0]);
    }

    async fn a_refusal_does_not_use_up_the_key(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let taken = shop.hold(phone, 1).await;
        refused(hold(&shop.checkout, phone, 1, Some(key("k", 1))).await);
        shop.checkout.release_hold(taken.id, owner(), None).await.unwrap();
        hold(&shop.checkout, phone, 1, Some(key("k", 1))).await.unwrap();
        assert_eq!(counts(shop.stock(phone).await), [0, 1, 0, 0]);
    }

    async fn orders_and_cancellations_are_replayed_too(shop: Shop) {
        let phone = shop.phone(3).await.id;
        let held = shop.hold(phone, 1).await;
        let order = shop.checkout.place_order(held.id, None, owner(), Some(key("o", 1))).await.unwrap();
        let again = shop.checkout.place_order(held.id, None, owner(), Some(key("o", 1))).await.unwrap();
        assert_eq!((again.value, again.replayed), (order.value.clone(), true));
        let cancelled = shop.checkout.cancel_order(order.value.id, owner(), Some(key("c", 2))).await.unwrap();
        let again = shop.checkout.cancel_order(order.value.id, owner(), Some(key("c", 2))).await.unwrap();
        assert_eq!((again.value, again.replayed), (cancelled.value, true));
        assert_eq!(counts(shop.stock(phone).await), [3, 0, 0, 0]);
    }

    async fn a_repeated_key_gets_its_reply_where_a_new_request_would_be_refused(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let first = hold(&shop.checkout, phone, 1, Some(key("k", 1))).await.unwrap();
        // The product is sold out now, and this node has not seen the key yet.
        let fresh = shop.second_node().await;
        assert_eq!(hold(&fresh, phone, 1, Some(key("k", 1))).await.unwrap(), first);
        let order = fresh.place_order(first.id, None, owner(), Some(key("o", 1))).await.unwrap().value;
        let again = shop.second_node().await.place_order(first.id, None, owner(), Some(key("o", 1))).await.unwrap();
        assert_eq!((again.value, again.replayed), (order, true));
    }
}
