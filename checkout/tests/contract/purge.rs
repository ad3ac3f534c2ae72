//! The purge deletes rows whose retention time is over, in small batches, and no other rows.

use crate::shop::{Shop, counts, event, eventually, hold, key, noon, owner, refused};
use checkout::{
    Limits, PaymentEvent,
    model::{EventPayload, HoldId, PaymentStatus, ProductId, Reference, Refusal, Timestamp},
    store,
};
use std::time::Duration;

const DAY: u64 = 24 * 3600;

const KEYS: &str = "SELECT count(*) FROM idempotency_keys";
const PAYLOADS: &str = "SELECT count(*) FROM payment_payloads";
const STOCK_EVENTS: &str = "SELECT count(*) FROM stock_events";

/// Makes `n` commits on a product, one after another.
async fn commits(shop: &Shop, product: ProductId, n: usize) {
    for _ in 0..n {
        shop.hold(product, 1).await;
    }
}

/// Deletes batch by batch until nothing is left to delete. Returns the number of rows in each batch.
async fn all_batches(mut delete: impl AsyncFnMut() -> u64) -> Vec<u64> {
    let mut batches = Vec::new();
    loop {
        match delete().await {
            0 => return batches,
            rows => batches.push(rows),
        }
    }
}

fn days_before(now: Timestamp, days: u64) -> Timestamp {
    now - Duration::from_secs(days * DAY)
}

