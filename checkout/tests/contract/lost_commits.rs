//! A database that is lost in the middle of a commit: the whole effect or none, and a way to find out which (P9).

use crate::{
    database::Database,
    flaky_proxy::{Break, MARK, Proxy},
    shop::{Shop, hold, key, owner},
};
use checkout::{Error, model::Stock};
use std::time::Duration;

struct Broken {
    shop: Shop,
    proxy: Proxy,
}

impl Broken {
    async fn shop() -> Self {
        let database = Database::postgres().await;
        let url = database.url();
        let (_, address) = url.rsplit_once('@').unwrap();
        let (server, _) = address.split_once('/').unwrap();
        let proxy = Proxy::before(server.parse().unwrap()).await;
        let through = url.replace(server, &proxy.addr.to_string());
        Self { shop: Shop::open_at(database, &through).await, proxy }
    }

    async fn available(&self, stock: u32) -> Stock {
        let product = self.shop.store.reads().products().await.unwrap().remove(0);
        assert_eq!(product.stock.available, stock);
        self.shop.stock(product.id).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_response_is_lost_counts() {
    let broken = Broken::shop().await;
    let phone = broken.shop.phone(10).await.id;
    for taken in [2, 4, 6] {
        // The connection is made by this one, and breaks in the next.
        broken.shop.hold(phone, 1).await;
        broken.proxy.set(Break::After);
        broken.shop.hold(phone, 1).await;
        broken.available(10 - taken).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_never_arrives_is_retried() {
    let broken = Broken::shop().await;
    let phone = broken.shop.phone(10).await.id;
    broken.shop.hold(phone, 1).await;
    for taken in 2..5 {
        broken.proxy.set(Break::Before);
        broken.shop.hold(phone, 1).await;
        broken.available(10 - taken).await;
    }
}

/// The database's time limits say nothing when its host is gone; the shop's own do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_connection_is_replaced() {
    let broken = Broken::shop().await;
    let phone = broken.shop.phone(10).await.id;
    broken.shop.hold(phone, 1).await;
    broken.proxy.set(Break::Silent);
    let held = tokio::time::timeout(Duration::from_secs(20), broken.shop.try_hold(phone, 1)).await;
    held.expect("nobody waits for ever").unwrap();
    broken.available(8).await;
}

/// The same while the batch still loads: another node's hold has to be read before it can be ordered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_lost_while_loading_is_replaced() {
    let broken = Broken::shop().await;
    let phone = broken.shop.phone(10).await.id;
    broken.shop.hold(phone, 1).await;
    let theirs = hold(&broken.shop.second_node().await, phone, 1, None).await.unwrap();
    broken.proxy.set(Break::Before);
    broken.shop.checkout.place_order(theirs.id, owner(), None).await.unwrap();
}

/// After a failover the sessions are new ones, on what is a standby now.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_database_is_unavailable_until_it_accepts_writes() {
    let shop = Shop::postgres().await;
    let phone = shop.phone(10).await.id;
    let end_sessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'holdfast writer%' \
         AND datname = current_database()";
    shop.database.set("default_transaction_read_only = on").await;
    shop.database.run(end_sessions).await;
    for _ in 0..2 {
        let held = shop.try_hold(phone, 1).await;
        assert!(matches!(held, Err(Error::Busy { .. })), "{held:?}");
    }
    shop.database.set("default_transaction_read_only = off").await;
    shop.hold(phone, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unresolved_commit_is_reported_as_unknown_and_its_key_tells_the_outcome_later() {
    let broken = Broken::shop().await;
    let phone = broken.shop.phone(10).await.id;
    broken.shop.hold(phone, 1).await;
    broken.proxy.set(Break::AfterMarkForGood);
    let lost = hold(&broken.shop.checkout, phone, 2, Some(key("k", MARK[0]))).await;
    assert!(matches!(lost, Err(Error::OutcomeUnknown)), "{lost:?}");
    broken.proxy.mend();
    let found = broken.shop.checkout.place_hold(phone, 2.try_into().unwrap(), owner(), None, Some(key("k", MARK[0])));
    assert!(found.await.unwrap().replayed);
    broken.available(7).await;
}
