//! Rate limits: how a client is identified, and which requests are limited.

use crate::shop::{ApiResponse, Shop, read};
use reqwest::Method;
use serde_json::json;
use server::config::RateLimit;
use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

const PER_SECOND: u32 = 5;

/// Starts a server with a limit of [`PER_SECOND`], which trusts its local proxy.
async fn rate_limited_shop() -> Shop {
    Shop::open_with(|settings| {
        settings.rate_limit = RateLimit::PerSecond(NonZeroU32::new(PER_SECOND).unwrap());
        settings.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await
}

/// Requests the products, as if from that address.
async fn get_from(shop: &Shop, address: &str) -> ApiResponse {
    read(shop.request(Method::GET, "/api/products").header("x-forwarded-for", address).send().await.unwrap()).await
}

/// Sends requests until the response is 429. Returns how many were not, and that response.
async fn until_limited(send: impl AsyncFn() -> ApiResponse) -> (u32, ApiResponse) {
    for sent in 0..50 {
        let response = send().await;
        if response.status == 429 {
            return (sent, response);
        }
    }
    panic!("no request was limited");
}

/// Asserts that a client shares a limit that was just used up. On a busy machine, one or two more requests may pass.
async fn assert_limit_shared(send: impl AsyncFn() -> ApiResponse) {
    let (sent, _) = until_limited(send).await;
    assert!(sent < PER_SECOND, "{sent}");
}

#[tokio::test]
async fn a_client_beyond_its_limit_gets_429_and_may_retry_after_a_while() {
    let shop = rate_limited_shop().await;
    let first = get_from(&shop, "203.0.113.1").await;
    assert_eq!(first.status, 200);
    assert_eq!(
        (first.header("ratelimit-policy"), first.header("ratelimit")),
        ("\"requests\";q=5;w=1", "\"requests\";r=4;t=1")
    );
    let (sent, rejected) = until_limited(async || get_from(&shop, "203.0.113.1").await).await;
    assert!((PER_SECOND - 1..PER_SECOND + 5).contains(&sent), "{sent}");
    rejected.assert_problem(429, "too-many-requests");
    assert_eq!((rejected.header("retry-after"), rejected.header("ratelimit")), ("1", "\"requests\";r=0;t=1"));
    let limited_since = Instant::now();
    while get_from(&shop, "203.0.113.1").await.status == 429 {
        assert!(limited_since.elapsed() < Duration::from_secs(5), "the limit does not recover");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn each_client_address_has_a_limit_of_its_own() {
    let shop = rate_limited_shop().await;
    until_limited(async || get_from(&shop, "203.0.113.1").await).await;
    assert_eq!(get_from(&shop, "203.0.113.2").await.status, 200);
    // The client can forge every entry but the last, which the trusted proxy wrote.
    assert_limit_shared(async || get_from(&shop, "203.0.113.77, 203.0.113.1").await).await;
    // One customer has a whole /64.
    until_limited(async || get_from(&shop, "2001:db8:1:2::1").await).await;
    assert_limit_shared(async || get_from(&shop, "2001:db8:1:2:3:4:5:6").await).await;
    assert_eq!(get_from(&shop, "2001:db8:1:3::1").await.status, 200);
}

#[tokio::test]
async fn a_client_with_a_token_is_identified_by_the_token() {
    let shop = rate_limited_shop().await;
    let (ours, theirs) = (shop.token().await, shop.token().await);
    until_limited(async || shop.get("/api/orders", &ours).await).await;
    assert_eq!(shop.get("/api/orders", &theirs).await.status, 200);
    assert_eq!(shop.get("/api/orders", "").await.status, 401, "the limit of the address is unused");
    // Invalid tokens do not make a new client of each request.
    let (sent, _) = until_limited(async || shop.get("/api/orders", &fastrand::u64(..).to_string()).await).await;
    assert!(sent <= PER_SECOND + 5, "{sent}");
}

#[tokio::test]
async fn webhooks_probes_and_files_are_not_limited() {
    let shop = rate_limited_shop().await;
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
    // Pages, unknown paths and the documentation are limited.
    until_limited(async || shop.get("/", "").await).await;
    until_limited(async || shop.get("/no.file", "").await).await;
    until_limited(async || shop.get("/api/openapi.json", "").await).await;
}

#[tokio::test]
async fn by_default_only_token_requests_are_limited() {
    let default = Shop::open_with(|settings| settings.rate_limit = RateLimit::TokensOnly).await;
    for _ in 0..300 {
        assert_eq!(default.get("/api/products", "").await.status, 200);
    }
    let mut statuses = Vec::new();
    for _ in 0..300 {
        statuses.push(default.form("/api/token", "grant_type=client_credentials".to_owned()).await.status);
    }
    assert!(statuses[..200].iter().all(|status| *status == 401) && statuses[299] == 429, "{statuses:?}");
    let off = Shop::open().await;
    for _ in 0..300 {
        assert_eq!(off.form("/api/token", "grant_type=client_credentials".to_owned()).await.status, 401);
    }
}
