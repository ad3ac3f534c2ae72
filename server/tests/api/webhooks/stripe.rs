//! Stripe's scheme and events.

use super::{
    PaymentFixture, assert_receipt, set_clock, signing,
    stripe_events::{event, intent, session, with},
};
use crate::shop::{ApiResponse, STRIPE_SECRET, Shop, WEBHOOK_SECRET};
use serde_json::{Value, json};
use server::config::Environment;

async fn deliver(shop: &Shop, event: &Value) -> ApiResponse {
    signing::stripe(STRIPE_SECRET, shop.now_s(), &event.to_string()).send(shop).await
}

#[tokio::test]
async fn invalid_and_old_signatures_are_403_and_have_no_effect() {
    let fixture = PaymentFixture::open().await;
    let (shop, now, id) = (&fixture.shop, fixture.shop.now_s(), fixture.order_id());
    let body = event("evt_1", "checkout.session.completed", &session("paid", &id)).to_string();
    let signed = signing::stripe(STRIPE_SECRET, now, &body);
    let header = String::from_utf8(signed.headers[0].1.clone()).unwrap();
    for (name, request) in [
        ("wrong secret", signing::stripe("whsec_another", now, &body)),
        ("the other provider's secret", signing::stripe(WEBHOOK_SECRET, now, &body)),
        ("stale", signing::stripe(STRIPE_SECRET, now - 301, &body)),
        ("from the future", signing::stripe(STRIPE_SECRET, now + 301, &body)),
        ("signed twice", signed.clone().twice("stripe-signature")),
        ("another time", signed.clone().with("stripe-signature", &header.replace("t=1", "t=2"))),
        ("another version", signed.clone().with("stripe-signature", &header.replace("v1=", "v0="))),
        ("a huge signature", signed.clone().with("stripe-signature", &format!("{header}{}", ",v1=00".repeat(5000)))),
    ] {
        let response = request.send(shop).await;
        assert_eq!(response.status, 403, "{name}");
        response.assert_problem(403, "bad-signature");
    }
    assert_eq!((fixture.status().await, fixture.event_count().await), ("pending", 0));
    assert_receipt(&signed.send(shop).await, 200, "processed", "paid");

    let none = Shop::open_with(|settings| settings.stripe_secrets.clear()).await;
    signing::stripe(STRIPE_SECRET, none.now_s(), &body).send(&none).await.assert_problem(403, "bad-signature");
    signing::stripe("", none.now_s(), &body).send(&none).await.assert_problem(403, "bad-signature");
}

#[tokio::test]
async fn each_type_of_event_has_its_effect() {
    let mut fixture = PaymentFixture::open().await;
    for (kind, object, status, order_status) in [
        ("checkout.session.completed", "paid", "processed", "paid"),
        ("checkout.session.completed", "unpaid", "ignored", "pending"),
        ("checkout.session.async_payment_succeeded", "paid", "processed", "paid"),
        ("checkout.session.async_payment_failed", "unpaid", "processed", "cancelled"),
        ("checkout.session.expired", "unpaid", "processed", "cancelled"),
        ("payment_intent.succeeded", "succeeded", "processed", "paid"),
        ("payment_intent.payment_failed", "requires_payment_method", "ignored", "pending"),
        ("payment_intent.canceled", "canceled", "processed", "cancelled"),
    ] {
        let order = fixture.another().await;
        let object = if kind.starts_with("payment") { intent(object, &order) } else { session(object, &order) };
        let response = deliver(&fixture.shop, &event(&format!("evt_{order}"), kind, &object)).await;
        assert_receipt(&response, 200, status, order_status);
        assert_eq!(response.body["order_id"], json!(order), "{kind}");
        assert_eq!((fixture.status().await, fixture.event_count().await), (order_status, 1), "{kind}");
    }
    assert_eq!(fixture.sold().await, 3);
}

#[tokio::test]
async fn an_attempt_that_ends_leaves_its_order_payable() {
    let mut fixture = PaymentFixture::open().await;
    for (kind, object) in [
        ("checkout.session.expired", "unpaid"),
        ("checkout.session.async_payment_failed", "unpaid"),
        ("payment_intent.canceled", "canceled"),
    ] {
        let order = fixture.another().await;
        let object = if kind.starts_with("payment") { intent(object, &order) } else { session(object, &order) };
        let metadata = json!({ "order_id": order, "attempt_id": "018f0000-0000-7000-8000-000000000000" });
        let object = with(object, "/metadata", metadata);
        let response = deliver(&fixture.shop, &event(&format!("evt_{order}"), kind, &object)).await;
        assert_receipt(&response, 200, "ignored", "pending");
        assert_eq!(fixture.status().await, "pending", "{kind}");
    }
}

