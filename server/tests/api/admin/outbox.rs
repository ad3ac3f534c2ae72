//! The outbox of the admin API.

use super::{admin, send};
use crate::shop::Shop;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_dead_job_is_found_and_tried_again() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let product = shop.product("phone", 5).await;
    let order = shop.order(&token, &product, 1).await;
    let order = order["order_id"].as_str().unwrap();
    let job = shop.dead_job(order.parse().unwrap()).await;
    for (query, count) in [
        ("state=dead", 1),
        ("state=dead&kind=webhook", 1),
        ("state=pending&kind=webhook", 0),
        ("state=dead&kind=mail", 0),
        (format!("state=dead&order={order}").as_str(), 1),
    ] {
        let page = shop.get(&format!("/api/admin/outbox?{query}"), &token).await;
        assert_eq!((page.status, page.body["items"].as_array().unwrap().len()), (200, count), "{query}: {page:?}");
    }
    for query in ["state=due", "kind=event", "order=x", "other=1"] {
        shop.get(&format!("/api/admin/outbox?{query}"), &token).await.assert_problem(400, "bad-query");
    }
    let path = format!("/api/admin/outbox/{job}/retry");
    for _ in 0..2 {
        let retried = send(&shop, Method::POST, &path, &token, &json!({ "reason": "the endpoint is back" })).await;
        assert_eq!((retried.status, &retried.body["state"]), (200, &json!("pending")), "{retried:?}");
        assert_eq!(retried.body["last_error"], "refused <for good>: 550");
    }
    let log = shop.get("/api/admin/audit-log", &token).await;
    let entries = log.body["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "job.retry");
    assert_eq!(entries.map(|entry| entry["reason"].clone()).collect::<Vec<_>>(), [json!("the endpoint is back")]);
    let unknown = format!("/api/admin/outbox/{order}/retry");
    send(&shop, Method::POST, &unknown, &token, &json!({})).await.assert_problem(404, "unknown-job");
}
