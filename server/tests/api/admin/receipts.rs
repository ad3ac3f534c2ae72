//! Receipts of the admin API.

use super::{admin, of_order, pay, send, token};
use crate::{checkout_form::UNKNOWN_ID, shop::Shop};
use checkout::model::Scope;
use integrations::mail::MAX_RECEIPTS;
use reqwest::Method;
use serde_json::{Value, json};

async fn resent(shop: &Shop, token: &str) -> Vec<Value> {
    let log = shop.get("/api/admin/audit-log?action=order.resend_receipt", token).await;
    log.body["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_receipt_is_sent_again_once_for_each_key() {
    let shop = Shop::open().await;
    let (token, product) = (admin(&shop).await, shop.product("phone", 5).await);
    let order = shop.order_of_buyer(&token, &product, "ada@buyers.example").await;
    pay(&shop, &order).await;
    let path = of_order(&order, "/receipt");
    let body = json!({ "reason": "the buyer lost it" });
    for replayed in ["", "true"] {
        let response = shop.post_keyed(&path, &token, "one", &body).await;
        assert_eq!((response.status, &response.body), (200, &json!({ "order_id": order["order_id"] })));
        assert_eq!(response.header("idempotency-replayed"), replayed);
    }
    let entries = resent(&shop, &token).await;
    assert_eq!((entries.len(), &entries[0]["reason"]), (1, &json!("the buyer lost it")));
    assert!(!entries[0].to_string().contains("buyers.example"), "{entries:?}");
    // The key of another client is another request, and so is each request without a key.
    let other = self::token(&shop, [Scope::OrdersWrite]).await;
    assert_eq!(shop.post_keyed(&path, &other, "one", &body).await.header("idempotency-replayed"), "");
    for _ in 0..2 {
        assert_eq!(send(&shop, Method::POST, &path, &token, &json!({})).await.status, 200);
    }
    assert_eq!(resent(&shop, &token).await.len(), 4);
}

#[tokio::test]
async fn a_receipt_is_refused_by_scope_and_by_the_order() {
    let shop = Shop::open().await;
    let (admin, product) = (admin(&shop).await, shop.product("phone", 5).await);
    let order = shop.order_of_buyer(&admin, &product, "ada@buyers.example").await;
    let path = of_order(&order, "/receipt");
    let refuse = async |path: &str, token: &str, status: u16, kind: &str| {
        send(&shop, Method::POST, path, token, &json!({})).await.assert_problem(status, kind);
    };
    refuse(&path, &admin, 409, "no-receipt").await;
    pay(&shop, &order).await;
    let reader = token(&shop, [Scope::OrdersRead]).await;
    refuse(&path, &reader, 403, "insufficient-scope").await;
    let nameless = shop.order(&admin, &product, 1).await;
    pay(&shop, &nameless).await;
    refuse(&of_order(&nameless, "/receipt"), &admin, 409, "no-receipt").await;
    refuse(&format!("/api/admin/orders/{UNKNOWN_ID}/receipt"), &admin, 404, "unknown-order").await;
    send(&shop, Method::POST, &path, &admin, &json!({ "to": "eve@example.com" }))
        .await
        .assert_problem(422, "invalid-body");
    assert!(resent(&shop, &admin).await.is_empty());
    // Each order has so many mails and no more.
    let mut sent = 0;
    while send(&shop, Method::POST, &path, &admin, &json!({})).await.status == 200 {
        sent += 1;
        assert!(sent <= MAX_RECEIPTS, "there is no end");
    }
    refuse(&path, &admin, 409, "no-receipt").await;
    assert_eq!(resent(&shop, &admin).await.len(), usize::try_from(sent).unwrap());
}