#[tokio::test]
async fn a_session_and_its_intent_are_one_payment() {
    let fixture = PaymentFixture::open().await;
    let (shop, id) = (&fixture.shop, fixture.order_id());
    assert_receipt(
        &deliver(shop, &event("evt_1", "payment_intent.succeeded", &intent("succeeded", &id))).await,
        200,
        "processed",
        "paid",
    );
    let completed = event("evt_2", "checkout.session.completed", &session("paid", &id));
    assert_receipt(&deliver(shop, &completed).await, 200, "duplicate", "paid");
    assert_eq!((fixture.sold().await, fixture.event_count().await), (1, 1));
}

#[tokio::test]
async fn a_repeated_event_is_recognised_by_its_payment() {
    let fixture = PaymentFixture::open().await;
    let (shop, id) = (&fixture.shop, fixture.order_id());
    let first = event("evt_1", "checkout.session.completed", &session("paid", &id));
    assert_receipt(&deliver(shop, &first).await, 200, "processed", "paid");
    let again = with(with(first.clone(), "/pending_webhooks", json!(3)), "/api_version", json!("2026-10-28.later"));
    set_clock(&shop.clock, shop.now_s() + 3600);
    assert_receipt(&deliver(shop, &again).await, 200, "duplicate", "paid");
    for (pointer, change) in [
        ("/data/object/amount_total", json!(499_999)),
        ("/data/object/currency", json!("eur")),
        ("/data/object/payment_intent", json!("pi_other")),
        ("/data/object/payment_status", json!("unpaid")),
        ("/data/object/metadata/order_id", json!(fixture.product.id)),
    ] {
        deliver(shop, &with(first.clone(), pointer, change)).await.assert_problem(422, "key-reused");
    }
    assert_eq!(fixture.event_count().await, 1);
}

#[tokio::test]
async fn a_declined_card_leaves_the_order_unpaid() {
    let fixture = PaymentFixture::open().await;
    let (shop, id) = (&fixture.shop, fixture.order_id());
    let declined = |nth: u32| {
        event(&format!("evt_{nth}"), "payment_intent.payment_failed", &intent("requires_payment_method", &id))
    };
    assert_receipt(&deliver(shop, &declined(1)).await, 200, "ignored", "pending");
    assert_receipt(&deliver(shop, &declined(2)).await, 200, "duplicate", "pending");
    assert_eq!(shop.checkout.product(fixture.product.id).unwrap().stock.pending, 1, "the unit stays reserved");
    assert_receipt(
        &deliver(shop, &event("evt_3", "payment_intent.succeeded", &intent("succeeded", &id))).await,
        200,
        "processed",
        "paid",
    );
    // A late failure does not undo the payment.
    assert_receipt(&deliver(shop, &declined(4)).await, 200, "duplicate", "paid");
    assert_eq!(fixture.sold().await, 1);
}

