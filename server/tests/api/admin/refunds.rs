//! Refunds of the admin API.

use super::{admin, of_order, pay};
use crate::shop::Shop;
use checkout::model::{Actor, RefundStep};
use serde_json::{Value, json};

async fn paid_order(shop: &Shop, token: &str, qty: u32) -> Value {
    let product = match shop.checkout.product_by_slug("phone") {
        Some(product) => (*product).clone(),
        None => shop.product("phone", 50).await,
    };
    let order = shop.order(token, &product, qty).await;
    pay(shop, &order).await;
    order
}

fn of_refund(refund: &Value, call: &str) -> String {
    format!("/api/admin/refunds/{}{call}", refund["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_order_is_refunded_in_parts_up_to_its_amount() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let order = paid_order(&shop, &token, 2).await;
    let path = of_order(&order, "/refunds");
    let body = json!({ "amount": 300_000, "restock": 1, "reason": "one was broken" });
    let first = shop.post_keyed(&path, &token, "k", &body).await;
    assert_eq!((first.status, &first.body["amount"], &first.body["state"]), (201, &json!(300_000), &json!("due")));
    assert_eq!(first.header("location"), of_refund(&first.body, ""));
    let again = shop.post_keyed(&path, &token, "k", &body).await;
    assert_eq!((again.header("idempotency-replayed"), &again.body["id"]), ("true", &first.body["id"]));

    let too_much = shop.post(&path, &token, &json!({ "amount": 700_001, "restock": 0, "reason": "x" })).await;
    too_much.assert_problem(422, "refund-too-large");
    assert_eq!(too_much.body["left"], 700_000);
    let too_many = shop.post(&path, &token, &json!({ "amount": 1, "restock": 2, "reason": "x" })).await;
    too_many.assert_problem(409, "already-restocked");
    assert_eq!(too_many.body["left"], 1);
    let rest = shop.post(&path, &token, &json!({ "restock": "all", "reason": "the other one too" })).await;
    assert_eq!((&rest.body["amount"], &rest.body["restocked"]), (&json!(700_000), &json!(1)));
    let nothing_left = shop.post(&path, &token, &json!({ "restock": 0, "reason": "x" })).await;
    assert_eq!((nothing_left.status, &nothing_left.body["left"]), (422, &json!(0)));
    shop.post(&path, &token, &json!({ "restock": "all", "reason": "x" }))
        .await
        .assert_problem(409, "already-restocked");
    assert!(shop.checkout.audit().await.unwrap().clean);
}

#[tokio::test]
async fn invalid_refunds_are_refused() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let order = paid_order(&shop, &token, 1).await;
    let path = of_order(&order, "/refunds");
    for body in [
        json!({ "reason": "x" }),
        json!({ "restock": 0 }),
        json!({ "restock": "none", "reason": "x" }),
        json!({ "restock": -1, "reason": "x" }),
        json!({ "restock": 10001, "reason": "x" }),
        json!({ "restock": 0, "reason": "x", "amount": null }),
        json!({ "restock": 0, "reason": "x", "amount": 1.5 }),
        json!({ "restock": 0, "reason": "x", "currency": "USD" }),
    ] {
        shop.post(&path, &token, &body).await.assert_problem(422, "invalid-body");
    }
    for amount in [0, -1] {
        let refused = shop.post(&path, &token, &json!({ "restock": 0, "reason": "x", "amount": amount })).await;
        refused.assert_problem(422, "invalid-body");
        assert!(refused.body["detail"].as_str().unwrap().contains("amount: at least 1 minor unit"), "{refused:?}");
    }
    let pending = shop.order(&token, &shop.product("watch", 1).await, 1).await;
    let refund = json!({ "restock": 0, "reason": "x" });
    shop.post(&of_order(&pending, "/refunds"), &token, &refund).await.assert_problem(409, "order-not-paid");
    let unknown = json!({ "order_id": "018f0000-0000-7000-8000-000000000000" });
    shop.post(&of_order(&unknown, "/refunds"), &token, &refund).await.assert_problem(404, "unknown-order");
    assert_eq!(shop.checkout.refunds_due().await.unwrap(), 0);
}

#[tokio::test]
async fn a_refund_is_done_elsewhere_once() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let order = paid_order(&shop, &token, 1).await;
    let refund = shop.post(&of_order(&order, "/refunds"), &token, &json!({ "restock": 0, "reason": "x" })).await.body;
    for note in ["", " ", "a\u{0}b", &"x".repeat(256)] {
        let body = json!({ "reference": note });
        shop.post(&of_refund(&refund, "/done"), &token, &body).await.assert_problem(422, "invalid-body");
    }
    let body = json!({ "reference": "bank transfer 17", "reason": "the card was closed" });
    let done = shop.post_keyed(&of_refund(&refund, "/done"), &token, "k", &body).await;
    assert_eq!((&done.body["state"], &done.body["note"]), (&json!("succeeded"), &json!("bank transfer 17")));
    let again = shop.post_keyed(&of_refund(&refund, "/done"), &token, "k", &body).await;
    assert_eq!((again.header("idempotency-replayed"), &again.body["state"]), ("true", &json!("succeeded")));
    let refused = shop.post(&of_refund(&refund, "/done"), &token, &body).await;
    refused.assert_problem(409, "refund-state");
    assert_eq!((&refused.body["state"], &refused.body["attempt"]), (&json!("succeeded"), &json!(1)));
    shop.post(&of_refund(&refund, "/retry"), &token, &json!({})).await.assert_problem(409, "refund-state");
    assert_eq!(shop.get(&of_order(&order, ""), &token).await.body["status"], "refunded");
    let unknown = json!({ "id": order["order_id"] });
    shop.post(&of_refund(&unknown, "/done"), &token, &body).await.assert_problem(404, "unknown-refund");
    shop.get("/api/admin/refunds/nothing", &token).await.assert_problem(404, "unknown-refund");
}

