//! Idempotency keys of every keyed request: holds, orders, cancellations, releases and extensions (P9).

use crate::shop::{Shop, counts, key, owner, refused};
use checkout::{
    Checkout, Error, Idempotency,
    model::{HoldId, OrderId, ProductId, Quantity, Refusal},
    retry_in_progress,
};

/// A keyed request. Without its key, a repetition would be refused or would have a second effect.
#[derive(Debug, Clone, Copy)]
enum Ask {
    Hold(ProductId, i64),
    Release(HoldId),
    Extend(HoldId),
    Order(HoldId),
    Cancel(OrderId),
}

/// Returns the reply as text, and whether it was replayed.
async fn ask(node: &Checkout, what: Ask, key: Option<Idempotency>) -> Result<(String, bool), Error> {
    match what {
        Ask::Hold(phone, qty) => {
            let qty = Quantity::try_from(qty).unwrap();
            node.place_hold(phone, qty, owner(), None, key).await.map(|r| (format!("{:?}", r.value), r.replayed))
        }
        Ask::Release(id) => node.release_hold(id, owner(), key).await.map(|r| (format!("{:?}", r.value), r.replayed)),
        Ask::Extend(id) => node.extend_hold(id, owner(), key).await.map(|r| (format!("{:?}", r.value), r.replayed)),
        Ask::Order(id) => node.place_order(id, owner(), key).await.map(|r| (format!("{:?}", r.value), r.replayed)),
        Ask::Cancel(id) => node.cancel_order(id, owner(), key).await.map(|r| (format!("{:?}", r.value), r.replayed)),
    }
}

/// Returns one request of each kind, each for a hold or order of its own.
async fn one_of_each(shop: &Shop, phone: ProductId) -> [Ask; 5] {
    [
        Ask::Hold(phone, 1),
        Ask::Release(shop.hold(phone, 1).await.id),
        Ask::Extend(shop.hold(phone, 1).await.id),
        Ask::Order(shop.hold(phone, 1).await.id),
        Ask::Cancel(shop.ordered(phone, 1).await.id),
    ]
}

crate::scenarios! {
    async fn every_keyed_request_gets_its_reply_again(shop: Shop) {
        let phone = shop.phone(100).await.id;
        let other = shop.second_node().await;
        for (n, what) in (0..).zip(one_of_each(&shop, phone).await) {
            let key = key(&format!("key-{n}"), n);
            let (first, replayed) = ask(&shop.checkout, what, Some(key.clone())).await.unwrap();
            assert!(!replayed);
            for node in [&shop.checkout, &other, &shop.second_node().await] {
                let again = ask(node, what, Some(key.clone())).await.unwrap();
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
            ask(&shop.checkout, what, Some(key(&format!("key-{n}"), n))).await.unwrap();
        }
        let before = shop.stock(phone).await;
        let instead = one_of_each(&shop, phone).await;
        for (n, (same_kind, what)) in (0..).zip(instead.into_iter().zip(asked)) {
            for node in [&shop.checkout, &other] {
                let name = format!("key-{n}");
                assert_eq!(refused(ask(node, same_kind, Some(key(&name, n + 100))).await), Refusal::KeyReused);
                // Another kind of request with this key is refused, too.
                let other_kind = if n == 0 { instead[4] } else { Ask::Hold(phone, 1) };
                assert_eq!(refused(ask(node, other_kind, Some(key(&name, n + 100))).await), Refusal::KeyReused);
                ask(node, what, Some(key(&name, n))).await.unwrap();
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
                    retry_in_progress(move || ask(&nodes[nth * spread % 2], what, Some(key.clone())))
                });
                let answers = futures::future::join_all(requests).await.into_iter().map(|r| r.unwrap());
                let answers: Vec<_> = answers.collect();
                assert!(answers.iter().all(|(text, _)| *text == answers[0].0), "{what:?}: {answers:?}");
                let done = answers.iter().filter(|(_, replayed)| !replayed).count();
                assert_eq!(done, 1, "{what:?}: {answers:?}");
            }
        }
        assert_eq!(counts(shop.stock(phone).await), [94, 4, 2, 0]);
    }

    async fn a_refused_key_may_be_granted_later_and_then_stays_granted(shop: Shop) {
        let phone = shop.phone(1).await.id;
        let other = shop.second_node().await;
        let held = shop.hold(phone, 1).await;
        let want = Ask::Hold(phone, 1);
        for node in [&shop.checkout, &other, &shop.checkout] {
            refused(ask(node, want, Some(key("k", 1))).await);
        }
        shop.checkout.release_hold(held.id, owner(), None).await.unwrap();
        let (granted, _) = ask(&other, want, Some(key("k", 1))).await.unwrap();
        for node in [&shop.checkout, &other] {
            assert_eq!(ask(node, want, Some(key("k", 1))).await.unwrap(), (granted.clone(), true));
        }
        // An order is refused because its hold was released. Its key then serves an order of another hold.
        shop.advance(120);
        assert!(matches!(refused(ask(&shop.checkout, Ask::Order(held.id), Some(key("o", 2))).await), Refusal::HoldReleased));
        let fresh = shop.hold(phone, 1).await;
        ask(&other, Ask::Order(fresh.id), Some(key("o", 3))).await.unwrap();
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 1, 0]);
    }

    async fn a_hundred_requests_each_sent_twice_sell_exactly_ten(shop: Shop) {
        let phone = shop.phone(10).await.id;
        let nodes = [shop.checkout.clone(), shop.second_node().await];
        let requests = (0..200).map(|n| {
            let (node, key) = (nodes[n % 3 % 2].clone(), key(&format!("key-{}", n / 2), 1));
            tokio::spawn(async move {
                let answer = retry_in_progress(|| ask(&node, Ask::Hold(phone, 1), Some(key.clone()))).await;
                (key.key.as_str().to_owned(), answer)
            })
        });
        let mut granted = std::collections::BTreeMap::new();
        for task in futures::future::join_all(requests).await {
            let (key, answer) = task.unwrap();
            match answer {
                Ok((hold, _)) => assert_eq!(*granted.entry(key).or_insert_with(|| hold.clone()), hold),
                Err(error) => assert!(matches!(error, Error::Refused(Refusal::SoldOut { .. })), "{error:?}"),
            }
        }
        assert_eq!(granted.len(), 10);
        assert_eq!(counts(shop.stock(phone).await), [0, 10, 0, 0]);
    }
}
