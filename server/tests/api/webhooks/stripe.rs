//! Stripe's events, as Stripe sends them.

use super::{Till, is, signing, stand};
use crate::shop::{Answer, STRIPE_SECRET, Shop, WEBHOOK_SECRET};
use serde_json::{Value, json};
use server::config::Environment;

/// An event around an object, with what Stripe puts around it.
fn event(id: &str, kind: &str, object: &Value) -> Value {
    json!({
        "id": id, "object": "event", "api_version": "2025-09-30.clover", "created": 1_795_391_990,
        "data": { "object": object, "previous_attributes": null },
        "livemode": false, "pending_webhooks": 1, "request": { "id": "req_1", "idempotency_key": null }, "type": kind,
    })
}

/// A Checkout session that names `order` in its metadata.
fn session(payment_status: &str, order: &str) -> Value {
    json!({
        "id": "cs_test_a1", "object": "checkout.session", "amount_subtotal": 500_000, "amount_total": 500_000,
        "automatic_tax": { "enabled": false, "status": null }, "client_reference_id": null, "currency": "usd",
        "custom_fields": [], "customer_details": { "email": "ada@example.com", "address": { "country": "GB" } },
        "expires_at": 1_795_400_000, "livemode": false, "metadata": { "order_id": order, "cart": "12" },
        "mode": "payment", "payment_intent": format!("pi_{order}"), "payment_method_types": ["card"],
        "payment_status": payment_status, "status": "complete", "total_details": { "amount_tax": 0 }, "url": null,
    })
}

/// A payment intent that names `order` in its metadata.
fn intent(status: &str, order: &str) -> Value {
    json!({
        "id": format!("pi_{order}"), "object": "payment_intent", "amount": 500_000,
        "amount_received": if status == "succeeded" { 500_000 } else { 0 }, "capture_method": "automatic_async",
        "currency": "usd", "last_payment_error": null, "latest_charge": "ch_1", "livemode": false,
        "metadata": { "order_id": order }, "payment_method_options": { "card": { "network": null } }, "status": status,
    })
}

async fn tell(shop: &Shop, event: &Value) -> Answer {
    signing::stripe(STRIPE_SECRET, shop.now_s(), &event.to_string()).send(shop).await
}

fn with(mut value: Value, pointer: &str, change: Value) -> Value {
    *value.pointer_mut(pointer).unwrap() = change;
    value
}

#[tokio::test]
async fn what_stripe_did_not_sign_now_is_403_and_leaves_nothing() {
    let till = Till::open().await;
    let (shop, now, id) = (&till.shop, till.shop.now_s(), till.order_id());
    let body = event("evt_1", "checkout.session.completed", &session("paid", &id)).to_string();
    let signed = signing::stripe(STRIPE_SECRET, now, &body);
    let header = String::from_utf8(signed.headers[0].1.clone()).unwrap();
    for (what, request) in [
        ("wrong secret", signing::stripe("whsec_another", now, &body)),
        ("the other provider's secret", signing::stripe(WEBHOOK_SECRET, now, &body)),
        ("stale", signing::stripe(STRIPE_SECRET, now - 301, &body)),
        ("from the future", signing::stripe(STRIPE_SECRET, now + 301, &body)),
        ("signed twice", signed.clone().twice("stripe-signature")),
        ("another time", signed.clone().with("stripe-signature", &header.replace("t=1", "t=2"))),
        ("another version", signed.clone().with("stripe-signature", &header.replace("v1=", "v0="))),
        ("a huge signature", signed.clone().with("stripe-signature", &format!("{header}{}", ",v1=00".repeat(5000)))),
    ] {
        let answer = request.send(shop).await;
        assert_eq!(answer.status, 403, "{what}");
        answer.is_problem(403, "bad-signature");
    }
    assert_eq!((till.status().await, till.kept().await), ("pending", 0));
    is(&signed.send(shop).await, 200, "processed", "paid");

    let none = Shop::open_with(|settings| settings.stripe_secrets.clear()).await;
    signing::stripe(STRIPE_SECRET, none.now_s(), &body).send(&none).await.is_problem(403, "bad-signature");
    signing::stripe("", none.now_s(), &body).send(&none).await.is_problem(403, "bad-signature");
}

#[tokio::test]
async fn each_event_has_its_effect() {
    let mut till = Till::open().await;
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
        let order = till.another().await;
        let object = if kind.starts_with("payment") { intent(object, &order) } else { session(object, &order) };
        let answer = tell(&till.shop, &event(&format!("evt_{order}"), kind, &object)).await;
        is(&answer, 200, status, order_status);
        assert_eq!(answer.body["order_id"], json!(order), "{kind}");
        assert_eq!((till.status().await, till.kept().await), (order_status, 1), "{kind}");
    }
    assert_eq!(till.sold().await, 3);
}