#[tokio::test]
async fn a_failed_refund_is_retried_with_or_without_a_body() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let order = paid_order(&shop, &token, 1).await;
    let refund = shop.post(&of_order(&order, "/refunds"), &token, &json!({ "restock": 0, "reason": "x" })).await.body;
    let id = refund["id"].as_str().unwrap().parse().unwrap();
    for (attempt, with_body) in [(1, false), (2, true)] {
        let fail = RefundStep::Fail { failure: "account closed".to_owned() };
        shop.checkout.advance_refund(id, attempt, fail, Actor::system()).await.unwrap();
        assert_eq!(shop.get(&of_refund(&refund, ""), &token).await.body["failure"], "account closed");
        let retried = if with_body {
            shop.post(&of_refund(&refund, "/retry"), &token, &json!({ "reason": "it is open again" })).await
        } else {
            let request = shop.request(reqwest::Method::POST, &of_refund(&refund, "/retry")).bearer_auth(&token);
            crate::shop::read(request.send().await.unwrap()).await
        };
        assert_eq!((retried.status, &retried.body["state"]), (200, &json!("due")), "{retried:?}");
        assert_eq!(retried.body["attempt"], attempt + 1);
    }
    // A refund that is due stays as it is.
    let due = shop.post(&of_refund(&refund, "/retry"), &token, &json!({})).await;
    assert_eq!((&due.body["state"], &due.body["attempt"]), (&json!("due"), &json!(3)));
    shop.post(&of_refund(&refund, "/retry"), &token, &json!({ "attempt": 1 }))
        .await
        .assert_problem(422, "invalid-body");
}

