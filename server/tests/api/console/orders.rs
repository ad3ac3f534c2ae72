//! The list of orders, an order's screen, and its cancellation.

use super::{PASSWORD, Shown};
use crate::shop::Shop;
use checkout::{
    StockChange,
    model::{Actor, Product},
    store::{AuditFilter, operators::Role},
};
use serde_json::{Value, json};
use std::time::Duration;

/// Places an order of a product at 5,000.00 USD, for a shopper.
pub(super) async fn place(shop: &Shop, product: &Product, qty: u32, shopper: &str) -> Value {
    let token = shop.token().await;
    let hold = json!({ "product_id": product.id, "qty": qty, "shopper": shopper });
    let hold = shop.post("/api/holds", &token, &hold).await;
    assert_eq!(hold.status, 201, "{hold:?}");
    let order = shop.post("/api/orders", &token, &json!({ "hold_id": hold.body["hold_id"] })).await;
    assert_eq!(order.status, 201, "{order:?}");
    order.body
}

/// Reports a payment of an order's amount. Returns the outcome.
pub(super) async fn pay(shop: &Shop, order: &Value, transaction: &str) -> String {
    let (id, amount) = (&order["order_id"], &order["amount"]);
    let event = json!({ "order_id": id, "transaction_id": transaction, "status": "success", "amount": amount, "currency": "USD" });
    shop.pay(&format!("key-{transaction}"), &event).await.body["status"].as_str().unwrap().to_owned()
}

pub(super) fn text<'a>(order: &'a Value, field: &str) -> &'a str {
    order[field].as_str().unwrap()
}

pub(super) fn path(order: &Value) -> String {
    format!("/admin/orders/{}", text(order, "order_id"))
}

/// The order numbers that a page lists, in its order.
fn numbers(page: &Shown) -> Vec<String> {
    let links = page.text.split("data-row-link").skip(1);
    links.map(|link| link.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn orders_are_found_filtered_and_sorted() {
    let shop = Shop::open().await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    vera.get("/admin/orders").await.shows(200, "No orders yet");
    let (phone, watch) = (shop.product("phone", 9).await, shop.product("watch", 9).await);
    let first = place(&shop, &phone, 1, "ada").await;
    shop.clock.advance(Duration::from_hours(24));
    let second = place(&shop, &watch, 2, "<b>eve</b>").await;
    assert_eq!(pay(&shop, &second, "tx-1").await, "processed");

    // The first session was idle for too long.
    let mut vera = shop.signed_in("vera2@example.com", Role::Viewer).await;
    let all = vera.get("/admin/orders").await;
    let (one, two) = (text(&first, "number"), text(&second, "number"));
    assert_eq!(numbers(&all), [two, one]);
    all.shows(200, "&lt;b&gt;eve");
    all.shows(200, "$10,000.00");
    assert!(!all.text.contains("<b>eve"), "{}", all.text);
    assert_eq!(numbers(&vera.get("/admin/orders?sort=placed").await), [one, two]);
    for (query, expected) in [
        (format!("q={two}"), two),
        (format!("q={}", one.to_lowercase().replace('-', "")), one),
        (format!("q={}", text(&first, "order_id")), one),
        (format!("q={}", text(&first, "hold_id")), one),
        ("q=tx-1".to_owned(), two),
        ("q=ada".to_owned(), one),
        ("status=paid".to_owned(), two),
        (format!("product={}", phone.id), one),
        ("since=2026-11-24".to_owned(), two),
        ("until=2026-11-23".to_owned(), one),
        (format!("status=paid&product={}&sort=placed", watch.id), two),
    ] {
        let page = vera.get(&format!("/admin/orders?{query}")).await;
        assert_eq!(numbers(&page), [expected], "{query}: {}", page.text);
    }
    vera.get("/admin/orders?q=nobody").await.shows(200, "No matches");
    vera.get("/admin/orders?since=yesterday").await.shows(422, "Enter a day");
    vera.get("/admin/orders?status=shipped").await.shows(422, "Choose one of these");
    assert!(!all.text.contains("Export"), "a viewer cannot export");
}

#[tokio::test]
async fn a_long_list_has_pages_that_neither_lose_nor_repeat_an_order() {
    let shop = Shop::open().await;
    let (token, phone) = (shop.token().await, shop.product("phone", 60).await);
    let mut placed = Vec::new();
    for _ in 0..51 {
        placed.push(text(&shop.order(&token, &phone, 1).await, "number").to_owned());
        shop.clock.advance(Duration::from_millis(5));
    }
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let first = vera.get("/admin/orders?sort=placed&status=pending").await;
    let links = first.text.split("href=\"").map(|part| part.split('"').next().unwrap());
    let next = links.into_iter().find(|href| href.contains("after=")).unwrap();
    let second = vera.get(&next.replace("&amp;", "&")).await;
    assert_eq!([numbers(&first), numbers(&second)].concat(), placed);
    second.shows(200, "First page");
    assert!(!second.text.contains("rel=\"next\""));
}

#[tokio::test]
async fn no_address_causes_a_server_error() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 9).await;
    place(&shop, &phone, 1, "ada").await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let long = "x".repeat(5000);
    for path in ["/admin/orders", "/admin/orders.csv", "/admin/orders.jsonl", "/admin/payments", "/admin/refunds"] {
        for query in [
            "q=%00",
            "q=%FF%FE",
            "q='%20OR%201=1;--",
            "q=%25_%5C",
            "q=HF-",
            "q=%F0%9F%92%A9",
            &format!("q={long}"),
            "status=%00",
            "status=paid&status=x",
            "state=nothing",
            "outcome=%27",
            "product=0",
            "product=%00",
            "since=9999-12-31&until=0000-01-01",
            "since=2026-02-30",
            "until=9999-12-31",
            "after=%00",
            "after=0",
            "after=00000000-0000-0000-0000-000000000000",
            "after=ffffffff-ffff-ffff-ffff-ffffffffffff",
            "sort=%00",
            "sort=-placed&sort=x",
            "=&&=",
            "q=%",
            &"a=1&".repeat(300),
        ] {
            let shown = ada.get(&format!("{path}?{query}")).await;
            assert!(shown.status < 500, "{path}?{query}: {}", shown.status);
        }
    }
    for path in ["orders", "payments", "refunds"] {
        for id in ["x", "%00", "%FF", "0", "00000000-0000-0000-0000-000000000000", &long] {
            let status = ada.get(&format!("/admin/{path}/{id}")).await.status;
            assert!([400, 404].contains(&status), "{path} {id}: {status}");
        }
    }
}