#[tokio::test]
async fn session_and_intent_tell_of_one_payment() {
    let till = Till::open().await;
    let (shop, id) = (&till.shop, till.order_id());
    is(
        &tell(shop, &event("evt_1", "payment_intent.succeeded", &intent("succeeded", &id))).await,
        200,
        "processed",
        "paid",
    );
    let completed = event("evt_2", "checkout.session.completed", &session("paid", &id));
    is(&tell(shop, &completed).await, 200, "duplicate", "paid");
    assert_eq!((till.sold().await, till.kept().await), (1, 1));
}

#[tokio::test]
async fn an_event_sent_again_is_known_by_what_it_says() {
    let till = Till::open().await;
    let (shop, id) = (&till.shop, till.order_id());
    let first = event("evt_1", "checkout.session.completed", &session("paid", &id));
    is(&tell(shop, &first).await, 200, "processed", "paid");
    let again = with(with(first.clone(), "/pending_webhooks", json!(3)), "/api_version", json!("2026-10-28.later"));
    stand(&shop.clock, shop.now_s() + 3600);
    is(&tell(shop, &again).await, 200, "duplicate", "paid");
    for (pointer, change) in [
        ("/data/object/amount_total", json!(499_999)),
        ("/data/object/currency", json!("eur")),
        ("/data/object/payment_intent", json!("pi_other")),
        ("/data/object/payment_status", json!("unpaid")),
        ("/data/object/metadata/order_id", json!(till.product.id)),
    ] {
        tell(shop, &with(first.clone(), pointer, change)).await.is_problem(422, "key-reused");
    }
    assert_eq!(till.kept().await, 1);
}

#[tokio::test]
async fn a_declined_card_leaves_the_order_to_the_next_card() {
    let till = Till::open().await;
    let (shop, id) = (&till.shop, till.order_id());
    let declined = |nth: u32| {
        event(&format!("evt_{nth}"), "payment_intent.payment_failed", &intent("requires_payment_method", &id))
    };
    is(&tell(shop, &declined(1)).await, 200, "ignored", "pending");
    is(&tell(shop, &declined(2)).await, 200, "duplicate", "pending");
    assert_eq!(shop.checkout.product(till.product.id).unwrap().stock.pending, 1, "the unit stays with its shopper");
    is(
        &tell(shop, &event("evt_3", "payment_intent.succeeded", &intent("succeeded", &id))).await,
        200,
        "processed",
        "paid",
    );
    // DeliveryOutcome late, it undoes nothing.
    is(&tell(shop, &declined(4)).await, 200, "duplicate", "paid");
    assert_eq!(till.sold().await, 1);
}

#[tokio::test]
async fn the_reference_is_found_wherever_it_may_stand() {
    let mut till = Till::open().await;
    let elsewhere = json!("018f0000-0000-7000-8000-000000000000");
    for (metadata, client_reference_id) in [
        (json!({}), json!("ORDER")),
        (Value::Null, json!("ORDER")),
        (json!({ "order_id": "ORDER" }), Value::Null),
        (json!({ "order_id": "ORDER", "hold_id": elsewhere }), elsewhere.clone()),
        (json!({ "order_id": "A-1001" }), json!("ORDER")),
        (json!({ "order_id": "ORDER" }), json!("cart 12")),
    ] {
        let order = till.another().await;
        let named = |value: &Value| serde_json::from_str(&value.to_string().replace("ORDER", &order)).unwrap();
        let object = with(session("paid", &order), "/metadata", named(&metadata));
        let object = with(object, "/client_reference_id", named(&client_reference_id));
        let answer = tell(&till.shop, &event(&format!("evt_{order}"), "checkout.session.completed", &object)).await;
        is(&answer, 200, "processed", "paid");
    }
    for metadata in [true, false] {
        let hold = till.hold().await.id.to_string();
        let object =
            with(session("paid", &hold), "/metadata", if metadata { json!({ "hold_id": hold }) } else { json!({}) });
        let object = with(object, "/client_reference_id", if metadata { Value::Null } else { json!(hold) });
        let known = event(&format!("evt_{hold}"), "checkout.session.completed", &object);
        is(&tell(&till.shop, &known).await, 202, "parked", "");
        let order = till.shop.checkout.place_order(hold.parse().unwrap(), super::owner(), None).await.unwrap().value;
        assert_eq!(order.state.name(), "paid");
        is(&tell(&till.shop, &known).await, 200, "duplicate", "paid");
    }
    // Ours, and not here yet.
    let object = with(session("paid", "x"), "/metadata/order_id", elsewhere);
    is(&tell(&till.shop, &event("evt_early", "checkout.session.completed", &object)).await, 202, "parked", "");
}

