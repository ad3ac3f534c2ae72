//! Orders of the admin API.

use super::{admin, of_order, pay};
use crate::shop::{Shop, read};
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};

#[tokio::test]
async fn orders_of_all_clients_are_searched_and_filtered() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let (phone, watch) = (shop.product("phone", 5).await, shop.product("watch", 5).await);
    let other = shop.token().await;
    let pending = shop.order(&other, &phone, 1).await;
    shop.clock.advance(Duration::from_mins(1));
    let paid = shop.order(&token, &watch, 2).await;
    pay(&shop, &paid).await;
    let ids = |page: &Value| -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|order| order["order_id"].clone()).collect()
    };
    let (first, second) = (pending["order_id"].clone(), paid["order_id"].clone());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let day = "2026-11-23T00:00:00Z";
    for (query, expected) in [
        (String::new(), vec![second.clone(), first.clone()]),
        ("status=pending".to_owned(), vec![first.clone()]),
        ("status=paid&product=watch".to_owned(), vec![second.clone()]),
        (format!("product={}", phone.id), vec![first.clone()]),
        (format!("q={}", text(&pending["number"])), vec![first.clone()]),
        (format!("q={}", text(&first)), vec![first.clone()]),
        (format!("q={}", text(&pending["hold_id"])), vec![first.clone()]),
        (format!("q=tx-{}", text(&second)), vec![second.clone()]),
        ("q=%27%20OR%201=1%20--".to_owned(), vec![]),
        ("q=%25".to_owned(), vec![]),
        (format!("since={}", paid["created_at"].as_str().unwrap()), vec![second.clone()]),
        (format!("until={}", paid["created_at"].as_str().unwrap()), vec![first.clone()]),
        (format!("until={day}"), vec![]),
    ] {
        let page = shop.get(&format!("/api/admin/orders?{query}"), &token).await;
        assert_eq!((page.status, ids(&page.body)), (200, expected), "{query}: {page:?}");
    }
    let page = shop.get("/api/admin/orders?limit=1", &token).await.body;
    let rest = shop.get(&format!("/api/admin/orders?limit=1&cursor={}", text(&page["next"])), &token).await.body;
    assert_eq!((ids(&page), ids(&rest), &rest["next"]), (vec![second], vec![first], &Value::Null));
    shop.get("/api/admin/orders?product=nothing", &token).await.assert_problem(404, "unknown-product");
    let old = "until=1969-12-31T23:59:59Z";
    for query in ["status=shipped", "since=yesterday", old, "q=%0A", "cursor=1", "limit=1000", "sort=price"] {
        shop.get(&format!("/api/admin/orders?{query}"), &token).await.assert_problem(400, "bad-query");
    }
}

#[tokio::test]
async fn an_order_has_its_payments_refunds_and_timeline() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let product = shop.product("phone", 5).await;
    let order = shop.order(&shop.token().await, &product, 2).await;
    pay(&shop, &order).await;
    shop.clock.advance(Duration::from_secs(1));
    let refund = json!({ "amount": 100, "restock": 1, "reason": "scratched" });
    assert_eq!(shop.post(&of_order(&order, "/refunds"), &token, &refund).await.status, 201);
    for path in [of_order(&order, ""), format!("/api/admin/orders/{}", order["number"].as_str().unwrap())] {
        let shown = shop.get(&path, &token).await;
        let shown = &shown.body;
        assert_eq!((&shown["order_id"], &shown["status"]), (&order["order_id"], &json!("paid")));
        assert_eq!((&shown["refundable"], &shown["restocked"]), (&json!(999_900), &json!(1)));
        assert_eq!(shown["disputed"], false);
        assert_eq!(
            (&shown["payments"][0]["outcome"], &shown["refunds"][0]["amount"]),
            (&json!("applied"), &json!(100))
        );
        let [attempt] = &shown["payment_attempts"].as_array().unwrap()[..] else { panic!("{shown}") };
        let session = format!("sandbox-{}", attempt["id"].as_str().unwrap());
        assert_eq!((&attempt["provider"], &attempt["session"]), (&json!("sandbox"), &json!(session)));
        let fields: BTreeSet<_> = attempt.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, ["id", "provider", "state", "session", "created_at", "updated_at"].into());
        let timeline = shown["timeline"].as_array().unwrap();
        let issued = timeline.iter().find(|event| event["reason"] == "scratched").unwrap();
        assert_eq!(issued["actor"], "API client a test");
        assert!(timeline.len() >= 4 && timeline[0]["kind"] == "hold", "{timeline:?}");
    }
    for unknown in ["018f0000-0000-7000-8000-000000000000", "HF-0000-0000", "nothing", "%FF"] {
        shop.get(&format!("/api/admin/orders/{unknown}"), &token).await.assert_problem(404, "unknown-order");
    }
}

