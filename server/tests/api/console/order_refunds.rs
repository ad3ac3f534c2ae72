//! Refunds of an order: issued once, and refused beside their fields.

use super::{
    Browser, PASSWORD,
    orders::{path, pay, place, text},
};
use crate::shop::Shop;
use checkout::{model::Timestamp, store::operators::Role};
use serde_json::Value;
use std::time::Duration;

/// Returns the refund form's fields: the id in the page, and these.
fn refund_fields<'a>(id: &'a str, amount: &'a str, restock: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("id", id), ("amount", amount), ("restock", restock), ("units", ""), ("reason", "damaged in transit")]
}

async fn refund_id(browser: &mut Browser<'_>, order: &Value) -> String {
    browser.get(&path(order)).await.field("id")
}

#[tokio::test]
async fn a_refund_that_is_sent_twice_is_issued_once() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 9).await;
    let order = place(&shop, &phone, 2, "ada").await;
    pay(&shop, &order, "tx-1").await;
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    let page = mona.get(&path(&order)).await;
    page.shows(200, "value=\"10000.00\"");
    let (id, send) = (page.field("id"), format!("{}/refunds", path(&order)));
    let done = format!("{}?done=refund-issued", path(&order));
    for restock in ["all", "all"] {
        mona.post(&send, &refund_fields(&id, "10000.00", restock)).await.leads_to(&done);
    }
    let found = shop.checkout.refunds(text(&order, "order_id").parse().unwrap()).await.unwrap();
    assert_eq!((found.len(), found[0].amount, found[0].restocked), (1, Some(1_000_000), 2));
    assert_eq!(shop.checkout.product(phone.id).unwrap().stock.available, 9);
    // The same form with other fields is another refund.
    mona.post(&send, &refund_fields(&id, "1.00", "none")).await.shows(409, "already used for another change");
    // A page that was opened before knows no other refund.
    let other = shop.checkout.new_refund_id().to_string();
    mona.post(&send, &refund_fields(&other, "10000.00", "none")).await.shows(422, "Nothing is left to refund");
    mona.get(&path(&order)).await.shows(200, "$0.00");
    assert!(shop.checkout.audit().await.unwrap().clean);
}

#[tokio::test]
async fn a_refund_is_refused_beside_its_field() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 9).await;
    let order = place(&shop, &phone, 3, "ada").await;
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    let send = format!("{}/refunds", path(&order));
    let id = shop.checkout.new_refund_id().to_string();
    mona.post(&send, &refund_fields(&id, "1.00", "none")).await.shows(409, "This order is not paid");
    pay(&shop, &order, "tx-1").await;
    for amount in ["", "all", "1.999", "1e3", "1,50", "99999999999999999999", "\u{661}"] {
        mona.post(&send, &refund_fields(&id, amount, "none")).await.shows(422, "Enter an amount such as 19.99");
    }
    for amount in ["0", "-1"] {
        mona.post(&send, &refund_fields(&id, amount, "none")).await.shows(422, "Enter at least 0.01.");
    }
    let over = mona.post(&send, &refund_fields(&id, "15000.01", "none")).await;
    over.shows(422, "at most $15,000.00");
    over.shows(422, "value=\"15000.01\"");
    assert_eq!(over.field("id"), id, "the corrected form is the same request");
    for restock in ["", "every", "some"] {
        let shown = mona.post(&send, &refund_fields(&id, "1.00", restock)).await;
        assert_eq!(shown.status, 422, "{restock}: {}", shown.text);
    }
    let some = |units: &'static str| {
        vec![("id", id.as_str()), ("amount", "1.00"), ("restock", "some"), ("units", units), ("reason", "damaged")]
    };
    for units in ["0", "-1", "x", "4294967296"] {
        mona.post(&send, &some(units)).await.shows(422, "Enter a number of units");
    }
    mona.post(&send, &some("4")).await.shows(409, "At most 3 units of this order can be put back");
    mona.post(&send, &some("2")).await.leads_to(&format!("{}?done=refund-issued", path(&order)));
    let other = shop.checkout.new_refund_id().to_string();
    let two: Vec<_> = [("id", other.as_str())].into_iter().chain(some("2").into_iter().skip(1)).collect();
    mona.post(&send, &two).await.shows(409, "At most 1 unit of this order can be put back");
    let fields = [("id", "no-id"), ("amount", "1.00"), ("restock", "none"), ("reason", "damaged")];
    mona.post(&send, &fields).await.shows(422, "could not be read");
    let fields = [("id", other.as_str()), ("amount", "1.00"), ("restock", "none"), ("reason", "")];
    mona.post(&send, &fields).await.shows(422, "Say why");
    let found = shop.checkout.refunds(text(&order, "order_id").parse().unwrap()).await.unwrap();
    assert_eq!(found.len(), 1, "nothing that is refused leaves a refund");
}

#[tokio::test]
async fn the_id_of_a_refund_is_from_about_now() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 9).await;
    let order = place(&shop, &phone, 3, "ada").await;
    pay(&shop, &order, "tx-1").await;
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    let send = format!("{}/refunds", path(&order));
    let now = shop.checkout.now();
    let id_at = |at: Timestamp| {
        let millis = u64::try_from(at.as_millis()).unwrap();
        uuid::Builder::from_unix_timestamp_millis(millis, &[7; 10]).into_uuid().to_string()
    };
    let second = Duration::from_secs(1);
    let (day, ahead) = (Duration::from_hours(24), Duration::from_mins(5));
    for (id, message) in [
        (id_at(now - day - second), "more than a day old"),
        (id_at(Timestamp::from_millis(0)), "more than a day old"),
        (id_at(now + ahead + second), "from the future"),
        ("ffffffff-ffff-7fff-bfff-ffffffffffff".to_owned(), "from the future"),
    ] {
        let shown = mona.post(&send, &refund_fields(&id, "1.00", "none")).await;
        shown.shows(422, message);
        assert_ne!(shown.field("id"), id, "the form has a new id");
    }
    let order_id = text(&order, "order_id").parse().unwrap();
    assert!(shop.checkout.refunds(order_id).await.unwrap().is_empty(), "nothing was issued");
    for id in [id_at(now - day + second), id_at(now + ahead - second)] {
        let done = format!("{}?done=refund-issued", path(&order));
        mona.post(&send, &refund_fields(&id, "1.00", "none")).await.leads_to(&done);
    }
}

#[tokio::test]
async fn a_refund_needs_a_fresh_password_and_keeps_what_was_entered() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 9).await;
    let order = place(&shop, &phone, 2, "ada").await;
    pay(&shop, &order, "tx-1").await;
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    let id = refund_id(&mut mona, &order).await;
    shop.clock.advance(Duration::from_mins(10));
    let send = format!("{}/refunds", path(&order));
    let fields = refund_fields(&id, "5.00", "none");
    let asked = mona.post(&send, &fields).await;
    asked.shows(200, "Enter your password");
    assert_eq!((asked.field("id"), asked.field("amount")), (id.clone(), "5.00".to_owned()));
    let confirmed = [&fields[..], &[("confirm_password", PASSWORD)]].concat();
    mona.post(&send, &confirmed).await.leads_to(&format!("{}?done=refund-issued", path(&order)));
}
