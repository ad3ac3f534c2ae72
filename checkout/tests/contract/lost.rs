//! A database that is lost in the middle of a commit: the whole effect or none, and a way to find out which (P9).

use crate::{
    database::Database,
    proxy::{Break, MARK, Proxy},
    shop::{Shop, hold, key},
};
use checkout::{Error, model::Stock};

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
async fn a_commit_whose_answer_was_lost_counts() {
    let broken = Broken::shop().await;
    let phone = broken.shop.phone(10).await.id;
    broken.shop.hold(phone, 1).await;
    for taken in 2..5 {
        broken.proxy.set(Break::After);
        broken.shop.hold(phone, 1).await;
        broken.available(10 - taken).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_never_arrived_is_made_again() {
    let broken = Broken::shop().await;
    let phone = broken.shop.phone(10).await.id;
    broken.shop.hold(phone, 1).await;
    for taken in 2..5 {
        broken.proxy.set(Break::Before);
        broken.shop.hold(phone, 1).await;
        broken.available(10 - taken).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_that_cannot_be_found_out_is_said_to_be_unknown_and_the_key_tells_it_later() {
    let broken = Broken::shop().await;
    let phone = broken.shop.phone(10).await.id;
    broken.shop.hold(phone, 1).await;
    broken.proxy.set(Break::AfterMarkForGood);
    let lost = hold(&broken.shop.checkout, phone, 2, Some(key("k", MARK[0]))).await;
    assert!(matches!(lost, Err(Error::Unknown)), "{lost:?}");
    broken.proxy.mend();
    let found = broken.shop.checkout.place_hold(
        phone,
        2.try_into().unwrap(),
        crate::shop::owner(),
        None,
        Some(key("k", MARK[0])),
    );
    assert!(found.await.unwrap().replayed);
    broken.available(7).await;
}