#[tokio::test]
async fn what_belongs_to_another_product_of_the_account_is_heard_and_ignored() {
    let till = Till::open().await;
    let (shop, id) = (&till.shop, till.order_id());
    let of = |pointer: &str, change: Value| with(session("paid", &id), pointer, change);
    let completed = "checkout.session.completed";
    for (kind, object) in [
        ("charge.refunded", json!({ "id": "ch_1", "metadata": { "order_id": id } })),
        ("invoice.paid", json!({ "id": "in_1", "lines": { "data": [] } })),
        ("v2.core.account.updated", json!(null)),
        (&"x".repeat(1000), json!(7)),
        (completed, of("/metadata", json!({}))),
        (completed, of("/metadata", json!({ "order_id": "A-1001" }))),
        // Somebody's id, and of a kind that this shop never makes.
        (completed, of("/metadata", json!({ "order_id": "5b0bd3c3-5d1c-4e0e-9d5b-0d7e3f1e8a11" }))),
        (completed, with(of("/metadata", Value::Null), "/client_reference_id", json!("customer 5"))),
        ("payment_intent.succeeded", with(intent("succeeded", &id), "/metadata", json!({}))),
        ("payment_intent.payment_failed", with(intent("x", &id), "/metadata", Value::Null)),
        // Saves a card, and moves no money.
        (completed, with(session("no_payment_required", &id), "/amount_total", Value::Null)),
    ] {
        let answer = tell(shop, &event("evt_1", kind, &object)).await;
        assert_eq!((answer.status, &answer.body), (200, &json!({ "status": "ignored" })), "{kind:.80}");
    }
    // An event of the second generation has no object to look at.
    let thin =
        json!({ "id": "evt_2", "object": "v2.core.event", "type": "v1.billing.meter.error", "related_object": null });
    assert_eq!(tell(shop, &thin).await.body, json!({ "status": "ignored" }));
    assert_eq!((till.status().await, till.kept().await), ("pending", 0));
    // None of them has taken its key.
    is(&tell(shop, &event("evt_1", completed, &session("paid", &id))).await, 200, "processed", "paid");
}

#[tokio::test]
async fn signed_events_that_cannot_be_read_are_400() {
    let till = Till::open().await;
    let (shop, id) = (&till.shop, till.order_id());
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
        // Money that came, and nobody says how much: it would pay for anything.
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
        let answer = signing::stripe(STRIPE_SECRET, shop.now_s(), &body).send(shop).await;
        assert_eq!(answer.status, 400, "{body:.200}");
        answer.is_problem(400, "unreadable-event");
    }
    assert_eq!((till.status().await, till.kept().await), ("pending", 0));
}

#[tokio::test]
async fn amounts_are_compared_in_stripes_units() {
    for (ours, currency, theirs) in
        [(500, "JPY", 500), (5000, "ISK", 500_000), (5120, "KWD", 5120), (50_000, "MGA", 500)]
    {
        let till = Till::of(Shop::open().await, ours, currency).await;
        let paid = |total: i64, key: &str| {
            let object = with(session("paid", &till.order_id()), "/amount_total", json!(total));
            let object = with(object, "/currency", json!(currency.to_ascii_lowercase()));
            event(key, "checkout.session.completed", &with(object, "/payment_intent", json!(format!("pi_{key}"))))
        };
        let short = tell(&till.shop, &paid(theirs - 100, "evt_1")).await;
        is(&short, 200, "refund_due", "pending");
        assert_eq!(short.body["reason"], "amount_mismatch");
        is(&tell(&till.shop, &paid(theirs, "evt_2")).await, 200, "processed", "paid");
    }
}

#[tokio::test]
async fn nothing_due_is_paid_by_nothing_and_only_then() {
    let free = Till::of(Shop::open().await, 0, "USD").await;
    let object = |till: &Till| {
        let object = with(session("no_payment_required", &till.order_id()), "/amount_total", json!(0));
        event("evt_1", "checkout.session.completed", &with(object, "/payment_intent", Value::Null))
    };
    is(&tell(&free.shop, &object(&free)).await, 200, "processed", "paid");
    let dear = Till::open().await;
    is(&tell(&dear.shop, &object(&dear)).await, 200, "refund_due", "pending");
}

#[tokio::test]
async fn test_money_buys_nothing_in_production() {
    let shop = Shop::open_with(|settings| settings.common.env = Environment::Production).await;
    let till = Till::of(shop, 500_000, "USD").await;
    let test = event("evt_1", "checkout.session.completed", &session("paid", &till.order_id()));
    let answer = tell(&till.shop, &test).await;
    assert_eq!((answer.status, &answer.body), (200, &json!({ "status": "ignored" })));
    assert_eq!((till.status().await, till.kept().await), ("pending", 0));
    is(&tell(&till.shop, &with(test, "/livemode", json!(true))).await, 200, "processed", "paid");
}
