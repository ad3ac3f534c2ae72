//! The payload of a payment event.

use super::{
    orders::{pay, place, text},
    payments::find,
};
use crate::shop::Shop;
use checkout::store::operators::Role;

#[tokio::test]
async fn a_payment_shows_its_payload_to_those_who_process_payments() {
    let shop = Shop::open().await;
    let phone = shop.product("phone", 9).await;
    let order = place(&shop, &phone, 1, "ada").await;
    let transaction = "tx-</code><script>alert(1)</script>";
    assert_eq!(pay(&shop, &order, transaction).await, "processed");
    let mut mona = shop.signed_in("mona@example.com", Role::Money).await;
    let path = find(&mut mona, text(&order, "order_id")).await;
    let shown = mona.get(&path).await;
    for expected in ["Payload as it came", "\n  \"transaction_id\": ", "Process again", text(&order, "number")] {
        shown.shows(200, expected);
    }
    assert!(!shown.text.contains("<script>alert"), "{}", shown.text);
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let seen = vera.get(&path).await;
    seen.shows(200, "Event key");
    assert!(!seen.text.contains("Payload") && !seen.text.contains("Process again"), "{}", seen.text);
}
