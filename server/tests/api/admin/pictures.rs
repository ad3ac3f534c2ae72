//! Pictures of products: upload, text, order, removal.

use super::{admin, send};
use crate::{
    png::png,
    shop::{ApiResponse, Shop, read},
};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/admin/products/phone/pictures";

/// Sends a file with this query and content type, and perhaps an idempotency key.
async fn upload(shop: &Shop, token: &str, query: &str, media_type: &str, key: &str, file: Vec<u8>) -> ApiResponse {
    let request = shop.request(Method::POST, &format!("{PATH}?{query}")).bearer_auth(token);
    let request = if key.is_empty() { request } else { request.header("idempotency-key", key) };
    read(request.header("content-type", media_type).body(file).send().await.unwrap()).await
}

async fn add(shop: &Shop, token: &str, revision: u64, colour: u8, width: u32) -> ApiResponse {
    let query = format!("revision={revision}&alt=The%20phone");
    upload(shop, token, &query, "image/png", "", png(colour, width, 20)).await
}

/// The widths of a product's pictures, in their order.
fn widths(product: &Value) -> Vec<u64> {
    product["pictures"].as_array().unwrap().iter().map(|picture| picture["width"].as_u64().unwrap()).collect()
}

fn of_picture(product: &Value, nth: usize) -> String {
    format!("{PATH}/{}", product["pictures"][nth]["id"].as_str().unwrap())
}

#[tokio::test]
async fn pictures_are_uploaded_ordered_described_and_removed() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    shop.product("phone", 5).await;
    for (revision, width) in [(1, 30), (2, 40), (3, 50)] {
        let added = add(&shop, &token, revision, 10, width).await;
        assert_eq!((added.status, &added.body["revision"]), (200, &json!(revision + 1)), "{added:?}");
    }
    let product = shop.get("/api/admin/products/phone", &token).await.body;
    assert_eq!(widths(&product), [30, 40, 50]);
    assert_eq!(product["pictures"][0]["alt"], "The phone");
    let file = shop.request(Method::GET, product["pictures"][0]["sizes"][0]["url"].as_str().unwrap());
    assert_eq!(file.send().await.unwrap().headers()["content-type"], "image/webp");

    let last = of_picture(&product, 2);
    let body = json!({ "revision": 4, "position": 1, "alt": " From the left ", "reason": "the better one" });
    let moved = send(&shop, Method::PATCH, &last, &token, &body).await;
    assert_eq!((moved.status, widths(&moved.body)), (200, vec![50, 30, 40]), "{moved:?}");
    assert_eq!((&moved.body["pictures"][0]["alt"], &moved.body["revision"]), (&json!("From the left"), &json!(5)));
    let to_the_end = json!({ "revision": 5, "position": 12 });
    assert_eq!(widths(&send(&shop, Method::PATCH, &last, &token, &to_the_end).await.body), [30, 40, 50]);
    let unchanged = send(&shop, Method::PATCH, &last, &token, &json!({ "revision": 6 })).await;
    assert_eq!((unchanged.status, &unchanged.body["revision"]), (200, &json!(6)));

    let first = format!("{}?revision=6&reason=outdated", of_picture(&product, 0));
    let removed = send(&shop, Method::DELETE, &first, &token, &json!({})).await;
    assert_eq!((removed.status, widths(&removed.body)), (200, vec![40, 50]), "{removed:?}");
    let log = shop.get("/api/admin/audit-log?action=product.edit", &token).await.body;
    let entries = log["items"].as_array().unwrap();
    assert_eq!(
        (entries.len(), &entries[0]["reason"], &entries[2]["reason"]),
        (6, &json!("outdated"), &json!("the better one"))
    );
    assert!(entries.iter().all(|entry| entry["actor"]["name"] == "a test" && !entry["after"]["pictures"].is_null()));
}

#[tokio::test]
async fn repeated_requests_with_a_key_count_once() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    shop.product("phone", 5).await;
    let query = "revision=1&alt=The%20phone";
    let first = upload(&shop, &token, query, "image/png", "k1", png(10, 30, 20)).await;
    let again = upload(&shop, &token, query, "image/png", "k1", png(10, 30, 20)).await;
    assert_eq!((first.status, again.status, again.header("idempotency-replayed")), (200, 200, "true"), "{again:?}");
    assert_eq!((&again.body["revision"], widths(&again.body)), (&json!(2), vec![30]));
    for (query, file) in [(query, png(20, 30, 20)), ("revision=2&alt=The%20phone", png(10, 30, 20))] {
        upload(&shop, &token, query, "image/png", "k1", file).await.assert_problem(422, "key-reused");
    }
    let path = format!("{}?revision=2", of_picture(&first.body, 0));
    for replayed in ["", "true"] {
        let request = shop.request(Method::DELETE, &path).bearer_auth(&token).header("idempotency-key", "k2");
        let removed = read(request.send().await.unwrap()).await;
        assert_eq!((removed.status, removed.header("idempotency-replayed")), (200, replayed), "{removed:?}");
        assert!(widths(&removed.body).is_empty());
    }
    assert_eq!(shop.get("/api/admin/products/phone", &token).await.body["revision"], 3);
}

