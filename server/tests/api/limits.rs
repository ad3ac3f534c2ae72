//! How often one client may ask, and who counts as one.

use crate::shop::{Answer, Shop, read};
use reqwest::Method;
use serde_json::json;
use server::config::RateLimit;
use std::num::NonZeroU32;

const PER_SECOND: u32 = 5;

/// A shop that lets each client ask so often, behind a proxy that it trusts.
async fn limited() -> Shop {
    Shop::open_with(|settings| {
        settings.rate_limit = RateLimit::PerSecond(NonZeroU32::new(PER_SECOND).unwrap());
        settings.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await
}

/// Asks for the products as if from that address.
async fn from(shop: &Shop, address: &str) -> Answer {
    read(shop.request(Method::GET, "/api/products").header("x-forwarded-for", address).send().await.unwrap()).await
}

/// Asks until the answer is 429; answers how often it was not.
async fn until_limited(ask: impl AsyncFn() -> Answer) -> (u32, Answer) {
    for asked in 0..50 {
        let answer = ask().await;
        if answer.status == 429 {
            return (asked, answer);
        }
    }
    panic!("never limited");
}

/// Is this one limited with those who were just now? A machine that is busy may have let one or two more through since.
async fn is_limited_too(ask: impl AsyncFn() -> Answer) {
    let (asked, _) = until_limited(ask).await;
    assert!(asked < PER_SECOND, "{asked}");
}

#[tokio::test]
async fn who_asks_too_often_is_told_so_and_when_to_come_back() {
    let shop = limited().await;
    let first = from(&shop, "203.0.113.1").await;
    assert_eq!(first.status, 200);
    assert_eq!(
        (first.header("ratelimit-policy"), first.header("ratelimit")),
        ("\"requests\";q=5;w=1", "\"requests\";r=4;t=1")
    );
    let (asked, refused) = until_limited(async || from(&shop, "203.0.113.1").await).await;
    assert!((PER_SECOND - 1..PER_SECOND + 5).contains(&asked), "{asked}");
    refused.is_problem(429, "too-many-requests");
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("1", "\"requests\";r=0;t=1"));
    tokio::time::sleep(std::time::Duration::from_millis(1000 / u64::from(PER_SECOND) + 50)).await;
    assert_eq!(from(&shop, "203.0.113.1").await.status, 200, "one after a fifth of a second");
}

#[tokio::test]
async fn what_one_client_asks_is_not_counted_against_another() {
    let shop = limited().await;
    until_limited(async || from(&shop, "203.0.113.1").await).await;
    assert_eq!(from(&shop, "203.0.113.2").await.status, 200);
    // Only the proxy's own word counts: what stands before it, the client has made up.
    is_limited_too(async || from(&shop, "203.0.113.77, 203.0.113.1").await).await;
    // A customer has a whole /64.
    until_limited(async || from(&shop, "2001:db8:1:2::1").await).await;
    is_limited_too(async || from(&shop, "2001:db8:1:2:3:4:5:6").await).await;
    assert_eq!(from(&shop, "2001:db8:1:3::1").await.status, 200);
}

#[tokio::test]
async fn a_clients_token_counts_and_not_its_address() {
    let shop = limited().await;
    let (ours, theirs) = (shop.token().await, shop.token().await);
    until_limited(async || shop.get("/api/orders", &ours).await).await;
    assert_eq!(shop.get("/api/orders", &theirs).await.status, 200);
    assert_eq!(shop.get("/api/orders", "").await.status, 401, "its address has asked nothing");
    // A token that is none is no way to be somebody else each time.
    let (asked, _) = until_limited(async || shop.get("/api/orders", &fastrand::u64(..).to_string()).await).await;
    assert!(asked <= PER_SECOND + 5, "{asked}");
}

#[tokio::test]
async fn payments_probes_and_files_are_never_turned_away() {
    let shop = limited().await;
    let token = shop.token().await;
    let order = shop.order(&token, &shop.product("phone", 10).await, 1).await;
    until_limited(async || shop.get("/api/products", "").await).await;
    for n in 0..20 {
        let paid = json!({ "order_id": order["order_id"], "transaction_id": "t", "status": "success" });
        assert_eq!(shop.pay(&format!("event-{n}"), &paid).await.status, 200);
        for path in ["/readyz", "/livez", "/robots.txt"] {
            assert_eq!(shop.get(path, "").await.status, 200, "{path}");
        }
    }
    // Pages are limited, as is what else one may look at, whatever it is called.
    until_limited(async || shop.get("/", "").await).await;
    until_limited(async || shop.get("/no.file", "").await).await;
    until_limited(async || shop.get("/api/openapi.json", "").await).await;
}

#[tokio::test]
async fn unless_told_otherwise_only_attempts_to_sign_in_are_limited() {
    let usual = Shop::open_with(|settings| settings.rate_limit = RateLimit::TokensOnly).await;
    for _ in 0..300 {
        assert_eq!(usual.get("/api/products", "").await.status, 200);
    }
    let mut statuses = Vec::new();
    for _ in 0..300 {
        statuses.push(usual.form("/api/token", "grant_type=client_credentials".to_owned()).await.status);
    }
    assert!(statuses[..200].iter().all(|status| *status == 401) && statuses[299] == 429, "{statuses:?}");
    let off = Shop::open().await;
    for _ in 0..300 {
        assert_eq!(off.form("/api/token", "grant_type=client_credentials".to_owned()).await.status, 401);
    }
}
