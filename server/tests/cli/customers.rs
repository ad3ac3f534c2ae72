//! Contacts of orders on the command line, and their erasure.

use crate::shop::{Shop, on_both_stores};
use serde_json::{Value, json};

on_both_stores!(a_contact_is_shown_and_found_until_it_is_erased);

async fn a_contact_is_shown_and_found_until_it_is_erased(shop: Shop) {
    let product = shop.product("mug", 9).await;
    let orders =
        [shop.order_of_buyer(&product, "ada@example.com").await, shop.order_of_buyer(&product, "ada@example.com").await];
    let other = shop.order_of_buyer(&product, "bob@example.com").await;
    let without = shop.order(&product, "customer-1").await;
    let show = |order: &checkout::model::Order| shop.text(&["order", "show", "--id", &order.id.to_string()]);
    let text = show(&orders[0]);
    for line in ["Email        ada@example.com", "Name         Ada Lovelace", "Unter den Linden 1, 10117 Berlin, Germany"] {
        assert!(text.contains(line), "{text}");
    }
    assert!(show(&without).contains("Contact      none was given"));
    let shown = |order: &checkout::model::Order| shop.json(&["order", "show", "--id", &order.id.to_string(), "--json"]);
    assert_eq!(shown(&orders[0])["contact"]["address"]["postal_code"], "10117");
    let found = |email: &str| {
        let listed = shop.json(&["order", "list", "--q", email, "--json"]);
        listed["items"].as_array().unwrap().iter().map(|order| order["order_id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(found("Ada@Example.com"), [json!(orders[1].id), json!(orders[0].id)]);
    assert_eq!(shop.json(&["order", "list", "--json"])["items"][0]["contact"], Value::Null);

    for args in [&["customer", "erase"][..], &["customer", "erase", "--email", "ada"], &["customer", "forget"]] {
        shop.fails(2, args);
    }
    let erase = ["customer", "erase", "--email", "ada@example.com"];
    assert_eq!(shop.text(&erase), "Erased the contacts of 2 orders.\n");
    assert_eq!(shop.text(&erase), "No order has this address.\n");
    assert_eq!(shop.json(&[&erase[..], &["--json"]].concat()), json!({ "orders": 0 }));
    for order in &orders {
        let text = show(order);
        assert!(text.contains("Contact      erased on ") && !text.contains("ada@"), "{text}");
        let shown = shown(order);
        assert!(shown["contact_erased_at"].is_string() && shown["contact"].is_null(), "{shown}");
    }
    assert_eq!(found("ada@example.com"), Vec::<Value>::new());
    assert_eq!(shop.text(&["customer", "erase", "--email", "bob@example.com"]), "Erased the contact of 1 order.\n");
    assert!(shown(&other)["contact"].is_null());
    let log = shop.json(&["audit-log", "--action", "customer.erase", "--json"]);
    let entries = log["items"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[1]["after"]), (2, &json!({ "orders": 2 })));
    assert_eq!((&entries[0]["object"]["kind"], &entries[0]["object"]["id"]), (&json!("customer"), &entries[0]["id"]));
    assert!(!log.to_string().contains("example.com"), "{log}");
    shop.close().await;
}
