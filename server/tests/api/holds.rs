//! `POST /api/holds`, `GET` and `DELETE /api/holds/{id}`.

use crate::shop::{Shop, read};
use checkout::model::{Money, ProductDraft, SaleWindow};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_hold_is_placed_read_and_given_back() {
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
async fn refusals_say_why_and_what_is_left() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    shop.hold(&token, &product, 3).await;

    let refused = shop.post("/api/holds", &token, &json!({ "product_id": product.id, "qty": 3 })).await;
    refused.is_problem(409, "sold-out");
    assert_eq!((&refused.body["available"], &refused.body["may_return"]), (&json!(2), &json!(3)));

    let unknown = json!({ "product_id": uuid::Uuid::nil(), "qty": 1 });
    shop.post("/api/holds", &token, &unknown).await.is_problem(404, "unknown-product");

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
    let ask = json!({ "product_id": timed.id, "qty": 2, "shopper": "ada" });
    let early = shop.post("/api/holds", &token, &ask).await;
    early.is_problem(409, "sale-not-open");
    assert_eq!(early.body["starts_at"], "2026-11-23T00:01:00Z");

    shop.clock.advance(Duration::from_secs(61));
    assert_eq!(shop.post("/api/holds", &token, &ask).await.status, 201);
    let limit = shop.post("/api/holds", &token, &ask).await;
    limit.is_problem(409, "limit-reached");
    assert_eq!((&limit.body["limit"], &limit.body["taken"]), (&json!(2), &json!(2)));

    shop.clock.advance(Duration::from_mins(2));
    let late = shop.post("/api/holds", &token, &ask).await;
    late.is_problem(409, "sale-not-open");
    assert_eq!(late.body["ended_at"], "2026-11-23T00:02:00Z");
}

#[tokio::test]
async fn others_holds_do_not_exist() {
    let shop = Shop::open().await;
    let (mine, theirs) = (shop.token().await, shop.token().await);
    let product = shop.product("phone", 5).await;
    let path = format!("/api/holds/{}", shop.hold(&mine, &product, 1).await["hold_id"].as_str().unwrap());
    shop.get(&path, &theirs).await.is_problem(404, "unknown-hold");
    let deleted = shop.request(Method::DELETE, &path).bearer_auth(&theirs).send().await.unwrap();
    read(deleted).await.is_problem(404, "unknown-hold");
    assert_eq!(shop.get(&path, &mine).await.body["status"], "active");
}

#[tokio::test]
async fn a_key_gives_the_stored_answer_and_one_hold() {
    let shop = Shop::open().await;
    let (token, other) = (shop.token().await, shop.token().await);
    let product = shop.product("phone", 50).await;
    let ask = json!({ "product_id": product.id, "qty": 2 });

    let first = shop.post_keyed("/api/holds", &token, "k1", &ask).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
    // Quoted or bare, it is the same key.
    for key in ["k1", "\"k1\""] {
        let again = shop.post_keyed("/api/holds", &token, key, &ask).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
        assert_eq!((again.header("location"), &again.body), (first.header("location"), &first.body));
    }
    let another = json!({ "product_id": product.id, "qty": 3 });
    shop.post_keyed("/api/holds", &token, "k1", &another).await.is_problem(422, "key-reused");
    // Keys are each client's own.
    assert_eq!(shop.post_keyed("/api/holds", &other, "k1", &another).await.header("idempotency-replayed"), "");

    let all: Vec<_> = (0..40).map(|_| shop.post_keyed("/api/holds", &token, "k2", &ask)).collect();
    let answers = futures::future::join_all(all).await;
    let again = shop.post_keyed("/api/holds", &token, "k2", &ask).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    let (placed, told_to_wait): (Vec<_>, Vec<_>) = answers.iter().partition(|a| a.status == 201);
    assert!(!placed.is_empty() && placed.iter().all(|a| a.body == again.body));
    for answer in told_to_wait {
        answer.is_problem(409, "key-in-progress");
        assert_eq!(answer.header("retry-after"), "1");
    }
    assert_eq!(shop.checkout.product(product.id).unwrap().stock.held, 2 + 3 + 2);
}
