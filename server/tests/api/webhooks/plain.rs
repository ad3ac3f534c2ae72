//! The plain HMAC scheme, and the effects of events, which all schemes share.

use super::{PaymentFixture, assert_receipt, signing};
use crate::shop::{OLD_WEBHOOK_SECRET, Shop, WEBHOOK_SECRET};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn invalid_and_old_signatures_are_403_and_have_no_effect() {
    let fixture = PaymentFixture::open().await;
    let (shop, now, body) = (&fixture.shop, fixture.shop.now_s(), fixture.success().to_string());
    let signed = signing::plain(WEBHOOK_SECRET, now, "e1", &body);
    for (name, request) in [
        ("wrong secret", signing::plain("another webhook secret", now, "e1", &body)),
        ("stale", signing::plain(WEBHOOK_SECRET, now - 301, "e1", &body)),
        ("from the future", signing::plain(WEBHOOK_SECRET, now + 301, "e1", &body)),
        // The signature is verified before the body is parsed.
        ("unreadable, and wrong secret", signing::plain("another", now, "e1", "{")),
        ("without its time", signed.clone().without("x-webhook-timestamp")),
        ("without its signature", signed.clone().without("x-webhook-signature")),
        ("its time twice", signed.clone().twice("x-webhook-timestamp")),
        ("its signature twice", signed.clone().twice("x-webhook-signature")),
        ("a huge signature", signed.clone().with("x-webhook-signature", &"00".repeat(20_000))),
        ("a huge time", signed.clone().with("x-webhook-timestamp", &"1".repeat(20_000))),
    ] {
        let response = request.send(shop).await;
        assert_eq!(response.status, 403, "{name}");
        response.assert_problem(403, "bad-signature");
    }
    assert_eq!((fixture.status().await, fixture.event_count().await), ("pending", 0));
    // The rejected requests did not use up the key.
    assert_receipt(&signed.send(shop).await, 200, "processed", "paid");
}

#[tokio::test]
async fn every_configured_secret_verifies() {
    let mut fixture = PaymentFixture::open().await;
    for secret in [WEBHOOK_SECRET, OLD_WEBHOOK_SECRET] {
        let order = fixture.another().await;
        let body = json!({ "order_id": order, "transaction_id": format!("tx-{order}"), "status": "success" });
        let request = signing::plain(secret, fixture.shop.now_s(), &order, &body.to_string());
        assert_receipt(&request.send(&fixture.shop).await, 200, "processed", "paid");
    }
}

#[tokio::test]
async fn a_hundred_concurrent_deliveries_have_one_effect() {
    let fixture = PaymentFixture::open().await;
    let (shop, event) = (&fixture.shop, fixture.success());
    let responses = futures::future::join_all((0..100).map(|_| shop.pay("e1", &event))).await;
    assert!(responses.iter().all(|a| a.status == 200 && a.body["order_status"] == "paid"), "{responses:?}");
    assert_eq!(responses.iter().filter(|a| a.body["status"] == "processed").count(), 1);
    assert_eq!(responses.iter().filter(|a| a.body["status"] == "duplicate").count(), 99);
    assert_eq!((fixture.sold().await, fixture.event_count().await), (1, 1));
}

#[tokio::test]
async fn a_transaction_counts_once_under_any_key() {
    let fixture = PaymentFixture::open().await;
    let (shop, event) = (&fixture.shop, fixture.success());
    assert_receipt(&shop.pay("e1", &event).await, 200, "processed", "paid");
    let replays = (0..100).map(async |nth| shop.pay(&format!("captured-{nth}"), &event).await);
    for response in futures::future::join_all(replays).await {
        assert_receipt(&response, 200, "duplicate", "paid");
    }
    // A replay does not use up the key for a later event of the provider.
    let mut other = fixture.success();
    other["transaction_id"] = json!("tx-2");
    assert_receipt(&shop.pay("captured-7", &other).await, 200, "refund_due", "paid");
    assert_receipt(&shop.pay("captured-7", &other).await, 200, "duplicate", "paid");
    assert_eq!((fixture.sold().await, fixture.event_count().await), (1, 2));
}

#[tokio::test]
async fn a_key_belongs_to_one_payload() {
    let fixture = PaymentFixture::open().await;
    let shop = &fixture.shop;
    assert_receipt(&shop.pay("e1", &fixture.success()).await, 200, "processed", "paid");
    for (field, value) in [("transaction_id", json!("tx-2")), ("status", json!("failure")), ("amount", json!(1))] {
        let mut other = fixture.success();
        other[field] = value;
        shop.pay("e1", &other).await.assert_problem(422, "key-reused");
    }
    assert_eq!((fixture.status().await, fixture.event_count().await), ("paid", 1));
}