#[tokio::test]
async fn each_refusal_of_a_picture_is_a_problem_and_changes_nothing() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    shop.product("phone", 5).await;
    let good = || png(10, 30, 20);
    let query = "revision=1&alt=The%20phone";
    let long = format!("revision=1&alt={}", "x".repeat(301));
    for (query, media_type, file, status, kind) in [
        (query, "image/gif", good(), 415, "not-picture"),
        (query, "application/json", good(), 415, "not-picture"),
        (query, "image/png", b"GIF89a\x01\0\x01\0".to_vec(), 422, "invalid-picture"),
        (query, "image/webp", good()[..40].to_vec(), 422, "invalid-picture"),
        (query, "image/png", Vec::new(), 422, "invalid-picture"),
        (query, "image/png", vec![0; 10 * 1024 * 1024 + 1], 413, "too-large"),
        ("revision=1&alt=%20", "image/png", good(), 422, "invalid-product"),
        (long.as_str(), "image/png", good(), 422, "invalid-product"),
        ("alt=The%20phone", "image/png", good(), 400, "bad-query"),
        ("revision=1", "image/png", good(), 400, "bad-query"),
        ("revision=0&alt=x", "image/png", good(), 400, "bad-query"),
        ("revision=1&alt=x&size=1", "image/png", good(), 400, "bad-query"),
        ("revision=9&alt=x", "image/png", good(), 409, "stale-revision"),
    ] {
        upload(&shop, &token, query, media_type, "", file).await.assert_problem(status, kind);
    }
    assert_eq!(shop.get("/api/admin/products/phone", &token).await.body["revision"], 1);

    let added = add(&shop, &token, 1, 10, 30).await.body;
    let stale = add(&shop, &token, 1, 20, 30).await;
    stale.assert_problem(409, "stale-revision");
    assert_eq!(stale.body["changes"][0]["fields"][0]["name"], "pictures");
    add(&shop, &token, 2, 10, 30).await.assert_problem(422, "invalid-product");
    let picture = of_picture(&added, 0);
    for (body, status, kind) in [
        (json!({ "revision": 2, "position": 0 }), 422, "invalid-body"),
        (json!({ "revision": 2, "position": 13 }), 422, "invalid-body"),
        (json!({ "revision": 2, "alt": null }), 422, "invalid-body"),
        (json!({ "revision": 2, "alt": "" }), 422, "invalid-product"),
        (json!({ "revision": 1, "position": 1 }), 409, "stale-revision"),
        (json!({ "alt": "x" }), 422, "invalid-body"),
    ] {
        send(&shop, Method::PATCH, &picture, &token, &body).await.assert_problem(status, kind);
    }
    let unknown = format!("{PATH}/{}", "0".repeat(64));
    for path in [unknown, format!("{PATH}/x")] {
        let missing = send(&shop, Method::PATCH, &path, &token, &json!({ "revision": 2 })).await;
        missing.assert_problem(404, "unknown-picture");
        let missing = send(&shop, Method::DELETE, &format!("{path}?revision=2"), &token, &json!({})).await;
        missing.assert_problem(404, "unknown-picture");
    }
    send(&shop, Method::DELETE, &picture, &token, &json!({})).await.assert_problem(400, "bad-query");
    let other = format!("{picture}?revision=2").replace("/phone/", "/nothing/");
    send(&shop, Method::DELETE, &other, &token, &json!({})).await.assert_problem(404, "unknown-product");
    assert_eq!(shop.get("/api/admin/products/phone", &token).await.body["revision"], 2);
}

#[tokio::test]
async fn a_product_has_at_most_twelve_pictures() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    shop.product("phone", 5).await;
    for n in 0..12 {
        assert_eq!(add(&shop, &token, u64::from(n) + 1, n * 20, 8).await.status, 200);
    }
    add(&shop, &token, 13, 250, 8).await.assert_problem(422, "invalid-product");
}
