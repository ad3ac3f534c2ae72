//! The inbox of payment events, and their repeated processing.

use super::orders::{add_stock, pay, place, text};
use crate::shop::Shop;
use checkout::store::operators::Role;
use serde_json::json;

#[tokio::test]
async fn payments_are_found_and_filtered() {
    let shop = Shop::open().await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    vera.get("/admin/payments").await.shows(200, "No payments yet");
    let (phone, watch) = (shop.product("phone", 9).await, shop.product("watch", 9).await);
    let (order, other) = (place(&shop, &phone, 1, "ada").await, place(&shop, &watch, 1, "bob").await);
    assert_eq!(pay(&shop, &order, "tx-<b>1</b>").await, "processed");
    assert_eq!(pay(&shop, &order, "tx-2").await, "refund_due");
    let failure = json!({ "order_id": other["order_id"], "transaction_id": "tx-3", "status": "failure" });
    shop.pay("key-3", &failure).await;
    let all = vera.get("/admin/payments").await;
    for expected in ["tx-&lt;b&gt;1", "Refund due", "the order was already paid", "$5,000.00", "not reported"] {
        all.shows(200, expected);
    }
    assert!(!all.text.contains("<b>1"));
    let order_id = text(&order, "order_id");
    for (query, shown, hidden) in [
        ("q=tx-2", "tx-2", "tx-3"),
        ("q=key-3", "tx-3", "tx-2"),
        (&*format!("q={order_id}"), "tx-2", "tx-3"),
        ("outcome=refund_due", "tx-2", "tx-3"),
        ("status=failure", "tx-3", "tx-2"),
        (&*format!("product={}", watch.id), "tx-3", "tx-2"),
        ("status=success&outcome=applied", "tx-&lt;b&gt;1", "tx-2"),
    ] {
        let page = vera.get(&format!("/admin/payments?{query}")).await;
        page.shows(200, &format!(">{shown}"));
        assert!(!page.text.contains(&format!(">{hidden}<")), "{query}: {}", page.text);
    }
    vera.get("/admin/payments?since=2030-01-01").await.shows(200, "No matches");
    vera.get("/admin/payments?outcome=nonsense").await.shows(422, "Choose one of these");
}

/// Returns the path of the only payment that a search lists.
pub(super) async fn find(browser: &mut super::Browser<'_>, search: &str) -> String {
    let page = browser.get(&format!("/admin/payments?q={search}")).await;
    let link = page.text.split("href=\"/admin/payments/").nth(1).unwrap().split('"').next().unwrap();
    format!("/admin/payments/{link}")
}

#[tokio::test]
async fn a_payment_is_processed_again_and_has_one_effect() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 1).await;
    let order = place(&shop, &phone, 1, "ada").await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let cancel = format!("/admin/orders/{}/cancel", text(&order, "order_id"));
    ada.post(&cancel, &[("reason", "a mistake")]).await;
    let other = place(&shop, &phone, 1, "bob").await;
    pay(&shop, &other, "tx-other").await;
    assert_eq!(pay(&shop, &order, "tx-late").await, "refund_due");

    let path = find(&mut ada, "tx-late").await;
    let replay = format!("{path}/replay");
    ada.post(&replay, &[("reason", "")]).await.shows(422, "Say why");
    let unchanged = ada.post(&replay, &[("reason", "the shopper asks")]).await;
    unchanged.leads_to(&format!("{path}?done=payment-unchanged"));
    ada.get(&format!("{path}?done=payment-unchanged"))
        .await
        .shows(200, "Nothing changed: its money is still to be refunded, because the units were sold");
    add_stock(&shop, &phone, 1).await;
    let changed = format!("{path}?done=payment-changed");
    ada.post(&replay, &[("reason", "a unit came back")]).await.leads_to(&changed);
    ada.get(&changed).await.shows(200, "Processed again: it has had its effect on the order.");
    ada.post(&replay, &[("reason", "once more")]).await.leads_to(&format!("{path}?done=payment-unchanged"));
    let stock = shop.checkout.product(phone.id).unwrap().stock;
    assert_eq!((stock.sold, stock.available), (2, 0));
    let timeline = ada.get(&format!("/admin/orders/{}", text(&order, "order_id"))).await;
    timeline.shows(200, "Payment processed again");
    timeline.shows(200, "a unit came back");
    assert!(shop.checkout.audit().await.unwrap().clean);
    ada.post("/admin/payments/no-id/replay", &[("reason", "x")]).await.shows(404, "");
}

#[tokio::test]
async fn a_payment_without_an_order_is_shown() {
    let shop = Shop::open().await;
    let (token, phone) = (shop.token().await, shop.product("phone", 9).await);
    let hold = shop.hold(&token, &phone, 1).await;
    let event = json!({ "hold_id": hold["hold_id"], "transaction_id": "tx-1", "status": "success" });
    shop.pay("key-1", &event).await;
    let unknown =
        json!({ "order_id": "018bcfe5-687b-7000-8000-000000000000", "transaction_id": "tx-2", "status": "success" });
    shop.pay("key-2", &unknown).await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let path = find(&mut vera, "tx-1").await;
    vera.get(&path).await.shows(200, "No order was placed from the hold yet");
    let path = find(&mut vera, "tx-2").await;
    vera.get(&path).await.shows(200, "The shop has no such order");
    shop.post("/api/orders", &token, &json!({ "hold_id": hold["hold_id"] })).await;
    let path = find(&mut vera, "tx-1").await;
    vera.get(&path).await.shows(200, "/admin/orders/");
}
