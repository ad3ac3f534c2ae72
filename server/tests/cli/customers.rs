//! Contacts of orders on the command line, and their erasure.

use super::{holdfast, json as printed};
use crate::shop::{Shop, on_both_stores};
use checkout::{
    Checkout, Clock as _, Limits, ManualClock, SystemClock,
    model::{Actor, Contact, Money, OrderId, Owner, ProductDraft, ProductId, Quantity},
    store,
};
use serde_json::{Value, json};
use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};
use uuid::Uuid;

const TWO_DAYS: Duration = Duration::from_hours(48);

on_both_stores!(a_contact_is_shown_and_found_until_it_is_erased);

async fn a_contact_is_shown_and_found_until_it_is_erased(shop: Shop) {
    let product = shop.product("mug", 9).await;
    let orders = [
        shop.order_of_buyer(&product, "ada@example.com").await,
        shop.order_of_buyer(&product, "ada@example.com").await,
    ];
    let other = shop.order_of_buyer(&product, "bob@example.com").await;
    let without = shop.order(&product, "customer-1").await;
    let show = |order: &checkout::model::Order| shop.text(&["order", "show", "--id", &order.id.to_string()]);
    let text = show(&orders[0]);
    for line in
        ["Email        ada@example.com", "Name         Ada Lovelace", "Unter den Linden 1, 10117 Berlin, Germany"]
    {
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

/// Places an order of one unit for a buyer.
async fn order(checkout: &Checkout, product: ProductId) -> OrderId {
    let (owner, qty) = (Owner(Uuid::from_u128(7)), Quantity::try_from(1).unwrap());
    let contact = Contact { email: "ada@example.com".parse().unwrap(), name: None, address: None, language: None };
    let hold = checkout.place_hold(product, qty, owner, None, None).await.unwrap().value;
    checkout.place_order(hold.id, Some(contact), owner, None).await.unwrap().value.id
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_erases_contacts_after_the_days_that_are_configured() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/shop.db", dir.path().display());
    let store = store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    let clock = Arc::new(ManualClock::at(SystemClock.now() - TWO_DAYS));
    let checkout = Checkout::start(store.clone(), clock.clone(), Limits::default()).await.unwrap();
    let price = Money { minor: 1999, currency: "USD".parse().unwrap() };
    let draft = ProductDraft::new("mug".parse().unwrap(), "Mug", price, 9);
    let product = checkout.add_product(draft, Actor::system()).await.unwrap().value.id;
    let old = order(&checkout, product).await;
    clock.advance(TWO_DAYS);
    let young = order(&checkout, product).await;
    checkout.shutdown(Duration::from_secs(5)).await;

    let mut server = holdfast(dir.path())
        .args(["serve", "--addr", "127.0.0.1:0", "--contact-days", "1"])
        .env("DATABASE_URL", &url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let show = |order: OrderId| {
        let mut command = holdfast(dir.path());
        command.args(["order", "show", "--id", &order.to_string(), "--json"]).env("DATABASE_URL", &url);
        printed(&command.output().unwrap())
    };
    let started = Instant::now();
    while show(old)["contact_erased_at"].is_null() && started.elapsed() < Duration::from_secs(30) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (old, young) = (show(old), show(young));
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(old["contact_erased_at"].is_string() && old["contact"].is_null(), "{old}");
    assert_eq!((&young["contact"]["email"], &young["contact_erased_at"]), (&json!("ada@example.com"), &Value::Null));
}