#[tokio::test]
async fn the_reference_is_found_in_metadata_or_client_reference_id() {
    let mut fixture = PaymentFixture::open().await;
    let elsewhere = json!("018f0000-0000-7000-8000-000000000000");
    for (metadata, client_reference_id) in [
        (json!({}), json!("ORDER")),
        (Value::Null, json!("ORDER")),
        (json!({ "order_id": "ORDER" }), Value::Null),
        (json!({ "order_id": "ORDER", "hold_id": elsewhere }), elsewhere.clone()),
        (json!({ "order_id": "A-1001" }), json!("ORDER")),
        (json!({ "order_id": "ORDER" }), json!("cart 12")),
    ] {
        let order = fixture.another().await;
        let named = |value: &Value| serde_json::from_str(&value.to_string().replace("ORDER", &order)).unwrap();
        let object = with(session("paid", &order), "/metadata", named(&metadata));
        let object = with(object, "/client_reference_id", named(&client_reference_id));
        let response =
            deliver(&fixture.shop, &event(&format!("evt_{order}"), "checkout.session.completed", &object)).await;
        assert_receipt(&response, 200, "processed", "paid");
    }
    for metadata in [true, false] {
        let hold = fixture.hold().await.id.to_string();
        let object =
            with(session("paid", &hold), "/metadata", if metadata { json!({ "hold_id": hold }) } else { json!({}) });
        let object = with(object, "/client_reference_id", if metadata { Value::Null } else { json!(hold) });
        let known = event(&format!("evt_{hold}"), "checkout.session.completed", &object);
        assert_receipt(&deliver(&fixture.shop, &known).await, 202, "parked", "");
        let order =
            fixture.shop.checkout.place_order(hold.parse().unwrap(), None, super::owner(), None).await.unwrap().value;
        assert_eq!(order.state.name(), "paid");
        assert_receipt(&deliver(&fixture.shop, &known).await, 200, "duplicate", "paid");
    }
    // An order id of this shop that does not exist yet.
    let object = with(session("paid", "x"), "/metadata/order_id", elsewhere);
    assert_receipt(
        &deliver(&fixture.shop, &event("evt_early", "checkout.session.completed", &object)).await,
        202,
        "parked",
        "",
    );
}

#[tokio::test]
async fn events_that_do_not_concern_the_shop_are_acknowledged_and_ignored() {
    let fixture = PaymentFixture::open().await;
    let (shop, id) = (&fixture.shop, fixture.order_id());
    let of = |pointer: &str, change: Value| with(session("paid", &id), pointer, change);
    let completed = "checkout.session.completed";
    for (kind, object) in [
        ("charge.refunded", json!({ "id": "ch_1", "metadata": { "order_id": id } })),
        ("charge.dispute.updated", json!({ "id": "dp_1", "charge": "ch_1" })),
        ("invoice.paid", json!({ "id": "in_1", "lines": { "data": [] } })),
        ("v2.core.account.updated", json!(null)),
        (&"x".repeat(1000), json!(7)),
        (completed, of("/metadata", json!({}))),
        (completed, of("/metadata", json!({ "order_id": "A-1001" }))),
        // A UUID of a version that this shop does not generate.
        (completed, of("/metadata", json!({ "order_id": "5b0bd3c3-5d1c-4e0e-9d5b-0d7e3f1e8a11" }))),
        (completed, with(of("/metadata", Value::Null), "/client_reference_id", json!("customer 5"))),
        ("payment_intent.succeeded", with(intent("succeeded", &id), "/metadata", json!({}))),
        ("payment_intent.payment_failed", with(intent("x", &id), "/metadata", Value::Null)),
        // Saves a card without a payment.
        (completed, with(session("no_payment_required", &id), "/amount_total", Value::Null)),
    ] {
        let response = deliver(shop, &event("evt_1", kind, &object)).await;
        assert_eq!((response.status, &response.body), (200, &json!({ "status": "ignored" })), "{kind:.80}");
    }
    // Events of the v2 API have no object.
    let thin =
        json!({ "id": "evt_2", "object": "v2.core.event", "type": "v1.billing.meter.error", "related_object": null });
    assert_eq!(deliver(shop, &thin).await.body, json!({ "status": "ignored" }));
    assert_eq!((fixture.status().await, fixture.event_count().await), ("pending", 0));
    // The ignored events did not use up the key.
    assert_receipt(&deliver(shop, &event("evt_1", completed, &session("paid", &id))).await, 200, "processed", "paid");
}

