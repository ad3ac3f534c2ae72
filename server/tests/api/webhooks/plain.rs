//! The plain HMAC scheme, and what all schemes have in common once a request is believed.

use super::{Till, is, signing};
use crate::shop::{OLD_WEBHOOK_SECRET, Shop, WEBHOOK_SECRET};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn what_the_provider_did_not_sign_now_is_403_and_leaves_nothing() {
    let till = Till::open().await;
    let (shop, now, body) = (&till.shop, till.shop.now_s(), till.success().to_string());
    let signed = signing::plain(WEBHOOK_SECRET, now, "e1", &body);
    for (what, request) in [
        ("wrong secret", signing::plain("another webhook secret", now, "e1", &body)),
        ("stale", signing::plain(WEBHOOK_SECRET, now - 301, "e1", &body)),
        ("from the future", signing::plain(WEBHOOK_SECRET, now + 301, "e1", &body)),
        // Not even whether the body can be read is told to whoever cannot sign.
        ("unreadable, and wrong secret", signing::plain("another", now, "e1", "{")),
        ("without its time", signed.clone().without("x-webhook-timestamp")),
        ("without its signature", signed.clone().without("x-webhook-signature")),
        ("its time twice", signed.clone().twice("x-webhook-timestamp")),
        ("its signature twice", signed.clone().twice("x-webhook-signature")),
        ("a huge signature", signed.clone().with("x-webhook-signature", &"00".repeat(20_000))),
        ("a huge time", signed.clone().with("x-webhook-timestamp", &"1".repeat(20_000))),
    ] {
        let answer = request.send(shop).await;
        assert_eq!(answer.status, 403, "{what}");
        answer.is_problem(403, "bad-signature");
    }
    assert_eq!((till.status().await, till.kept().await), ("pending", 0));
    // The key is not taken: the true event still counts.
    is(&signed.send(shop).await, 200, "processed", "paid");
}

#[tokio::test]
async fn every_live_secret_is_good_as_it_stands() {
    let mut till = Till::open().await;
    for secret in [WEBHOOK_SECRET, OLD_WEBHOOK_SECRET] {
        let order = till.another().await;
        let body = json!({ "order_id": order, "transaction_id": format!("tx-{order}"), "status": "success" });
        let request = signing::plain(secret, till.shop.now_s(), &order, &body.to_string());
        is(&request.send(&till.shop).await, 200, "processed", "paid");
    }
}

#[tokio::test]
async fn a_hundred_deliveries_at_once_have_one_effect() {
    let till = Till::open().await;
    let (shop, event) = (&till.shop, till.success());
    let answers = futures::future::join_all((0..100).map(|_| shop.pay("e1", &event))).await;
    assert!(answers.iter().all(|a| a.status == 200 && a.body["order_status"] == "paid"), "{answers:?}");
    assert_eq!(answers.iter().filter(|a| a.body["status"] == "processed").count(), 1);
    assert_eq!(answers.iter().filter(|a| a.body["status"] == "duplicate").count(), 99);
    assert_eq!((till.sold().await, till.kept().await), (1, 1));
}

#[tokio::test]
async fn the_key_is_not_signed_and_a_transaction_counts_once_all_the_same() {
    let till = Till::open().await;
    let (shop, event) = (&till.shop, till.success());
    is(&shop.pay("e1", &event).await, 200, "processed", "paid");
    let replays = (0..100).map(async |nth| shop.pay(&format!("captured-{nth}"), &event).await);
    for answer in futures::future::join_all(replays).await {
        is(&answer, 200, "duplicate", "paid");
    }
    // Nor does a replay use up the key of what the provider has yet to say.
    let mut other = till.success();
    other["transaction_id"] = json!("tx-2");
    is(&shop.pay("captured-7", &other).await, 200, "refund_due", "paid");
    is(&shop.pay("captured-7", &other).await, 200, "duplicate", "paid");
    assert_eq!((till.sold().await, till.kept().await), (1, 2));
}

#[tokio::test]
async fn a_key_stands_for_one_payload() {
    let till = Till::open().await;
    let shop = &till.shop;
    is(&shop.pay("e1", &till.success()).await, 200, "processed", "paid");
    for (field, value) in [("transaction_id", json!("tx-2")), ("status", json!("failure")), ("amount", json!(1))] {
        let mut other = till.success();
        other[field] = value;
        shop.pay("e1", &other).await.is_problem(422, "key-reused");
    }
    assert_eq!((till.status().await, till.kept().await), ("paid", 1));
}

