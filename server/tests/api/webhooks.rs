//! `POST /api/webhooks/payment`.

use crate::shop::{Shop, WEBHOOK_SECRET, read};
use reqwest::Method;
use serde_json::{Value, json};

async fn ordered() -> (Shop, String, Value) {
    let shop = Shop::open().await;
    let token = shop.token().await;
    let product = shop.product("phone", 10).await;
    let order = shop.order(&token, &product, 1).await;
    (shop, token, order)
}

fn success(order: &Value) -> Value {
    json!({ "order_id": order["order_id"], "transaction_id": "tx-1", "status": "success" })
}

#[tokio::test]
async fn what_the_provider_did_not_sign_now_is_403_and_leaves_nothing() {
    let (shop, token, order) = ordered().await;
    let (now, body) = (shop.now_s(), success(&order).to_string());
    for (what, secret, at) in [
        ("wrong secret", "another webhook secret", now),
        ("stale", WEBHOOK_SECRET, now - 301),
        ("from the future", WEBHOOK_SECRET, now + 301),
    ] {
        let answer = shop.webhook(secret, at, Some("e1"), body.clone()).await;
        assert_eq!(answer.status, 403, "{what}");
        answer.is_problem(403, "bad-signature");
    }
    // Not even whether the body can be read is told to whoever cannot sign.
    shop.webhook("another", now, None, "{".to_owned()).await.is_problem(403, "bad-signature");
    let unsigned = shop.request(Method::POST, "/api/webhooks/payment").header("idempotency-key", "e1");
    read(unsigned.body(body.clone()).send().await.unwrap()).await.is_problem(403, "bad-signature");
    let twice = shop.request(Method::POST, "/api/webhooks/payment").header("x-webhook-timestamp", now);
    let twice = twice.header("x-webhook-signature", "00").header("x-webhook-signature", "00");
    read(twice.body(body.clone()).send().await.unwrap()).await.is_problem(403, "bad-signature");

    let path = format!("/api/orders/{}", order["order_id"].as_str().unwrap());
    assert_eq!(shop.get(&path, &token).await.body["status"], "pending");
    // The key is not taken: the true event still counts.
    assert_eq!(shop.pay("e1", &success(&order)).await.body["status"], "processed");
}

#[tokio::test]
async fn one_event_has_one_effect() {
    let (shop, token, order) = ordered().await;
    let event = success(&order);
    let all: Vec<_> = (0..20).map(|_| shop.pay("e1", &event)).collect();
    let answers = futures::future::join_all(all).await;
    assert!(answers.iter().all(|a| a.status == 200 && a.body["order_status"] == "paid"), "{answers:?}");
    assert_eq!(answers.iter().filter(|a| a.body["status"] == "processed").count(), 1);
    assert_eq!(answers.iter().filter(|a| a.body["status"] == "duplicate").count(), 19);
    // The key is not under the signature: the same transaction under a new one does not count again.
    assert_eq!(shop.pay("e2", &event).await.body["status"], "duplicate");
    // And a key stands for one payload.
    let other = json!({ "order_id": order["order_id"], "transaction_id": "tx-2", "status": "success" });
    shop.pay("e1", &other).await.is_problem(422, "key-reused");
    let path = format!("/api/orders/{}", order["order_id"].as_str().unwrap());
    assert_eq!(shop.get(&path, &token).await.body["transaction_id"], "tx-1");
}

#[tokio::test]
async fn an_event_may_come_before_its_order() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 3).await);
    let hold = shop.hold(&token, &product, 1).await;
    let event = json!({ "hold_id": hold["hold_id"], "transaction_id": "tx-1", "status": "success" });
    let parked = shop.pay("e1", &event).await;
    assert_eq!((parked.status, &parked.body["status"]), (202, &json!("parked")));
    let order = shop.post("/api/orders", &token, &json!({ "hold_id": hold["hold_id"] })).await;
    assert_eq!((order.status, &order.body["status"]), (201, &json!("paid")));
    let again = shop.pay("e1", &event).await;
    assert_eq!(
        (again.status, &again.body["status"], &again.body["order_status"]),
        (200, &json!("duplicate"), &json!("paid"))
    );
}

#[tokio::test]
async fn a_failure_cancels_and_processing_is_noted() {
    let (shop, _, order) = ordered().await;
    let tell = |status: &str| json!({ "order_id": order["order_id"], "transaction_id": "tx-1", "status": status });
    let noted = shop.pay("e1", &tell("processing")).await;
    assert_eq!(
        (noted.status, &noted.body["status"], &noted.body["order_status"]),
        (200, &json!("ignored"), &json!("pending"))
    );
    let failed = shop.pay("e2", &tell("failure")).await;
    assert_eq!(
        (failed.status, &failed.body["status"], &failed.body["order_status"]),
        (200, &json!("processed"), &json!("cancelled"))
    );
}

#[tokio::test]
async fn signed_events_that_cannot_be_read_are_400() {
    let (shop, _, order) = ordered().await;
    let (now, id) = (shop.now_s(), order["order_id"].as_str().unwrap());
    for body in [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
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
        let answer = shop.webhook(WEBHOOK_SECRET, now, Some("e"), body.clone()).await;
        assert_eq!(answer.status, 400, "{body:.80}");
        answer.is_problem(400, "unreadable-event");
    }
    let body = success(&order).to_string();
    shop.webhook(WEBHOOK_SECRET, now, None, body.clone()).await.is_problem(400, "unreadable-event");
    shop.webhook(WEBHOOK_SECRET, now, Some("a b"), body.clone()).await.is_problem(400, "bad-idempotency-key");
    shop.webhook(WEBHOOK_SECRET, now, Some("e"), " ".repeat(70 * 1024)).await.is_problem(413, "too-large");
    let other = shop.request(Method::POST, "/api/webhooks/payments").body(body).send().await.unwrap();
    read(other).await.is_problem(403, "bad-signature");
}
