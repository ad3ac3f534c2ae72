//! Holds: place, get, extend and release.

use crate::shop::{Shop, read};
use checkout::model::{Money, Product, ProductDraft, SaleWindow};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_hold_is_placed_read_and_released() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 10).await);

    let body = json!({ "product_id": product.id, "qty": 3, "shopper": "ada" });
    let placed = shop.post("/api/holds", &token, &body).await;
    assert_eq!(placed.status, 201);
    let hold = &placed.body;
    assert_eq!(placed.header("location"), format!("/api/holds/{}", hold["hold_id"].as_str().unwrap()));
    assert_eq!((&hold["status"], &hold["qty"], &hold["shopper"]), (&json!("active"), &json!(3), &json!("ada")));
    assert_eq!(hold["product_id"], json!(product.id));
    assert_eq!(hold["expires_at"], json!("2026-11-23T00:02:00Z"));
    assert_eq!(shop.checkout.product(product.id).unwrap().stock.held, 3);

    let location = placed.header("location").to_owned();
    assert_eq!(shop.get(&location, &token).await.body, *hold);
    for _ in 0..2 {
        let gone = shop.request(Method::DELETE, &location).bearer_auth(&token).send().await.unwrap();
        assert_eq!(gone.status(), 204);
    }
    assert_eq!(shop.get(&location, &token).await.body["status"], "released");
    assert_eq!(shop.checkout.product(product.id).unwrap().stock.available, 10);
}

#[tokio::test]
async fn refusals_have_a_reason_and_its_numbers() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    shop.hold(&token, &product, 3).await;

    let refused = shop.post("/api/holds", &token, &json!({ "product_id": product.id, "qty": 3 })).await;
    refused.assert_problem(409, "sold-out");
    assert_eq!((&refused.body["available"], &refused.body["may_return"]), (&json!(2), &json!(3)));

    let unknown = json!({ "product_id": uuid::Uuid::nil(), "qty": 1 });
    shop.post("/api/holds", &token, &unknown).await.assert_problem(404, "unknown-product");

    let price = Money { minor: 100, currency: "USD".parse().unwrap() };
    let now = shop.checkout.now();
    let window =
        SaleWindow { starts_at: Some(now + Duration::from_mins(1)), ends_at: Some(now + Duration::from_mins(2)) };
    let timed = shop
        .add(ProductDraft {
            window,
            per_shopper_limit: Some(2),
            ..ProductDraft::new("timed".parse().unwrap(), "T", price, 9)
        })
        .await;
    let body = json!({ "product_id": timed.id, "qty": 2, "shopper": "ada" });
    let early = shop.post("/api/holds", &token, &body).await;
    early.assert_problem(409, "sale-not-open");
    assert_eq!(early.body["starts_at"], "2026-11-23T00:01:00Z");

    shop.clock.advance(Duration::from_secs(61));
    assert_eq!(shop.post("/api/holds", &token, &body).await.status, 201);
    let limit = shop.post("/api/holds", &token, &body).await;
    limit.assert_problem(409, "limit-reached");
    assert_eq!((&limit.body["limit"], &limit.body["taken"]), (&json!(2), &json!(2)));

    shop.clock.advance(Duration::from_mins(2));
    let late = shop.post("/api/holds", &token, &body).await;
    late.assert_problem(409, "sale-not-open");
    assert_eq!(late.body["ended_at"], "2026-11-23T00:02:00Z");
}

#[tokio::test]
async fn holds_of_other_clients_are_404() {
    let shop = Shop::open().await;
    let (mine, theirs) = (shop.token().await, shop.token().await);
    let product = shop.product("phone", 5).await;
    let path = format!("/api/holds/{}", shop.hold(&mine, &product, 1).await["hold_id"].as_str().unwrap());
    shop.get(&path, &theirs).await.assert_problem(404, "unknown-hold");
    let deleted = shop.request(Method::DELETE, &path).bearer_auth(&theirs).send().await.unwrap();
    read(deleted).await.assert_problem(404, "unknown-hold");
    assert_eq!(shop.get(&path, &mine).await.body["status"], "active");
}

#[tokio::test]
async fn a_repeated_key_replays_the_response_and_places_one_hold() {
    let shop = Shop::open().await;
    let (token, other) = (shop.token().await, shop.token().await);
    let product = shop.product("phone", 50).await;
    let body = json!({ "product_id": product.id, "qty": 2 });

    let first = shop.post_keyed("/api/holds", &token, "k1", &body).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
    // A key is the same with and without quotes.
    for key in ["k1", "\"k1\""] {
        let again = shop.post_keyed("/api/holds", &token, key, &body).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
        assert_eq!((again.header("location"), &again.body), (first.header("location"), &first.body));
    }
    let another = json!({ "product_id": product.id, "qty": 3 });
    shop.post_keyed("/api/holds", &token, "k1", &another).await.assert_problem(422, "key-reused");
    // Clients do not share keys.
    assert_eq!(shop.post_keyed("/api/holds", &other, "k1", &another).await.header("idempotency-replayed"), "");

    let all: Vec<_> = (0..40).map(|_| shop.post_keyed("/api/holds", &token, "k2", &body)).collect();
    let responses = futures::future::join_all(all).await;
    let again = shop.post_keyed("/api/holds", &token, "k2", &body).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    let (placed, in_progress): (Vec<_>, Vec<_>) = responses.iter().partition(|a| a.status == 201);
    assert!(!placed.is_empty() && placed.iter().all(|a| a.body == again.body));
    for response in in_progress {
        response.assert_problem(409, "key-in-progress");
        assert_eq!(response.header("retry-after"), "1");
    }
    assert_eq!(shop.checkout.product(product.id).unwrap().stock.held, 2 + 3 + 2);
}

