//! Concurrent requests for one product sell exactly its stock (P8). The negative controls, which run the same engine
//! without its guards and must oversell, are in `checkout/src/simulation/negative_controls.rs`.

use crate::shop::{Shop, counts, eventually, hold, key, owner};
use checkout::{
    Error, PaymentVerdict,
    model::{OrderState, PaymentStatus, ProductId, Reference, Refusal},
};
use std::sync::Arc;

crate::scenarios! {
    async fn a_thousand_shoppers_race_for_the_last_units(shop: Shop) {
        for stock in [1, 10] {
            let phone = shop.product(&format!("phone-{stock}"), stock, |_| {}).await.id;
            let tasks = (0..1000).map(|_| {
                let checkout = shop.checkout.clone();
                tokio::spawn(async move { hold(&checkout, phone, 1, None).await })
            });
            let results: Vec<_> = futures::future::join_all(tasks).await.into_iter().map(|task| task.unwrap()).collect();
            let sold = results.iter().filter(|r| r.is_ok()).count();
            let refused = results.iter().filter(|r| matches!(r, Err(Error::Refused(Refusal::SoldOut { .. })))).count();
            assert_eq!((sold, refused), (stock as usize, 1000 - stock as usize));
            assert_eq!(counts(shop.stock(phone).await), [0, stock, 0, 0]);
        }
    }

    async fn two_nodes_race_for_the_last_units(shop: Shop) {
        let phone = shop.phone(7).await.id;
        let other = shop.second_node().await;
        let tasks = (0..400).map(|n| {
            let node = if n % 2 == 0 { shop.checkout.clone() } else { other.clone() };
            tokio::spawn(async move { hold(&node, phone, 1, None).await })
        });
        let results: Vec<_> = futures::future::join_all(tasks).await.into_iter().map(|task| task.unwrap()).collect();
        assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 7);
        let others = results.iter().filter(|r| r.is_err()).all(|r| matches!(r, Err(Error::Refused(Refusal::SoldOut { .. }))));
        assert!(others, "{results:?}");
        assert_eq!(counts(shop.stock(phone).await), [0, 7, 0, 0]);
    }

    async fn two_holds_on_two_nodes_race_for_the_last_unit(shop: Shop) {
        let other = shop.second_node().await;
        for round in 0..15 {
            let phone = shop.product(&format!("phone-{round}"), 1, |_| {}).await.id;
            let (one, two) = tokio::join!(shop.try_hold(phone, 1), hold(&other, phone, 1, None));
            let [lost] = [one, two].into_iter().filter_map(Result::err).collect::<Vec<_>>().try_into().unwrap();
            assert!(matches!(lost, Error::Refused(Refusal::SoldOut { available: 0, may_return: 1 })), "{lost:?}");
            assert_eq!(counts(shop.stock(phone).await), [0, 1, 0, 0]);
        }
    }

    async fn one_hold_ordered_and_released_on_two_nodes_ends_once(shop: Shop) {
        let phone = shop.phone(20).await.id;
        let other = shop.second_node().await;
        for _ in 0..15 {
            let held = shop.hold(phone, 1).await;
            let (ordered, released) = tokio::join!(shop.try_order(held.id), other.release_hold(held.id, owner(), None));
            assert!(ordered.is_ok() != released.is_ok(), "{ordered:?} and {released:?}");
            if let Ok(order) = ordered {
                shop.checkout.cancel_order(order.id, owner(), None).await.unwrap();
            }
        }
        assert_eq!(counts(shop.stock(phone).await), [20, 0, 0, 0]);
    }

    async fn one_hold_ordered_many_times_at_once_is_one_order(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let nodes = [shop.checkout.clone(), shop.second_node().await];
        let held = shop.hold(phone, 2).await;
        let requests = (0..20).map(|n| nodes[n % 2].place_order(held.id, None, owner(), None));
        let results = futures::future::join_all(requests).await;
        let order = results.iter().flatten().map(|order| order.value.id).collect::<Vec<_>>();
        assert_eq!(order.len(), 1, "{results:?}");
        let used = |e: &Error| matches!(e, Error::Refused(Refusal::HoldUsed { order_id }) if *order_id == order[0]);
        assert!(results.iter().filter_map(|r| r.as_ref().err()).all(used), "{results:?}");
        assert_eq!(counts(shop.stock(phone).await), [3, 0, 2, 0]);
    }

    async fn one_hold_released_many_times_at_once_returns_its_stock_once(shop: Shop) {
        let phone = shop.phone(5).await.id;
        let nodes = [shop.checkout.clone(), shop.second_node().await];
        let held = shop.hold(phone, 2).await;
        let order = shop.ordered(phone, 1).await;
        let given = (0..20).map(|n| nodes[n % 2].release_hold(held.id, owner(), None));
        let ended = (0..20).map(|n| nodes[n % 2].cancel_order(order.id, owner(), None));
        let (given, ended) = tokio::join!(futures::future::join_all(given), futures::future::join_all(ended));
        assert!(given.iter().all(Result::is_ok), "{given:?}");
        assert!(ended.iter().all(Result::is_ok), "{ended:?}");
        assert_eq!(counts(shop.stock(phone).await), [5, 0, 0, 0]);
    }

    async fn a_concurrent_sale_sells_exactly_the_stock(shop: Shop) {
        let phone = shop.phone(50).await.id;
        let shop = Arc::new(shop);
        let shoppers = (0..300).map(|n| {
            let shop = shop.clone();
            let status = if n % 5 == 0 { PaymentStatus::Failure } else { PaymentStatus::Success };
            tokio::spawn(async move { buy(&shop, phone, &format!("tx-{n}"), status).await })
        });
        let shoppers = futures::future::join_all(shoppers).await.into_iter().map(|task| task.unwrap());
        let (mut sold, mut declined) = (0, 0);
        for bought in shoppers {
            match bought {
                Purchase::Paid => sold += 1,
                Purchase::Declined => declined += 1,
                Purchase::SoldOut => {}
            }
        }
        // Each unit was held at least once, because nobody is refused while one is available.
        assert!(sold + declined >= 50, "{sold} sold, {declined} declined");
        assert_eq!(counts(shop.stock(phone).await), [50 - sold, 0, 0, sold]);
        // The units of failed payments are for sale again. After them the product is sold out.
        for n in sold..50 {
            assert_eq!(buy(&shop, phone, &format!("rest-{n}"), PaymentStatus::Success).await, Purchase::Paid);
        }
        assert_eq!(buy(&shop, phone, "late", PaymentStatus::Success).await, Purchase::SoldOut);
        assert_eq!(counts(shop.stock(phone).await), [0, 0, 0, 50]);
    }

    async fn a_conflict_with_another_node_loses_no_claim(shop: Shop) {
        let phone = shop.phone(3).await.id;
        let stale = shop.hold(phone, 1).await;
        shop.advance(60);
        let live = shop.hold(phone, 1).await;
        // This node does not see that another node changes the product. Then a hold of the product is due.
        let other = shop.second_node().await;
        hold(&other, phone, 1, None).await.unwrap();
        shop.advance(60);
        let (short, order) = tokio::join!(shop.try_hold(phone, 1), shop.try_order(live.id));
        short.unwrap();
        order.unwrap();
        assert!(shop.try_order(stale.id).await.is_err());
        assert_eq!(counts(shop.stock(phone).await), [0, 2, 1, 0]);
    }

    async fn a_cancelled_request_has_its_whole_effect_or_none(shop: Shop) {
        let phone = shop.phone(1000).await.id;
        let keys: Vec<_> = (0..200).map(|n| key(&format!("key-{n}"), 1)).collect();
        let granted = || shop.checkout.metrics().holds.read().find(|(outcome, _)| *outcome == "granted").unwrap().1;
        for (n, key) in keys.iter().enumerate() {
            let (checkout, key, before) = (shop.checkout.clone(), key.clone(), granted());
            let task = tokio::spawn(async move { hold(&checkout, phone, 1, Some(key)).await });
            // The request is cancelled before it starts, while it is queued or written, or just after it was granted.
            match n % 3 {
                0 => {}
                1 => yield_times(n).await,
                _ => eventually(async || granted() > before).await,
            }
            task.abort();
            let _ = task.await;
        }
        // The queue keeps its order, so this commit comes after all of those.
        shop.hold(phone, 1).await;
        let held = shop.stock(phone).await.held - 1;
        // A key was stored with each hold that was placed, and with no other. The others are placed now.
        let mut replayed = 0;
        for key in keys {
            let repeated = shop.checkout.place_hold(phone, 1.try_into().unwrap(), owner(), None, Some(key)).await.unwrap();
            replayed += u32::from(repeated.replayed);
        }
        assert_eq!(replayed, held);
        assert!(held >= 66, "{held} were granted");
        assert_eq!(counts(shop.stock(phone).await), [799, 201, 0, 0]);
    }
}

async fn yield_times(n: usize) {
    for _ in 0..n {
        tokio::task::yield_now().await;
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Purchase {
    Paid,
    Declined,
    SoldOut,
}

/// Holds a unit, orders it and pays. Only "sold out" may stop it.
async fn buy(shop: &Shop, phone: ProductId, transaction: &str, status: PaymentStatus) -> Purchase {
    let held = match shop.try_hold(phone, 1).await {
        Ok(held) => held,
        Err(Error::Refused(Refusal::SoldOut { .. })) => return Purchase::SoldOut,
        Err(other) => panic!("{other:?}"),
    };
    let order = shop.order(held.id).await;
    assert_eq!(shop.pay(Reference::Order(order.id), transaction, status).await, PaymentVerdict::Processed);
    match shop.order_now(order.id).await.state {
        OrderState::Paid { .. } => Purchase::Paid,
        OrderState::Cancelled { .. } => Purchase::Declined,
        OrderState::Pending => panic!("the order is still pending"),
    }
}
