//! Idempotency keys of every keyed request: holds, orders, cancellations, releases and extensions (P9).

use crate::shop::{Shop, counts, key, owner, refused};
use checkout::{
    Checkout, Error, Idempotency,
    model::{HoldId, OrderId, ProductId, Quantity, Refusal},
    retry_in_progress,
};

/// A keyed request. Without its key, a repetition would be refused or would have a second effect.
#[derive(Debug, Clone, Copy)]
enum KeyedRequest {
    Hold(ProductId, i64),
    Release(HoldId),
    Extend(HoldId),
    Order(HoldId),
    Cancel(OrderId),
}

/// Returns the reply as text, and whether it was replayed.
async fn send(node: &Checkout, what: KeyedRequest, key: Option<Idempotency>) -> Result<(String, bool), Error> {
    match what {
        KeyedRequest::Hold(phone, qty) => {
            let qty = Quantity::try_from(qty).unwrap();
            node.place_hold(phone, qty, owner(), None, key).await.map(|r| (format!("{:?}", r.value), r.replayed))
        }
        KeyedRequest::Release(id) => {
            node.release_hold(id, owner(), key).await.map(|r| (format!("{:?}", r.value), r.replayed))
        }
        KeyedRequest::Extend(id) => {
            node.extend_hold(id, owner(), key).await.map(|r| (format!("{:?}", r.value), r.replayed))
        }
        KeyedRequest::Order(id) => {
            node.place_order(id, None, owner(), key).await.map(|r| (format!("{:?}", r.value), r.replayed))
        }
        KeyedRequest::Cancel(id) => {
            node.cancel_order(id, owner(), key).await.map(|r| (format!("{:?}", r.value), r.replayed))
        }
    }
}

/// Returns one request of each kind, each for a hold or order of its own.
async fn one_of_each(shop: &Shop, phone: ProductId) -> [KeyedRequest; 5] {
    [
        KeyedRequest::Hold(phone, 1),
        KeyedRequest::Release(shop.hold(phone, 1).await.id),
        KeyedRequest::Extend(shop.hold(phone, 1).await.id),
        KeyedRequest::Order(shop.hold(phone, 1).await.id),
        KeyedRequest::Cancel(shop.ordered(phone, 1).await.id),
    ]
}

crate::scenarios! {
    async fn every_keyed_request_gets_its_reply_again(shop: Shop) {
        let phone = shop.phone(100).await.id;
        let other = shop.second_node().await;
        for (n, what) in (0..).zip(one_of_each(&shop, phone).await) {
            let key = key(&format!("key-{n}"), n);
            let (first, replayed) = send(&shop.checkout, what, Some(key.clone())).await.unwrap();
            assert!(!replayed);
            for node in [&shop.checkout, &other, &shop.second_node().await] {
                let again = send(node, what, Some(key.clone())).await.unwrap();
                assert_eq!(again, (first.clone(), true), "{what:?}");
            }
        }
        assert_eq!(counts(shop.stock(phone).await), [97, 2, 1, 0]);
    }

    async fn every_key_with_another_payload_is_refused(shop: Shop) {
        let phone = shop.phone(100).await.id;
        let other = shop.second_node().await;
        let asked = one_of_each(&shop, phone).await;
        for (n, what) in (0..).zip(asked) {
            send(&shop.checkout, what, Some(key(&format!("key-{n}"), n))).await.unwrap();
        }
        let before = shop.stock(phone).await;
        let instead = one_of_each(&shop, phone).await;
        for (n, (same_kind, what)) in (0..).zip(instead.into_iter().zip(asked)) {
            for node in [&shop.checkout, &other] {
                let name = format!("key-{n}");
                assert_eq!(refused(send(node, same_kind, Some(key(&name, n + 100))).await), Refusal::KeyReused);
                // Another kind of request with this key is refused, too.
                let other_kind = if n == 0 { instead[4] } else { KeyedRequest::Hold(phone, 1) };
                assert_eq!(refused(send(node, other_kind, Some(key(&name, n + 100))).await), Refusal::KeyReused);
                send(node, what, Some(key(&name, n))).await.unwrap();
            }
        }
        // Only the three holds and the order for the other requests were added.
        let after = shop.stock(phone).await;
        assert_eq!((after.held, after.pending), (before.held + 3, before.pending + 1));
    }

    async fn every_key_sent_many_times_at_once_has_one_effect(shop: Shop) {
        let phone = shop.phone(100).await.id;
        let nodes = [shop.checkout.clone(), shop.second_node().await];
        for spread in [0, 1] {
            for (n, what) in (0..).zip(one_of_each(&shop, phone).await) {
                let (key, nodes) = (&key(&format!("key-{spread}-{n}"), n), &nodes);
                let requests = (0..10).map(|nth| {
                    retry_in_progress(move || send(&nodes[nth * spread % 2], what, Some(key.clone())))
                });
                let replies = futures::future::join_all(requests).await.into_iter().map(|r| r.unwrap());
                let replies: Vec<_> = replies.collect();
                assert!(replies.iter().all(|(text, _)| *text == replies[0].0), "{what:?}: {replies:?}");
                let done = replies.iter().filter(|(_, replayed)| !replayed).count();
                assert_eq!(done, 1, "{what:?}: {replies:?}");
            }
        }
        assert_eq!(counts(shop.stock(phone).await), [94, 4, 2, 0]);
    }

    async fn a_refused_key_may_be_granted_later_and_then_stays_granted(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let other = shop.second_node().await;
        let held = shop.hold(phone, 1).await;
        let want = KeyedRequest::Hold(phone, 1);
        for node in [&shop.checkout, &other, &shop.checkout] {
            refused(send(node, want, Some(key("k", 1))).await);
        }
        shop.checkout.release_hold(held.id, owner(), None).await.unwrap();
        let (granted, _) = send(&other, want, Some(key("k", 1))).await.unwrap();
        for node in [&shop.checkout, &other] {
            assert_eq!(send(node, want, Some(key("k", 1))).await.unwrap(), (granted.clone(), true));
        }
        // An order is refused because its hold was released. Its key then serves an order of another hold.
        shop.advance(120);
        assert!(matches!(refused(send(&shop.checkout, KeyedRequest::Order(held.id), Some(key("o", 2))).await), Refusal::HoldReleased));
        let fresh = shop.hold(phone, 1).await;
        send(&other, KeyedRequest::Order(fresh.id), Some(key("o", 3))).await.unwrap();
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 1, 0]);
    }

    async fn a_hundred_requests_each_sent_twice_sell_exactly_ten(shop: Shop) {
        let phone = shop.phone(10).await.id;
        let nodes = [shop.checkout.clone(), shop.second_node().await];
        let requests = (0..200).map(|n| {
            let (node, key) = (nodes[n % 3 % 2].clone(), key(&format!("key-{}", n / 2), 1));
            tokio::spawn(async move {
                let reply = retry_in_progress(|| send(&node, KeyedRequest::Hold(phone, 1), Some(key.clone()))).await;
                (key.key.as_str().to_owned(), reply)
            })
        });
        let mut granted = std::collections::BTreeMap::new();
        for task in futures::future::join_all(requests).await {
            let (key, reply) = task.unwrap();
            match reply {
                Ok((hold, _)) => assert_eq!(*granted.entry(key).or_insert_with(|| hold.clone()), hold),
                Err(error) => assert!(matches!(error, Error::Refused(Refusal::SoldOut { .. })), "{error:?}"),
            }
        }
        assert_eq!(granted.len(), 10);
        assert_eq!(counts(shop.stock(phone).await), [0, 10, 0, 0]);
    }
}