#[tokio::test]
async fn a_pending_order_is_cancelled_and_a_paid_one_is_not() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let product = shop.product("phone", 5).await;
    let (order, paid) = (shop.order(&token, &product, 1).await, shop.order(&token, &product, 1).await);
    pay(&shop, &paid).await;
    let reason = json!({ "reason": "the shopper asked for it" });
    shop.post(&of_order(&order, "/cancel"), &token, &json!({})).await.assert_problem(422, "invalid-body");
    for replayed in ["", "true"] {
        let cancelled = shop.post_keyed(&of_order(&order, "/cancel"), &token, "k", &reason).await;
        assert_eq!((cancelled.status, cancelled.header("idempotency-replayed")), (200, replayed));
        assert_eq!(
            (&cancelled.body["status"], &cancelled.body["cancel_reason"]),
            (&json!("cancelled"), &json!("by_operator"))
        );
    }
    shop.post_keyed(&of_order(&paid, "/cancel"), &token, "k", &reason).await.assert_problem(422, "key-reused");
    shop.post(&of_order(&paid, "/cancel"), &token, &reason).await.assert_problem(409, "order-paid");
    let unknown = json!({ "order_id": "018f0000-0000-7000-8000-000000000000" });
    shop.post(&of_order(&unknown, "/cancel"), &token, &reason).await.assert_problem(404, "unknown-order");
    assert_eq!(shop.checkout.product(product.id).unwrap().stock.available, 4);
}

#[tokio::test]
async fn an_export_has_each_order_and_is_in_the_audit_log() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let product = shop.product("phone", 50).await;
    let hold = json!({ "product_id": product.id, "qty": 1, "shopper": "=HYPERLINK(1)" });
    let hold = shop.post("/api/holds", &token, &hold).await.body;
    shop.post("/api/orders", &token, &json!({ "hold_id": hold["hold_id"] })).await;
    let paid = shop.order(&token, &product, 1).await;
    pay(&shop, &paid).await;
    let csv = read(
        shop.request(Method::GET, "/api/admin/orders/export?format=csv").bearer_auth(&token).send().await.unwrap(),
    )
    .await;
    assert_eq!((csv.status, csv.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"orders.csv\"");
    let text = csv.body.as_str().unwrap();
    assert!(
        text.starts_with("number,order_id,") && text.lines().count() == 3 && text.contains("'=HYPERLINK(1)"),
        "{text}"
    );
    let lines = shop.get("/api/admin/orders/export?format=jsonl&status=paid", &token).await;
    assert_eq!(
        (lines.header("content-type"), &lines.body["order_id"]),
        ("application/jsonl; charset=utf-8", &paid["order_id"])
    );
    let log = shop.get("/api/admin/audit-log?action=order.export", &token).await.body;
    let entry = &log["items"][0];
    assert_eq!((&entry["after"]["format"], &entry["actor"]["name"]), (&json!("jsonl"), &json!("a test")));
    for query in ["", "format=xls", "format=csv&limit=3", "format=csv&status=x"] {
        shop.get(&format!("/api/admin/orders/export?{query}"), &token).await.assert_problem(400, "bad-query");
    }
    shop.get("/api/admin/orders/export?format=csv&product=nothing", &token)
        .await
        .assert_problem(404, "unknown-product");
}