#[tokio::test]
async fn an_order_shows_its_life_money_and_people() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 9).await;
    let order = place(&shop, &phone, 2, "ada").await;
    pay(&shop, &order, "tx-<i>1</i>").await;
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    let id = mona.get(&path(&order)).await.field("id");
    let fields = [("id", &*id), ("amount", "1000.50"), ("restock", "none"), ("reason", "damaged in transit")];
    mona.post(&format!("{}/refunds", path(&order)), &fields)
        .await
        .leads_to(&format!("{}?done=refund-issued", path(&order)));
    let shown = mona.get(&format!("{}?done=refund-issued", path(&order))).await;
    for expected in [
        text(&order, "number"),
        "The refund is due",
        "Flash Phone",
        "$10,000.00",
        "$1,000.50",
        "$8,999.50",
        "Hold placed",
        "Order placed",
        "Refund issued",
        "by mona@example.com",
        "damaged in transit",
        "tx-&lt;i&gt;1",
    ] {
        shown.shows(200, expected);
    }
    assert!(!shown.text.contains("<i>1"));
    assert!(!shown.text.contains("Cancel order"), "a paid order cannot be cancelled");
    mona.get(&format!("/admin/orders/{}", text(&order, "number"))).await.shows(200, "Timeline");
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let seen = vera.get(&path(&order)).await;
    seen.shows(200, "Timeline");
    assert!(!seen.text.contains("action=\"/admin/orders/"), "a viewer sees no form");
}