#[tokio::test]
async fn a_repeated_event_gets_the_current_status_of_the_order() {
    let fixture = PaymentFixture::open().await;
    let shop = &fixture.shop;
    let event = |status: &str| json!({ "order_id": fixture.order.id, "transaction_id": "tx-1", "status": status });
    assert_receipt(&shop.pay("e1", &event("processing")).await, 200, "ignored", "pending");
    assert_receipt(&shop.pay("e2", &event("failure")).await, 200, "processed", "cancelled");
    assert_receipt(&shop.pay("e1", &event("processing")).await, 200, "duplicate", "cancelled");
    // A later success of a cancelled order takes the stock again, if there is any (P7).
    assert_receipt(&shop.pay("e3", &event("success")).await, 200, "processed", "paid");
    assert_receipt(&shop.pay("e2", &event("failure")).await, 200, "duplicate", "paid");
    assert_receipt(
        &shop.pay("e4", &json!({ "order_id": fixture.order.id, "transaction_id": "tx-2", "status": "failure" })).await,
        200,
        "ignored",
        "paid",
    );
    assert_eq!(fixture.sold().await, 1);
}

#[tokio::test]
async fn a_refund_that_is_due_has_a_reason() {
    let fixture = PaymentFixture::open().await;
    let shop = &fixture.shop;
    let pay = |transaction: &str, amount: i64, currency: &str| json!({ "order_id": fixture.order.id, "transaction_id": transaction, "status": "success", "amount": amount, "currency": currency });
    for (key, event, reason, order_status) in [
        ("e1", pay("short", 499_999, "USD"), Some("amount_mismatch"), "pending"),
        ("e2", pay("foreign", 500_000, "EUR"), Some("amount_mismatch"), "pending"),
        ("e3", pay("right", 500_000, "USD"), None, "paid"),
        ("e4", pay("again", 500_000, "USD"), Some("already_paid"), "paid"),
    ] {
        let response = shop.pay(key, &event).await;
        assert_receipt(&response, 200, if reason.is_some() { "refund_due" } else { "processed" }, order_status);
        assert_eq!(response.body["reason"].as_str(), reason);
    }
}

#[tokio::test]
async fn an_event_that_arrives_before_its_order_is_parked() {
    let fixture = PaymentFixture::open().await;
    let (shop, hold) = (&fixture.shop, fixture.hold().await);
    let event = json!({ "hold_id": hold.id, "transaction_id": "tx-1", "status": "success" });
    assert_receipt(&shop.pay("e1", &event).await, 202, "parked", "");
    let order = shop.checkout.place_order(hold.id, None, super::owner(), None).await.unwrap().value;
    assert_eq!(order.state.name(), "paid");
    let again = shop.pay("e1", &event).await;
    assert_receipt(&again, 200, "duplicate", "paid");
    assert_eq!(again.body["order_id"], json!(order.id));
}

#[tokio::test]
async fn malformed_events_with_a_valid_signature_are_400() {
    let fixture = PaymentFixture::open().await;
    let (shop, now, id) = (&fixture.shop, fixture.shop.now_s(), fixture.order_id());
    for body in [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        json!([id, null, "t", "success", null, null]).to_string(),
        "null".to_owned(),
        json!({ "transaction_id": "t", "status": "success" }).to_string(),
        json!({ "order_id": id, "hold_id": id, "transaction_id": "t", "status": "success" }).to_string(),
        json!({ "order_id": "x", "transaction_id": "t", "status": "success" }).to_string(),
        json!({ "order_id": id, "transaction_id": "", "status": "success" }).to_string(),
        json!({ "order_id": id, "transaction_id": "t", "status": "maybe" }).to_string(),
        json!({ "order_id": id, "transaction_id": "t", "status": "success", "amount": -1 }).to_string(),
        json!({ "order_id": id, "transaction_id": "t", "status": "success", "amount": 1.5 }).to_string(),
        json!({ "order_id": id, "transaction_id": "t", "status": "success", "currency": "usd" }).to_string(),
        json!({ "order_id": id, "transaction_id": "t", "status": "success", "extra": 1 }).to_string(),
        format!("{{\"a\":{}", "[".repeat(10_000)),
    ] {
        for request in
            [signing::plain(WEBHOOK_SECRET, now, "e", &body), signing::standard(WEBHOOK_SECRET, now, "e", &body)]
        {
            let response = request.send(shop).await;
            assert_eq!(response.status, 400, "{body:.80}");
            response.assert_problem(400, "unreadable-event");
        }
    }
    let body = fixture.success().to_string();
    let signed = signing::plain(WEBHOOK_SECRET, now, "e", &body);
    signed.clone().without("idempotency-key").send(shop).await.assert_problem(400, "unreadable-event");
    signed.clone().with("idempotency-key", "a b").send(shop).await.assert_problem(400, "bad-idempotency-key");
    signed.twice("idempotency-key").send(shop).await.assert_problem(400, "bad-idempotency-key");
    let large = signing::plain(WEBHOOK_SECRET, now, "e", &" ".repeat(70 * 1024));
    large.send(shop).await.assert_problem(413, "too-large");
    assert_eq!((fixture.status().await, fixture.event_count().await), ("pending", 0));
}

#[tokio::test]
async fn the_endpoint_has_a_plural_alias() {
    let shop = Shop::open().await;
    let request = shop.request(Method::POST, "/api/webhooks/payments").body("{}").send().await.unwrap();
    crate::shop::read(request).await.assert_problem(403, "bad-signature");
}
