//! Payment events of the admin API.

use super::{admin, of_order, payment};
use crate::shop::Shop;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// Sells out a product, with a payment that comes too late for its cancelled order.
async fn late_payment(shop: &Shop, token: &str) -> (Value, Value) {
    let product = shop.product("phone", 1).await;
    let late = shop.order(token, &product, 1).await;
    shop.post(&of_order(&late, "/cancel"), token, &json!({ "reason": "x" })).await;
    shop.order(token, &product, 1).await;
    let receipt = shop.pay("late", &payment(&late, "tx-late")).await;
    assert_eq!(receipt.body["status"], "refund_due", "{receipt:?}");
    let event = shop.get("/api/admin/payments", token).await.body["items"][0].clone();
    (late, event)
}

#[tokio::test]
async fn an_event_is_processed_again_once_units_are_there() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let (late, event) = late_payment(&shop, &token).await;
    assert_eq!((&event["outcome"], &event["refund_reason"]), (&json!("refund_due"), &json!("sold_out")));
    let path = format!("/api/admin/payments/{}", event["id"].as_str().unwrap());
    let mut shown = shop.get(&path, &token).await.body;
    let payload = shown.as_object_mut().unwrap().remove("payload").unwrap();
    assert_eq!(shown, event);
    let body = BASE64_STANDARD.decode(payload["base64"].as_str().unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), payment(&late, "tx-late"));
    let unchanged = shop.post(&format!("{path}/replay"), &token, &json!({})).await;
    assert_eq!((unchanged.status, &unchanged.body["outcome"]), (200, &json!("refund_due")));
    shop.post("/api/admin/products/phone/stock", &token, &json!({ "delta": 1, "reason": "found one" })).await;
    for _ in 0..2 {
        let body = json!({ "reason": "units were added" });
        let replayed = shop.post_keyed(&format!("{path}/replay"), &token, "k", &body).await;
        assert_eq!((replayed.status, &replayed.body["outcome"]), (200, &json!("applied")), "{replayed:?}");
    }
    assert_eq!(shop.get(&of_order(&late, ""), &token).await.body["status"], "paid");
    let log = shop.get("/api/admin/audit-log?action=payment.replay", &token).await.body;
    assert_eq!((log["items"].as_array().unwrap().len(), &log["items"][0]["reason"]), (1, &json!("units were added")));
    assert!(shop.checkout.audit().await.unwrap().clean);
}

#[tokio::test]
async fn events_are_searched_and_filtered() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let (late, event) = late_payment(&shop, &token).await;
    for (query, count) in [
        (String::new(), 1),
        ("outcome=refund_due&status=success".to_owned(), 1),
        ("outcome=applied".to_owned(), 0),
        ("status=failure".to_owned(), 0),
        ("product=phone".to_owned(), 1),
        ("q=tx-late".to_owned(), 1),
        (format!("q={}", event["event_key"].as_str().unwrap()), 1),
        (format!("q={}", late["order_id"].as_str().unwrap()), 1),
        (format!("q={}", late["number"].as_str().unwrap()), 1),
        ("q=%25".to_owned(), 0),
        ("since=2030-01-01T00:00:00Z".to_owned(), 0),
    ] {
        let page = shop.get(&format!("/api/admin/payments?{query}"), &token).await.body;
        assert_eq!(page["items"].as_array().map(Vec::len), Some(count), "{query} {page}");
    }
    for query in ["outcome=lost", "outcome=", "status=paid", "cursor=x", "state=due"] {
        shop.get(&format!("/api/admin/payments?{query}"), &token).await.assert_problem(400, "bad-query");
    }
    shop.get("/api/admin/payments?product=nothing", &token).await.assert_problem(404, "unknown-product");
    shop.get("/api/admin/payments/nothing", &token).await.assert_problem(404, "unknown-payment");
    let unknown = format!("/api/admin/payments/{}/replay", late["order_id"].as_str().unwrap());
    shop.post(&unknown, &token, &json!({})).await.assert_problem(404, "unknown-payment");
    let path = format!("/api/admin/payments/{}/replay", event["id"].as_str().unwrap());
    shop.post(&path, &token, &json!({ "force": true })).await.assert_problem(422, "invalid-body");
}