/// Adds a product whose holds last two minutes, and may be extended once by `extend_by`.
async fn product_with_extension(shop: &Shop, extend_by: Option<Duration>) -> Product {
    let price = Money { minor: 100, currency: "USD".parse().unwrap() };
    let draft = ProductDraft::new("phone".parse().unwrap(), "Phone", price, 5);
    shop.add(ProductDraft { extend_by, ..draft }).await
}

fn extend_path(hold: &Value) -> String {
    format!("/api/holds/{}/extend", hold["hold_id"].as_str().unwrap())
}

#[tokio::test]
async fn a_hold_is_extended_once() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, product_with_extension(&shop, Some(Duration::from_mins(1))).await);
    let hold = shop.hold(&token, &product, 2).await;
    assert_eq!(hold["expires_at"], "2026-11-23T00:02:00Z");

    let extended = shop.post(&extend_path(&hold), &token, &json!({})).await;
    let mut expected = hold.clone();
    expected["expires_at"] = json!("2026-11-23T00:03:00Z");
    assert_eq!((extended.status, &extended.body), (200, &expected));
    shop.post(&extend_path(&hold), &token, &json!({})).await.assert_problem(409, "no-extension");

    // The extension counts: without it, the hold would have expired.
    shop.clock.advance(Duration::from_secs(150));
    assert_eq!(shop.post("/api/orders", &token, &json!({ "hold_id": hold["hold_id"] })).await.status, 201);
    assert_eq!(shop.checkout.product(product.id).unwrap().stock.pending, 2);
}

#[tokio::test]
async fn a_hold_is_not_extended_if_its_product_does_not_allow_it() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, product_with_extension(&shop, None).await);
    let hold = shop.hold(&token, &product, 1).await;
    shop.post(&extend_path(&hold), &token, &json!({})).await.assert_problem(409, "no-extension");
    let path = format!("/api/holds/{}", hold["hold_id"].as_str().unwrap());
    assert_eq!(shop.get(&path, &token).await.body["expires_at"], hold["expires_at"]);
}

#[tokio::test]
async fn expired_released_and_foreign_holds_are_not_extended() {
    let shop = Shop::open().await;
    let (token, other, product) =
        (shop.token().await, shop.token().await, product_with_extension(&shop, Some(Duration::from_mins(1))).await);
    let [expired, released] = [shop.hold(&token, &product, 1).await, shop.hold(&token, &product, 1).await];
    shop.post(&extend_path(&expired), &other, &json!({})).await.assert_problem(404, "unknown-hold");
    let unknown = json!({ "hold_id": uuid::Uuid::nil() });
    shop.post(&extend_path(&unknown), &token, &json!({})).await.assert_problem(404, "unknown-hold");

    let path = format!("/api/holds/{}", released["hold_id"].as_str().unwrap());
    shop.request(Method::DELETE, &path).bearer_auth(&token).send().await.unwrap();
    shop.post(&extend_path(&released), &token, &json!({})).await.assert_problem(410, "hold-released");

    shop.clock.advance(Duration::from_mins(2));
    let response = shop.post(&extend_path(&expired), &token, &json!({})).await;
    response.assert_problem(410, "hold-expired");
    assert_eq!(response.body["expired_at"], expired["expires_at"]);
}

#[tokio::test]
async fn a_repeated_key_replays_an_extension() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, product_with_extension(&shop, Some(Duration::from_mins(1))).await);
    let hold = shop.hold(&token, &product, 1).await;
    let path = extend_path(&hold);
    let first = shop.post_keyed(&path, &token, "k1", &json!({})).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (200, ""));
    let replayed = shop.post_keyed(&path, &token, "k1", &json!({})).await;
    assert_eq!((replayed.status, replayed.header("idempotency-replayed")), (200, "true"));
    assert_eq!(replayed.body, first.body);
    shop.post_keyed(&path, &token, "k2", &json!({})).await.assert_problem(409, "no-extension");
    // The key belongs to this hold.
    let another = extend_path(&shop.hold(&token, &product, 1).await);
    shop.post_keyed(&another, &token, "k1", &json!({})).await.assert_problem(422, "key-reused");
}
