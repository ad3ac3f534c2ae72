//! Truly concurrent: many tasks, one product, and exactly what there is gets sold (P8).

use crate::shop::{counts, hold, owner};
use checkout::{
    Error,
    model::{PaymentStatus, Reference, Refusal},
};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

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

    async fn a_whole_sale_at_once_sells_exactly_what_there_is(shop: Shop) {
        let phone = shop.phone(50).await.id;
        let shop = Arc::new(shop);
        let tasks = (0..300).map(|n| {
            let shop = shop.clone();
            tokio::spawn(async move {
                let held = shop.try_hold(phone, 1).await.ok()?;
                let order = shop.order(held.id).await;
                let status = if n % 5 == 0 { PaymentStatus::Failure } else { PaymentStatus::Success };
                shop.pay(Reference::Order(order.id), &format!("tx-{n}"), status).await;
                Some(())
            })
        });
        futures::future::join_all(tasks).await;
        let stock = shop.stock(phone).await;
        assert_eq!((stock.held, stock.pending), (0, 0));
        assert_eq!(stock.available + stock.sold, 50);
    }

    async fn news_from_another_node_takes_no_claim_away(shop: Shop) {
        let phone = shop.phone(3).await.id;
        let stale = shop.hold(phone, 1).await;
        shop.turn(60);
        let live = shop.hold(phone, 1).await;
        // Another node moves the product behind this one's back, and then something under it is due.
        let other = shop.second_node().await;
        hold(&other, phone, 1, None).await.unwrap();
        shop.turn(60);
        let (short, order) = tokio::join!(shop.try_hold(phone, 1), shop.try_order(live.id));
        short.unwrap();
        order.unwrap();
        assert!(shop.try_order(stale.id).await.is_err());
        assert_eq!(counts(shop.stock(phone).await), [0, 2, 1, 0]);
    }

    async fn a_caller_who_goes_away_leaves_the_whole_or_nothing(shop: Shop) {
        let phone = shop.phone(1000).await.id;
        for _ in 0..200 {
            let checkout = shop.checkout.clone();
            let task = tokio::spawn(async move { hold(&checkout, phone, 1, None).await });
            tokio::task::yield_now().await;
            task.abort();
        }
        shop.hold(phone, 1).await;
        let stock = shop.stock(phone).await;
        assert_eq!(stock.available + stock.held, 1000);
        assert!(shop.checkout.orders(owner(), None, 10).await.unwrap().is_empty());
    }
}

/// The twin with the protection off: reads the counter, then writes what it made of it. It must oversell, or the races
/// above prove nothing about the machine they ran on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_writer_the_same_race_oversells() {
    let available = Arc::new(AtomicI64::new(10));
    let tasks = (0..1000).map(|_| {
        let available = available.clone();
        tokio::spawn(async move {
            let seen = available.load(Ordering::SeqCst);
            if seen <= 0 {
                return false;
            }
            // Where a database would be read and written.
            tokio::task::yield_now().await;
            available.store(seen - 1, Ordering::SeqCst);
            true
        })
    });
    let sold = futures::future::join_all(tasks).await.into_iter().filter(|task| matches!(task, Ok(true))).count();
    assert!(sold > 10, "check-then-act sold {sold} of 10");
}