crate::scenarios! {
    async fn a_key_is_honoured_for_a_day_and_deleted_after_two(shop: Shop) {
        let phone = shop.phone(10).await.id;
        hold(&shop.checkout, phone, 1, Some(key("oldest", 1))).await.unwrap();
        shop.advance(DAY + 1);
        let old = hold(&shop.checkout, phone, 1, Some(key("old", 1))).await.unwrap();
        shop.advance(DAY);
        let young = hold(&shop.checkout, phone, 1, Some(key("young", 1))).await.unwrap();
        shop.checkout.start_maintenance(Limits::default());
        eventually(async || shop.database.count(KEYS).await == 2).await;
        assert_eq!(hold(&shop.second_node().await, phone, 1, Some(key("old", 1))).await.unwrap(), old);
        shop.advance(DAY + 1);
        let second = shop.second_node().await;
        second.start_maintenance(Limits::default());
        eventually(async || shop.database.count(KEYS).await == 1).await;
        let fresh = shop.second_node().await;
        assert_eq!(hold(&fresh, phone, 1, Some(key("young", 1))).await.unwrap(), young);
        assert_eq!(refused(hold(&fresh, phone, 1, Some(key("young", 2))).await), Refusal::KeyReused);
        // A request with the deleted key is a new request.
        assert_ne!(hold(&fresh, phone, 2, Some(key("old", 2))).await.unwrap().id, old.id);
    }

    async fn a_node_does_not_remember_a_deleted_reply(shop: Shop) {
        let phone = shop.phone(10).await.id;
        let other = shop.second_node().await;
        for node in [&shop.checkout, &other] {
            hold(node, phone, 1, Some(key("k", 1))).await.unwrap();
        }
        shop.advance(2 * DAY + 1);
        let batches = all_batches(async || shop.store.purge().idempotency_keys(days_before(shop.checkout.now(), 2), 20).await.unwrap());
        assert_eq!(batches.await, [1]);
        // Both nodes treat it as a new key, and the second node returns the first one's reply.
        let new = hold(&shop.checkout, phone, 2, Some(key("k", 2))).await.unwrap();
        assert_eq!(hold(&other, phone, 2, Some(key("k", 2))).await.unwrap(), new);
    }

    async fn keys_are_deleted_oldest_first_in_small_batches(shop: Shop) {
        let phone = shop.phone(1000).await.id;
        for day in 0..3 {
            let names: Vec<_> = (0..25).map(|n| key(&format!("key-{day}-{n}"), 1)).collect();
            let holds = names.into_iter().map(|key| hold(&shop.checkout, phone, 1, Some(key)));
            assert!(futures::future::join_all(holds).await.iter().all(Result::is_ok));
            shop.advance(DAY);
        }
        let before = noon() + Duration::from_secs(2 * DAY);
        let batches = all_batches(async || shop.store.purge().idempotency_keys(before, 20).await.unwrap()).await;
        assert_eq!(batches.iter().sum::<u64>(), 50);
        assert!(batches.iter().all(|rows| *rows <= 20), "{batches:?}");
        let (gone, kept) = (key("key-1-24", 2), key("key-2-0", 2));
        let fresh = shop.second_node().await;
        hold(&fresh, phone, 1, Some(gone)).await.unwrap();
        assert_eq!(refused(hold(&fresh, phone, 1, Some(kept)).await), Refusal::KeyReused);
    }

    async fn the_stock_history_is_deleted_after_ninety_days_except_each_newest_row(shop: Shop) {
        let camera = shop.product("camera", 50, |_| {}).await.id;
        for _ in 0..3 {
            let held = shop.hold(camera, 1).await;
            shop.checkout.release_hold(held.id, owner(), None).await.unwrap();
        }
        shop.advance(2 * DAY);
        let (phone, watch) = (shop.phone(50).await.id, shop.product("watch", 50, |_| {}).await.id);
        let radio = shop.product("radio", 50, |_| {}).await.id;
        commits(&shop, phone, 30).await;
        commits(&shop, radio, 5).await;
        shop.advance(89 * DAY);
        shop.checkout.start_maintenance(Limits::default());
        // Only the camera's rows are old enough. The sweep adds a row for each product whose holds have expired.
        let (phones, watches, radios, cameras) = (31 + 1, 1, 6 + 1, 1);
        eventually(async || shop.database.count(STOCK_EVENTS).await == phones + watches + radios + cameras).await;
        shop.advance(DAY + 1);
        commits(&shop, phone, 2).await;
        let second = shop.second_node().await;
        second.start_maintenance(Limits::default());
        let (phones, watches, radios, cameras) = (3, 1, 1, 1);
        eventually(async || shop.database.count(STOCK_EVENTS).await == phones + watches + radios + cameras).await;
        assert_eq!(counts(shop.stock(phone).await), [48, 2, 0, 0]);
        assert_eq!(counts(shop.stock(watch).await), [50, 0, 0, 0]);
        assert_eq!(counts(shop.stock(radio).await), [50, 0, 0, 0]);
        // The stock history goes on after its newest row.
        commits(&shop, radio, 1).await;
        assert_eq!(counts(shop.stock(radio).await), [49, 1, 0, 0]);
    }

    async fn the_stock_history_is_deleted_in_small_batches_without_a_gap(shop: Shop) {
        let phone = shop.phone(100).await.id;
        commits(&shop, phone, 24).await;
        shop.advance(91 * DAY);
        commits(&shop, phone, 1).await;
        // A node whose clock was far ahead wrote this row. The rows after it are older, but must stay with it.
        shop.database.run("UPDATE stock_events SET at = (SELECT max(at) FROM stock_events) WHERE version = 21").await;
        let before = days_before(shop.checkout.now(), 90);
        let batches = all_batches(async || shop.store.purge().stock_events(before, 8).await.unwrap()).await;
        assert_eq!(batches, [8, 8, 4]);
        assert!(shop.checkout.audit().await.unwrap().clean);
        assert_eq!(shop.database.count(STOCK_EVENTS).await, 6);
    }

    async fn payloads_are_deleted_after_ninety_days_oldest_first_in_small_batches(shop: Shop) {
        let nowhere = Reference::Hold(HoldId(uuid::Uuid::from_u128(1)));
        let deliver = async |nth: u32| {
            let payload = EventPayload::new(None, b"{}");
            let delivered = event(&format!("evt-{nth}"), nowhere, &format!("tx-{nth}"), PaymentStatus::Success);
            shop.deliver(PaymentEvent { payload, ..delivered }).await.unwrap();
            shop.advance(60);
        };
        for nth in 0..10 {
            deliver(nth).await;
        }
        shop.advance(89 * DAY);
        deliver(10).await;
        let before = async |days| days_before(shop.checkout.now(), days);
        assert_eq!(shop.store.purge().payment_payloads(before(90).await, 4).await.unwrap(), 0);
        shop.advance(DAY);
        let at = before(90).await;
        assert_eq!(all_batches(async || shop.store.purge().payment_payloads(at, 4).await.unwrap()).await, [4, 4, 2]);
        assert_eq!(shop.database.count(PAYLOADS).await, 1);
        // The events stay.
        assert_eq!(shop.store.reads().payments(HoldId(uuid::Uuid::from_u128(1)), None).await.unwrap().len(), 11);
        shop.advance(90 * DAY);
        shop.checkout.start_maintenance(Limits::default());
        eventually(async || shop.database.count(PAYLOADS).await == 0).await;
    }

    async fn two_nodes_that_purge_together_delete_each_row_once(shop: Shop) {
        let phone = shop.phone(1000).await.id;
        let keys = (0..200).map(|n| hold(&shop.checkout, phone, 1, Some(key(&format!("key-{n}"), 1))));
        assert!(futures::future::join_all(keys).await.iter().all(Result::is_ok));
        commits(&shop, phone, 60).await;
        shop.advance(91 * DAY);
        shop.hold(phone, 1).await;
        let written = shop.database.count(STOCK_EVENTS).await;
        let stores = [shop.store.clone(), store::open(&shop.database.url()).await.unwrap()];
        let before = days_before(shop.checkout.now(), 90);
        let purge = async |nth: usize| {
            let purge = stores[nth % 2].purge();
            let keys = all_batches(async || purge.idempotency_keys(before, 7).await.unwrap()).await;
            let events = all_batches(async || purge.stock_events(before, 5).await.unwrap()).await;
            (keys.iter().sum::<u64>(), events.iter().sum::<u64>())
        };
        let (gone, ()) = tokio::join!(futures::future::join_all((0..4).map(purge)), commits(&shop, phone, 20));
        let gone = gone.into_iter().fold((0, 0), |sum, gone| (sum.0 + gone.0, sum.1 + gone.1));
        assert_eq!(gone.0, 200);
        assert_eq!(shop.database.count(KEYS).await, 0);
        // The newest row before the purge, and 20 more.
        assert_eq!((gone.1, shop.database.count(STOCK_EVENTS).await), (u64::try_from(written).unwrap() - 1, 21));
        assert!(shop.checkout.audit().await.unwrap().clean);
    }
}