#[tokio::test]
async fn malformed_events_with_a_valid_signature_are_400() {
    let fixture = PaymentFixture::open().await;
    let (shop, id) = (&fixture.shop, fixture.order_id());
    let whole = event("evt_1", "checkout.session.completed", &session("paid", &id));
    let of = |pointer: &str, change: Value| with(whole.clone(), pointer, change).to_string();
    for body in [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        of("/id", json!("")),
        of("/id", json!(7)),
        of("/type", Value::Null),
        of("/data", Value::Null),
        of("/data/object", json!([])),
        of("/data", json!([session("paid", &id)])),
        of("/data/object/metadata", json!([id])),
        json!(["evt_1", "checkout.session.completed", true, { "object": session("paid", &id) }]).to_string(),
        of("/data/object/id", json!("a b")),
        of("/data/object/payment_status", json!("maybe")),
        // A payment without an amount would pay for anything.
        of("/data/object/amount_total", Value::Null),
        of("/data/object/amount_total", json!(-1)),
        of("/data/object/amount_total", json!(500_000.5)),
        of("/data/object/currency", Value::Null),
        of("/data/object/currency", json!("dollars")),
        with(whole.clone(), "/data/object/amount_total", json!(501)).to_string().replace("usd", "isk"),
        event("evt_1", "payment_intent.succeeded", &with(intent("succeeded", &id), "/amount_received", Value::Null))
            .to_string(),
        format!("{{\"a\":{}", "[".repeat(10_000)),
    ] {
        let response = signing::stripe(STRIPE_SECRET, shop.now_s(), &body).send(shop).await;
        assert_eq!(response.status, 400, "{body:.200}");
        response.assert_problem(400, "unreadable-event");
    }
    assert_eq!((fixture.status().await, fixture.event_count().await), ("pending", 0));
}

#[tokio::test]
async fn amounts_are_compared_in_stripes_units() {
    for (ours, currency, theirs) in
        [(500, "JPY", 500), (5000, "ISK", 500_000), (5120, "KWD", 5120), (50_000, "MGA", 500)]
    {
        let fixture = PaymentFixture::of(Shop::open().await, ours, currency).await;
        let paid = |total: i64, key: &str| {
            let object = with(session("paid", &fixture.order_id()), "/amount_total", json!(total));
            let object = with(object, "/currency", json!(currency.to_ascii_lowercase()));
            event(key, "checkout.session.completed", &with(object, "/payment_intent", json!(format!("pi_{key}"))))
        };
        let short = deliver(&fixture.shop, &paid(theirs - 100, "evt_1")).await;
        assert_receipt(&short, 200, "refund_due", "pending");
        assert_eq!(short.body["reason"], "amount_mismatch");
        assert_receipt(&deliver(&fixture.shop, &paid(theirs, "evt_2")).await, 200, "processed", "paid");
    }
}

#[tokio::test]
async fn a_session_without_payment_pays_only_a_free_order() {
    let free = PaymentFixture::of(Shop::open().await, 0, "USD").await;
    let object = |fixture: &PaymentFixture| {
        let object = with(session("no_payment_required", &fixture.order_id()), "/amount_total", json!(0));
        event("evt_1", "checkout.session.completed", &with(object, "/payment_intent", Value::Null))
    };
    assert_receipt(&deliver(&free.shop, &object(&free)).await, 200, "processed", "paid");
    let dear = PaymentFixture::open().await;
    assert_receipt(&deliver(&dear.shop, &object(&dear)).await, 200, "refund_due", "pending");
}

#[tokio::test]
async fn test_events_are_ignored_in_production() {
    let shop = Shop::open_with(|settings| settings.common.env = Environment::Production).await;
    let fixture = PaymentFixture::of(shop, 500_000, "USD").await;
    let test = event("evt_1", "checkout.session.completed", &session("paid", &fixture.order_id()));
    let response = deliver(&fixture.shop, &test).await;
    assert_eq!((response.status, &response.body), (200, &json!({ "status": "ignored" })));
    assert_eq!((fixture.status().await, fixture.event_count().await), ("pending", 0));
    assert_receipt(&deliver(&fixture.shop, &with(test, "/livemode", json!(true))).await, 200, "processed", "paid");
}

#[tokio::test]
async fn a_refund_event_that_cannot_be_used_is_counted_and_changes_nothing() {
    let fixture = PaymentFixture::open().await;
    for kind in ["refund.created", "refund.updated", "refund.failed"] {
        let object = json!({ "object": "refund", "amount": "all of it" });
        deliver(&fixture.shop, &event("evt_1", kind, &object)).await.assert_problem(400, "unreadable-event");
    }
    let metrics = fixture.shop.get("/metrics", "").await;
    let counted = metrics.body.as_str().unwrap().lines().any(|line| {
        line.starts_with("holdfast_webhooks_total{")
            && line.contains(r#"outcome="unreadable""#)
            && line.contains(r#"scheme="stripe""#)
            && line.ends_with(" 3")
    });
    assert!(counted, "{metrics:?}");
    assert_eq!((fixture.status().await, fixture.event_count().await), ("pending", 0));
}
