//! Orders: place, get, cancel, and refunds.

use crate::shop::{Shop, read, refunds_of};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn an_order_is_placed_and_paid() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 10).await);
    let hold = shop.hold(&token, &product, 2).await;

    let placed = shop.post("/api/orders", &token, &json!({ "hold_id": hold["hold_id"] })).await;
    assert_eq!(placed.status, 201);
    let order = &placed.body;
    assert_eq!((&order["status"], &order["hold_id"]), (&json!("pending"), &hold["hold_id"]));
    assert_eq!((&order["amount"], &order["currency"], &order["qty"]), (&json!(1_000_000), &json!("USD"), &json!(2)));
    assert_eq!(order["pay_by"], "2026-11-23T00:10:00Z");
    let location = placed.header("location").to_owned();
    assert_eq!(location, format!("/api/orders/{}", order["order_id"].as_str().unwrap()));

    let event = json!({ "order_id": order["order_id"], "transaction_id": "tx-1", "status": "success", "amount": 1_000_000, "currency": "USD" });
    let receipt = shop.pay("evt-1", &event).await;
    assert_eq!(
        (receipt.status, &receipt.body),
        (200, &json!({ "status": "processed", "order_id": order["order_id"], "order_status": "paid" }))
    );

    let paid = shop.get(&location, &token).await.body;
    assert_eq!((&paid["status"], &paid["transaction_id"]), (&json!("paid"), &json!("tx-1")));
    let refused = shop.post(&format!("{location}/cancel"), &token, &json!({})).await;
    refused.assert_problem(409, "order-paid");
    assert_eq!(shop.checkout.product(product.id).unwrap().stock.sold, 2);
    assert!(shop.checkout.audit().await.unwrap().clean);
}

#[tokio::test]
async fn a_hold_becomes_at_most_one_order() {
    let shop = Shop::open().await;
    let (token, other, product) = (shop.token().await, shop.token().await, shop.product("phone", 10).await);
    let hold = shop.hold(&token, &product, 1).await;
    let body = json!({ "hold_id": hold["hold_id"] });
    shop.post("/api/orders", &other, &body).await.assert_problem(404, "unknown-hold");
    let order = shop.post("/api/orders", &token, &body).await.body;
    let again = shop.post("/api/orders", &token, &body).await;
    again.assert_problem(409, "hold-used");
    assert_eq!(again.body["order_id"], order["order_id"]);

    let released = shop.hold(&token, &product, 1).await;
    let path = format!("/api/holds/{}", released["hold_id"].as_str().unwrap());
    shop.request(Method::DELETE, &path).bearer_auth(&token).send().await.unwrap();
    let response = shop.post("/api/orders", &token, &json!({ "hold_id": released["hold_id"] })).await;
    response.assert_problem(410, "hold-released");

    let late = shop.hold(&token, &product, 1).await;
    shop.clock.advance(Duration::from_mins(3));
    let response = shop.post("/api/orders", &token, &json!({ "hold_id": late["hold_id"] })).await;
    response.assert_problem(410, "hold-expired");
    assert_eq!(response.body["expired_at"], late["expires_at"]);
}

#[tokio::test]
async fn only_the_owner_sees_and_cancels_an_order_and_repeating_it_has_no_effect() {
    let shop = Shop::open().await;
    let (token, other, product) = (shop.token().await, shop.token().await, shop.product("phone", 4).await);
    let order = shop.order(&token, &product, 4).await;
    let path = format!("/api/orders/{}", order["order_id"].as_str().unwrap());
    let cancel = format!("{path}/cancel");

    shop.get(&path, &other).await.assert_problem(404, "unknown-order");
    shop.get(&format!("{path}/events"), &other).await.assert_problem(404, "unknown-order");
    shop.post(&cancel, &other, &json!({})).await.assert_problem(404, "unknown-order");
    shop.post(&cancel, &token, &json!({ "why": "no" })).await.assert_problem(422, "invalid-body");

    // Without a body, as curl -X POST sends it.
    for _ in 0..2 {
        let done = read(shop.request(Method::POST, &cancel).bearer_auth(&token).send().await.unwrap()).await;
        assert_eq!(
            (done.status, &done.body["status"], &done.body["reason"]),
            (200, &json!("cancelled"), &json!("by_shopper"))
        );
    }
    assert_eq!(shop.checkout.product(product.id).unwrap().stock.available, 4);
}

#[tokio::test]
async fn a_refund_is_shown_with_its_reason() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 1).await);
    let order = shop.order(&token, &product, 1).await;
    let event = |tx: &str| json!({ "order_id": order["order_id"], "transaction_id": tx, "status": "success", "amount": 500_000, "currency": "USD" });
    assert_eq!(shop.pay("e1", &event("tx-1")).await.body["status"], "processed");
    let second = shop.pay("e2", &event("tx-2")).await;
    assert_eq!(
        (second.status, &second.body["status"], &second.body["reason"]),
        (200, &json!("refund_due"), &json!("already_paid"))
    );
    let shown = shop.get(&format!("/api/orders/{}", order["order_id"].as_str().unwrap()), &token).await.body;
    assert_eq!(
        refunds_of(&shown),
        json!([{ "transaction_id": "tx-2", "status": "refund_due", "state": "due", "reason": "already_paid", "amount": 500_000, "currency": "USD" }])
    );
}

fn contact() -> Value {
    let address = json!({ "country": "de", "line1": " Unter den Linden 1 ", "line2": "", "city": "Berlin", "postal_code": "10117" });
    json!({ "email": "Ada@Example.com", "name": "Ada Lovelace", "address": address })
}

