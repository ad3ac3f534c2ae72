//! The Standard Webhooks scheme.

use super::{PaymentFixture, assert_receipt, set_clock, signing};
use crate::shop::{OLD_WEBHOOK_SECRET, WEBHOOK_SECRET};
use serde_json::json;

#[tokio::test]
async fn invalid_and_old_signatures_are_403_and_have_no_effect() {
    let fixture = PaymentFixture::open().await;
    let (shop, now, body) = (&fixture.shop, fixture.shop.now_s(), fixture.success().to_string());
    let signed = signing::standard(WEBHOOK_SECRET, now, "msg_1", &body);
    let huge = format!("{} ", "v1,AAAA ".repeat(1000));
    for (name, request) in [
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
        let response = request.send(shop).await;
        assert_eq!(response.status, 403, "{name}");
        response.assert_problem(403, "bad-signature");
    }
    assert_eq!((fixture.status().await, fixture.event_count().await), ("pending", 0));
    assert_receipt(&signed.send(shop).await, 200, "processed", "paid");
}

#[tokio::test]
async fn every_configured_secret_verifies_raw_or_as_base64() {
    let mut fixture = PaymentFixture::open().await;
    for secret in [WEBHOOK_SECRET, OLD_WEBHOOK_SECRET] {
        let order = fixture.another().await;
        let body = json!({ "order_id": order, "transaction_id": format!("tx-{order}"), "status": "success" });
        let request = signing::standard(secret, fixture.shop.now_s(), &order, &body.to_string());
        assert_receipt(&request.send(&fixture.shop).await, 200, "processed", "paid");
    }
}

#[tokio::test]
async fn the_webhook_id_is_the_idempotency_key() {
    let fixture = PaymentFixture::open().await;
    let (shop, now, body) = (&fixture.shop, fixture.shop.now_s(), fixture.success().to_string());
    assert_receipt(&signing::standard(WEBHOOK_SECRET, now, "msg_1", &body).send(shop).await, 200, "processed", "paid");
    // The provider retries a minute later, with a new timestamp and the same id.
    set_clock(&shop.clock, now + 60);
    assert_receipt(
        &signing::standard(WEBHOOK_SECRET, now + 60, "msg_1", &body).send(shop).await,
        200,
        "duplicate",
        "paid",
    );
    let other = json!({ "order_id": fixture.order.id, "transaction_id": "tx-2", "status": "success" }).to_string();
    signing::standard(WEBHOOK_SECRET, now, "msg_1", &other).send(shop).await.assert_problem(422, "key-reused");
    let response = signing::standard(WEBHOOK_SECRET, now, "msg_2", &other).send(shop).await;
    assert_receipt(&response, 200, "refund_due", "paid");
    // This scheme ignores Idempotency-Key.
    let mut keyed = signing::standard(WEBHOOK_SECRET, now, "msg_1", &body);
    keyed.headers.push(("idempotency-key", b"another".to_vec()));
    assert_receipt(&keyed.send(shop).await, 200, "duplicate", "paid");
    for id in ["a b", &"i".repeat(256)] {
        let odd = signing::standard(WEBHOOK_SECRET, now, id, &body).send(shop).await;
        odd.assert_problem(400, "unreadable-event");
    }
    assert_eq!((fixture.sold().await, fixture.event_count().await), (1, 2));
}