#[tokio::test]
async fn a_contact_is_part_of_a_single_order_and_of_an_export() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let product = shop.product("phone", 9).await;
    let order = shop.order_of_buyer(&shop.token().await, &product, "ada@example.com").await;
    let without = shop.order(&token, &product, 1).await;
    let shown = shop.get(&of_order(&order, ""), &token).await.body;
    assert_eq!(
        (&shown["contact"]["email"], &shown["contact"]["address"]["city"]),
        (&json!("ada@example.com"), &json!("Berlin"))
    );
    let none = shop.get(&of_order(&without, ""), &token).await.body;
    assert_eq!((&none["contact"], &none["contact_erased_at"]), (&Value::Null, &Value::Null));
    for query in ["", "?q=Ada%40Example.com"] {
        let list = shop.get(&format!("/api/admin/orders{query}"), &token).await.body;
        let items = list["items"].as_array().unwrap();
        assert!(items.iter().any(|item| item["order_id"] == order["order_id"]), "{query}: {list}");
        assert!(items.iter().all(|item| item["contact"].is_null()), "{query}: {list}");
    }
    let found = shop.get("/api/admin/orders?q=ada%40example.com", &token).await.body;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);

    let export = async |query: &str| shop.get(&format!("/api/admin/orders/export?{query}"), &token).await.body;
    let csv = export("format=csv").await;
    let csv = csv.as_str().unwrap();
    let mut rows = csv.lines();
    let header: Vec<_> = rows.next().unwrap().split(',').collect();
    let names = ["email", "name", "country", "line1", "line2", "city", "postal_code", "state", "contact_erased_at"];
    let start = header.iter().position(|name| *name == "email").unwrap();
    assert_eq!(header[start..start + names.len()], names);
    let row = |order: &Value| csv.lines().find(|row| row.contains(order["order_id"].as_str().unwrap())).unwrap();
    assert!(row(&order).contains("ada@example.com,'=Ada Lovelace,DE,Unter den Linden 1,,Berlin,10117,,,"), "{csv}");
    assert!(row(&without).contains(",,,,,,,,,"), "{csv}");
    let line = export("format=jsonl&q=ada%40example.com").await;
    assert_eq!(line["contact"], shown["contact"]);
    let log = shop.get("/api/admin/audit-log?action=order.export&limit=1", &token).await.body;
    let search = log["items"][0]["after"]["filter"]["search"].as_str().unwrap();
    assert!(search.contains("an e-mail address") && !log.to_string().contains("ada@"), "{log}");
}

#[tokio::test]
async fn a_customer_is_erased_from_all_orders_and_named_nowhere() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let product = shop.product("phone", 9).await;
    let buyer = shop.token().await;
    let orders = [
        shop.order_of_buyer(&buyer, &product, "ada@example.com").await,
        shop.order_of_buyer(&token, &product, "ADA@example.com").await,
    ];
    let other = shop.order_of_buyer(&buyer, &product, "bob@example.com").await;
    let path = "/api/admin/customers/erase";
    let body = json!({ "email": " Ada@Example.com", "reason": "asked by telephone" });
    for named in [json!({ "email": "ada" }), json!({}), json!({ "email": "ada@example.com", "why": "x" })] {
        shop.post(path, &token, &named).await.assert_problem(422, "invalid-body");
    }
    let named =
        shop.post(path, &token, &json!({ "email": "ada@example.com", "reason": "ADA@example.com asked" })).await;
    named.assert_problem(422, "invalid-body");
    for replayed in ["", "true"] {
        let erased = shop.post_keyed(path, &token, "k", &body).await;
        assert_eq!((erased.status, &erased.body), (200, &json!({ "orders": 2 })), "{erased:?}");
        assert_eq!(erased.header("idempotency-replayed"), replayed);
    }
    shop.post_keyed(path, &token, "k", &json!({ "email": "bob@example.com" })).await.assert_problem(422, "key-reused");
    assert_eq!(shop.post(path, &token, &body).await.body, json!({ "orders": 0 }));
    for order in &orders {
        let shown = shop.get(&of_order(order, ""), &token).await.body;
        assert_eq!((&shown["contact"], &shown["contact_erased_at"]), (&Value::Null, &json!("2026-11-23T00:00:00Z")));
    }
    let own = format!("/api/orders/{}", orders[0]["order_id"].as_str().unwrap());
    assert_eq!(shop.get(&own, &buyer).await.body["contact"], Value::Null);
    assert_eq!(shop.get(&of_order(&other, ""), &token).await.body["contact"]["email"], "bob@example.com");
    assert_eq!(shop.get("/api/admin/orders?q=ada%40example.com", &token).await.body["items"], json!([]));

    let log = shop.get("/api/admin/audit-log?action=customer.erase", &token).await.body;
    let entries = log["items"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{log}");
    let entry = &entries[0];
    assert_eq!((&entry["after"], &entry["reason"]), (&json!({ "orders": 2 }), &json!("asked by telephone")));
    assert_eq!(entry["object"], json!({ "kind": "customer", "id": entry["id"] }));
    assert!(!log.to_string().contains("ada@"), "{log}");
    assert!(shop.checkout.audit().await.unwrap().clean);
}
