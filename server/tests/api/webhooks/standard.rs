//! Standard Webhooks.

use super::{Till, is, signing, stand};
use crate::shop::{OLD_WEBHOOK_SECRET, WEBHOOK_SECRET};
use serde_json::json;

#[tokio::test]
async fn what_the_provider_did_not_sign_now_is_403_and_leaves_nothing() {
    let till = Till::open().await;
    let (shop, now, body) = (&till.shop, till.shop.now_s(), till.success().to_string());
    let signed = signing::standard(WEBHOOK_SECRET, now, "msg_1", &body);
    let huge = format!("{} ", "v1,AAAA ".repeat(1000));
    for (what, request) in [
        ("wrong secret", signing::standard("another webhook secret", now, "msg_1", &body)),
        ("stale", signing::standard(WEBHOOK_SECRET, now - 301, "msg_1", &body)),
        ("from the future", signing::standard(WEBHOOK_SECRET, now + 301, "msg_1", &body)),
        ("another id", signed.clone().with("webhook-id", "msg_2")),
        ("another time", signed.clone().with("webhook-timestamp", &(now + 1).to_string())),
        ("without its id", signed.clone().without("webhook-id")),
        ("without its time", signed.clone().without("webhook-timestamp")),
        ("without its signature", signed.clone().without("webhook-signature")),
        ("its id twice", signed.clone().twice("webhook-id")),
        ("its time twice", signed.clone().twice("webhook-timestamp")),
        ("its signature twice", signed.clone().twice("webhook-signature")),
        ("a huge signature", signed.clone().with("webhook-signature", &huge)),
        ("a huge id", signing::standard(WEBHOOK_SECRET, now, &"i".repeat(20_000), &body)),
    ] {
        let answer = request.send(shop).await;
        assert_eq!(answer.status, 403, "{what}");
        answer.is_problem(403, "bad-signature");
    }
    assert_eq!((till.status().await, till.kept().await), ("pending", 0));
    is(&signed.send(shop).await, 200, "processed", "paid");
}

#[tokio::test]
async fn every_live_secret_is_good_raw_or_as_base64() {
    let mut till = Till::open().await;
    for secret in [WEBHOOK_SECRET, OLD_WEBHOOK_SECRET] {
        let order = till.another().await;
        let body = json!({ "order_id": order, "transaction_id": format!("tx-{order}"), "status": "success" });
        let request = signing::standard(secret, till.shop.now_s(), &order, &body.to_string());
        is(&request.send(&till.shop).await, 200, "processed", "paid");
    }
}

#[tokio::test]
async fn the_id_is_the_key_of_the_event() {
    let till = Till::open().await;
    let (shop, now, body) = (&till.shop, till.shop.now_s(), till.success().to_string());
    is(&signing::standard(WEBHOOK_SECRET, now, "msg_1", &body).send(shop).await, 200, "processed", "paid");
    // Sent again a minute later: the time is another, the id is the same.
    stand(&shop.clock, now + 60);
    is(&signing::standard(WEBHOOK_SECRET, now + 60, "msg_1", &body).send(shop).await, 200, "duplicate", "paid");
    let other = json!({ "order_id": till.order.id, "transaction_id": "tx-2", "status": "success" }).to_string();
    signing::standard(WEBHOOK_SECRET, now, "msg_1", &other).send(shop).await.is_problem(422, "key-reused");
    let answer = signing::standard(WEBHOOK_SECRET, now, "msg_2", &other).send(shop).await;
    is(&answer, 200, "refund_due", "paid");
    // What a client of ours would send is not read here.
    let mut keyed = signing::standard(WEBHOOK_SECRET, now, "msg_1", &body);
    keyed.headers.push(("idempotency-key", b"another".to_vec()));
    is(&keyed.send(shop).await, 200, "duplicate", "paid");
    for id in ["a b", &"i".repeat(256)] {
        let odd = signing::standard(WEBHOOK_SECRET, now, id, &body).send(shop).await;
        odd.is_problem(400, "unreadable-event");
    }
    assert_eq!((till.sold().await, till.kept().await), (1, 2));
}