#[tokio::test]
async fn a_pending_order_is_cancelled_once_with_a_reason() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 9).await;
    let (order, other) = (place(&shop, &phone, 2, "ada").await, place(&shop, &phone, 1, "bob").await);
    let mut sam = shop.signed_in("sam@example.com", Role::Seller).await;
    sam.get(&path(&order)).await.shows(200, "Cancel order");
    let cancel = format!("{}/cancel", path(&order));
    for reason in ["", "  ", &"x".repeat(501)] {
        sam.post(&cancel, &[("reason", reason)]).await.shows(422, "Say why");
    }
    for (reason, found) in [("two\nlines", "U+000A (a line break)"), ("a\0b", "U+0000"), ("\u{202e}fraud", "U+202E")] {
        sam.post(&cancel, &[("reason", reason)]).await.shows(422, &format!("invisible character {found}"));
    }
    assert_eq!(shop.checkout.product(phone.id).unwrap().stock.pending, 3);
    let done = format!("{}?done=order-cancelled", path(&order));
    for _ in 0..2 {
        sam.post(&cancel, &[("reason", "a <test> order")]).await.leads_to(&done);
    }
    let shown = sam.get(&done).await;
    shown.shows(200, "The order is cancelled");
    shown.shows(200, "a &lt;test&gt; order");
    assert_eq!(shop.checkout.product(phone.id).unwrap().stock.pending, 1);
    let filter = AuditFilter { action: Some("order.cancel".to_owned()), ..AuditFilter::default() };
    let entries = shop.store().audit_log().list(&filter, None, 10).await.unwrap();
    assert_eq!((entries.len(), entries[0].actor.name.as_str()), (1, "sam@example.com"));

    pay(&shop, &other, "tx-1").await;
    sam.post(&format!("{}/cancel", path(&other)), &[("reason", "late")])
        .await
        .shows(409, "Nothing was changed. This order is paid");
    let expired = place(&shop, &phone, 1, "cyd").await;
    shop.clock.advance(Duration::from_hours(2));
    // The next hold needs all units, so the overdue order ends.
    place(&shop, &phone, 8, "dan").await;
    sam.post(&format!("{}/cancel", path(&expired)), &[("reason", "late")]).await.shows(409, "had ended before");
    sam.post("/admin/orders/00000000-0000-0000-0000-000000000000/cancel", &[("reason", "x")]).await.shows(404, "");
}

#[tokio::test]
async fn an_order_shows_its_contact_until_an_admin_erases_it() {
    let shop = Shop::open().await;
    let (token, phone) = (shop.token().await, shop.product("phone", 9).await);
    let order = shop.order_of_buyer(&token, &phone, "ada@example.com").await;
    let second = shop.order_of_buyer(&token, &phone, "ada@example.com").await;
    let without = place(&shop, &phone, 1, "ada").await;
    let mut sam = shop.signed_in("sam@shop.example", Role::Seller).await;
    let seen = sam.get(&path(&order)).await;
    for expected in ["ada@example.com", "=Ada Lovelace", "Unter den Linden 1", "10117 Berlin", "Germany"] {
        seen.shows(200, expected);
    }
    assert!(!seen.text.contains("Erase contact"), "only administrators erase");
    sam.get(&path(&without)).await.shows(200, "No contact was given");
    let listed = sam.get("/admin/orders?q=Ada%40example.com").await;
    let mut numbers = numbers(&listed);
    numbers.sort();
    let mut expected = [text(&order, "number").to_owned(), text(&second, "number").to_owned()];
    expected.sort();
    assert_eq!(numbers, expected);
    sam.post(&format!("{}/erase-contact", path(&order)), &[]).await.shows(403, "does not allow this");

    let mut root = shop.signed_in("root@shop.example", Role::Admin).await;
    root.get(&path(&order)).await.shows(200, "Erase contact of this customer");
    let erase = format!("{}/erase-contact", path(&order));
    root.post(&erase, &[("reason", "a\0b")]).await.shows(422, "invisible character U+0000");
    root.post(&erase, &[("reason", "Ada@example.com asked")]).await.shows(422, "Leave out the customer’s address");
    shop.clock.advance(Duration::from_mins(11));
    root.post(&erase, &[]).await.shows(200, "confirm_password");
    root.get(&path(&order)).await.shows(200, "Unter den Linden 1");
    let done = format!("{}?done=contact-erased", path(&order));
    root.post(&erase, &[("reason", "asked by mail"), ("confirm_password", PASSWORD)]).await.leads_to(&done);
    let shown = root.get(&done).await;
    shown.shows(200, "is erased from all their orders");
    for page in [shown, root.get(&path(&second)).await] {
        page.shows(200, "Erased on ");
        assert!(!page.text.contains("ada@example.com") && !page.text.contains("Erase contact"), "{}", page.text);
    }
    root.post(&erase, &[]).await.shows(409, "has no contact");
    let filter = AuditFilter { action: Some("customer.erase".to_owned()), ..AuditFilter::default() };
    let entries = shop.store().audit_log().list(&filter, None, 10).await.unwrap();
    assert_eq!((entries.len(), entries[0].actor.name.as_str()), (1, "root@shop.example"));
    assert_eq!((&*entries[0].object.kind, &entries[0].object.id), ("customer", &entries[0].id.to_string()));
}

/// Raises a product's stock.
pub(super) async fn add_stock(shop: &Shop, product: &Product, units: i32) {
    shop.checkout.set_stock(product.id, StockChange::By(units), Actor::system()).await.unwrap();
}