#[tokio::test]
async fn a_repetition_is_told_how_the_order_stands_now() {
    let till = Till::open().await;
    let shop = &till.shop;
    let tell = |status: &str| json!({ "order_id": till.order.id, "transaction_id": "tx-1", "status": status });
    is(&shop.pay("e1", &tell("processing")).await, 200, "ignored", "pending");
    is(&shop.pay("e2", &tell("failure")).await, 200, "processed", "cancelled");
    is(&shop.pay("e1", &tell("processing")).await, 200, "duplicate", "cancelled");
    // The shopper had a second try, and the stock was still there (P7).
    is(&shop.pay("e3", &tell("success")).await, 200, "processed", "paid");
    is(&shop.pay("e2", &tell("failure")).await, 200, "duplicate", "paid");
    is(
        &shop.pay("e4", &json!({ "order_id": till.order.id, "transaction_id": "tx-2", "status": "failure" })).await,
        200,
        "ignored",
        "paid",
    );
    assert_eq!(till.sold().await, 1);
}

#[tokio::test]
async fn money_that_must_go_back_says_why() {
    let till = Till::open().await;
    let shop = &till.shop;
    let pay = |transaction: &str, amount: i64, currency: &str| json!({ "order_id": till.order.id, "transaction_id": transaction, "status": "success", "amount": amount, "currency": currency });
    for (key, event, reason, order_status) in [
        ("e1", pay("short", 499_999, "USD"), Some("amount_mismatch"), "pending"),
        ("e2", pay("foreign", 500_000, "EUR"), Some("amount_mismatch"), "pending"),
        ("e3", pay("right", 500_000, "USD"), None, "paid"),
        ("e4", pay("again", 500_000, "USD"), Some("already_paid"), "paid"),
    ] {
        let answer = shop.pay(key, &event).await;
        is(&answer, 200, if reason.is_some() { "refund_due" } else { "processed" }, order_status);
        assert_eq!(answer.body["reason"].as_str(), reason);
    }
}

#[tokio::test]
async fn an_event_may_come_before_its_order() {
    let till = Till::open().await;
    let (shop, hold) = (&till.shop, till.hold().await);
    let event = json!({ "hold_id": hold.id, "transaction_id": "tx-1", "status": "success" });
    is(&shop.pay("e1", &event).await, 202, "parked", "");
    let order = shop.checkout.place_order(hold.id, super::owner(), None).await.unwrap().value;
    assert_eq!(order.state.name(), "paid");
    let again = shop.pay("e1", &event).await;
    is(&again, 200, "duplicate", "paid");
    assert_eq!(again.body["order_id"], json!(order.id));
}

#[tokio::test]
async fn signed_events_that_cannot_be_read_are_400() {
    let till = Till::open().await;
    let (shop, now, id) = (&till.shop, till.shop.now_s(), till.order_id());
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
            let answer = request.send(shop).await;
            assert_eq!(answer.status, 400, "{body:.80}");
            answer.is_problem(400, "unreadable-event");
        }
    }
    let body = till.success().to_string();
    let signed = signing::plain(WEBHOOK_SECRET, now, "e", &body);
    signed.clone().without("idempotency-key").send(shop).await.is_problem(400, "unreadable-event");
    signed.clone().with("idempotency-key", "a b").send(shop).await.is_problem(400, "bad-idempotency-key");
    signed.twice("idempotency-key").send(shop).await.is_problem(400, "bad-idempotency-key");
    let large = signing::plain(WEBHOOK_SECRET, now, "e", &" ".repeat(70 * 1024));
    large.send(shop).await.is_problem(413, "too-large");
    assert_eq!((till.status().await, till.kept().await), ("pending", 0));
}

#[tokio::test]
async fn the_address_has_two_spellings() {
    let shop = Shop::open().await;
    let request = shop.request(Method::POST, "/api/webhooks/payments").body("{}").send().await.unwrap();
    crate::shop::read(request).await.is_problem(403, "bad-signature");
}