#[tokio::test]
async fn a_contact_is_shown_to_the_orders_owner_and_nowhere_else() {
    let shop = Shop::open().await;
    let (token, other, product) = (shop.token().await, shop.token().await, shop.product("phone", 4).await);
    let hold = shop.hold(&token, &product, 1).await;
    let body = json!({ "hold_id": hold["hold_id"], "contact": contact() });
    let placed = shop.post_keyed("/api/orders", &token, "k", &body).await;
    assert_eq!((placed.status, &placed.body["contact"]), (201, &Value::Null), "{placed:?}");
    let replay = shop.post_keyed("/api/orders", &token, "k", &body).await;
    assert_eq!((replay.header("idempotency-replayed"), &replay.body), ("true", &placed.body));
    let mut another = body.clone();
    another["contact"]["name"] = json!("Eve");
    shop.post_keyed("/api/orders", &token, "k", &another).await.assert_problem(422, "key-reused");

    let path = placed.header("location").to_owned();
    let address = json!({ "country": "DE", "line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117" });
    let stored = json!({ "email": "ada@example.com", "name": "Ada Lovelace", "address": address });
    assert_eq!(shop.get(&path, &token).await.body["contact"], stored);
    shop.get(&path, &other).await.assert_problem(404, "unknown-order");
    let list = shop.get("/api/orders", &token).await.body;
    assert_eq!((&list[0]["order_id"], &list[0]["contact"]), (&placed.body["order_id"], &Value::Null));
    let cancelled = shop.post(&format!("{path}/cancel"), &token, &json!({})).await;
    assert_eq!((cancelled.status, &cancelled.body["contact"]), (200, &Value::Null));

    let mut events = shop.request(Method::GET, &format!("{path}/events")).bearer_auth(&token).send().await.unwrap();
    let mut seen = String::new();
    while !seen.contains("\"order_id\"") {
        let chunk = tokio::time::timeout(Duration::from_secs(10), events.chunk()).await.unwrap().unwrap().unwrap();
        seen.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(!seen.contains("contact") && !seen.contains("ada@"), "{seen}");
}

#[tokio::test]
async fn an_email_address_alone_is_a_contact_and_none_is_needed() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 9).await);
    for (contact, stored) in [
        (json!({ "email": "ada@example.com" }), json!({ "email": "ada@example.com" })),
        (json!({ "email": "ada@example.com", "name": null, "address": null }), json!({ "email": "ada@example.com" })),
        (Value::Null, Value::Null),
    ] {
        let hold = shop.hold(&token, &product, 1).await;
        let placed = shop.post("/api/orders", &token, &json!({ "hold_id": hold["hold_id"], "contact": contact })).await;
        assert_eq!(placed.status, 201, "{placed:?}");
        assert_eq!(shop.get(placed.header("location"), &token).await.body["contact"], stored, "{contact}");
    }
}

#[tokio::test]
async fn each_field_of_a_contact_that_cannot_be_used_is_named() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 4).await);
    let hold = shop.hold(&token, &product, 1).await;
    let place = async |contact: &Value| {
        shop.post("/api/orders", &token, &json!({ "hold_id": hold["hold_id"], "contact": contact })).await
    };
    for (pointer, value, field) in [
        ("/email", json!("ada"), "contact.email"),
        ("/email", json!("ada@localhost"), "contact.email"),
        ("/email", json!("  "), "contact.email"),
        ("/name", json!("a\u{7}b"), "contact.name"),
        ("/name", json!("x".repeat(101)), "contact.name"),
        ("/address/country", json!("XX"), "contact.address.country"),
        ("/address/country", json!("Germany"), "contact.address.country"),
        ("/address/line1", json!(" "), "contact.address.line1"),
        ("/address/line2", json!("x".repeat(101)), "contact.address.line2"),
        ("/address/city", json!(""), "contact.address.city"),
        ("/address/postal_code", Value::Null, "contact.address.postal_code"),
        ("/address/postal_code", json!("1".repeat(21)), "contact.address.postal_code"),
    ] {
        let mut contact = contact();
        *contact.pointer_mut(pointer).unwrap() = value.clone();
        let refused = place(&contact).await;
        refused.assert_problem(422, "invalid-contact");
        let fields = refused.body["fields"].as_array().unwrap();
        assert_eq!((fields.len(), fields[0]["name"].as_str()), (1, Some(field)), "{pointer} {value}: {refused:?}");
        assert!(fields[0]["problem"].as_str().is_some_and(|problem| !problem.is_empty()));
    }
    let both = place(&json!({ "email": "ada", "address": { "country": "DE", "line1": "x", "city": "" } })).await;
    let names: Vec<_> = both.body["fields"].as_array().unwrap().iter().map(|field| field["name"].clone()).collect();
    assert_eq!(names, ["contact.email", "contact.address.city", "contact.address.postal_code"]);

    for unknown in [
        json!({ "email": "ada@example.com", "phone": "1" }),
        json!({ "email": "ada@example.com", "address": { "country": "DE", "line1": "x", "city": "y", "zip": "1" } }),
        json!({ "name": "Ada" }),
        json!(["ada@example.com", null, null]),
        json!("ada@example.com"),
    ] {
        place(&unknown).await.assert_problem(422, "invalid-body");
    }
    assert_eq!(place(&contact()).await.status, 201, "the hold is still there");
}