#[tokio::test]
async fn refunds_are_listed_by_state_order_and_product() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let (first, second) = (paid_order(&shop, &token, 1).await, paid_order(&shop, &token, 1).await);
    let issue = json!({ "restock": 0, "reason": "x" });
    let due = shop.post(&of_order(&first, "/refunds"), &token, &issue).await.body;
    let done = shop.post(&of_order(&second, "/refunds"), &token, &issue).await.body;
    shop.post(&of_refund(&done, "/done"), &token, &json!({ "reference": "transfer" })).await;
    let (due, done) = (due["id"].clone(), done["id"].clone());
    for (query, expected) in [
        (String::new(), vec![done.clone(), due.clone()]),
        ("state=due".to_owned(), vec![due.clone()]),
        ("state=succeeded&product=phone".to_owned(), vec![done.clone()]),
        (format!("order={}", first["order_id"].as_str().unwrap()), vec![due.clone()]),
        (format!("q={}", second["number"].as_str().unwrap()), vec![done.clone()]),
        ("q=nothing".to_owned(), vec![]),
    ] {
        let page = shop.get(&format!("/api/admin/refunds?{query}"), &token).await.body;
        let ids: Vec<_> = page["items"].as_array().unwrap().iter().map(|refund| refund["id"].clone()).collect();
        assert_eq!(ids, expected, "{query}");
    }
    let page = shop.get("/api/admin/refunds?limit=1", &token).await.body;
    assert_eq!(page["next"], done);
    for query in ["state=lost", "order=nothing", "limit=0", "outcome=applied"] {
        shop.get(&format!("/api/admin/refunds?{query}"), &token).await.assert_problem(400, "bad-query");
    }
    shop.get("/api/admin/refunds?product=nothing", &token).await.assert_problem(404, "unknown-product");
}

#[tokio::test]
async fn a_refund_is_sent_to_the_provider_on_request() {
    let shop = Shop::open_with(|settings| settings.payments.auto_refund = false).await;
    let token = admin(&shop).await;
    let product = shop.product("phone", 5).await;
    let order = shop.order(&token, &product, 1).await;
    let payment = json!({
        "order_id": order["order_id"], "transaction_id": "test-one", "status": "success", "amount": order["amount"],
        "currency": order["currency"],
    });
    assert_eq!(shop.pay("e1", &payment).await.body["status"], "processed");
    let refund = shop.post(&of_order(&order, "/refunds"), &token, &json!({ "restock": 0, "reason": "x" })).await.body;
    let path = of_refund(&refund, "/send");
    shop.post(&path, &token, &json!({ "attempt": 1 })).await.assert_problem(422, "invalid-body");
    let sent = shop.post_keyed(&path, &token, "k", &json!({ "reason": "the shopper waits" })).await;
    assert_eq!((sent.status, &sent.body["id"], &sent.body["state"]), (200, &refund["id"], &json!("due")), "{sent:?}");
    let mut state = sent.body["state"].clone();
    for _ in 0..400 {
        state = shop.get(&of_refund(&refund, ""), &token).await.body["state"].clone();
        if state == "succeeded" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert_eq!(state, "succeeded");
    shop.post_keyed(&path, &token, "k2", &json!({})).await.assert_problem(409, "refund-state");
    let log = shop.get("/api/admin/audit-log", &token).await;
    let entries = log.body["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "refund.send_now");
    let entries: Vec<_> = entries.map(|entry| (entry["reason"].clone(), entry["actor"]["kind"].clone())).collect();
    assert_eq!(entries, [(json!("the shopper waits"), json!("client"))]);
    shop.post("/api/admin/refunds/018f0000-0000-7000-8000-000000000000/send", &token, &json!({}))
        .await
        .assert_problem(404, "unknown-refund");
}

#[tokio::test]
async fn a_refund_of_another_systems_payment_is_not_sent() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let order = paid_order(&shop, &token, 1).await;
    let refund = shop.post(&of_order(&order, "/refunds"), &token, &json!({ "restock": 0, "reason": "x" })).await.body;
    shop.post(&of_refund(&refund, "/send"), &token, &json!({})).await.assert_problem(409, "refund-not-at-provider");
    assert_eq!(shop.get(&of_refund(&refund, ""), &token).await.body["version"], 1);
}
