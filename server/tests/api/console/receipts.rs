//! Sending a receipt again in the console.

use super::orders::{path, pay, place, text};
use crate::shop::Shop;
use checkout::{
    model::{JobKind, OrderId, Topic},
    store::{listings::PageRequest, operators::Role, outbox::JobFilter},
};
use serde_json::Value;

/// Number of receipts of an order, with the first one if its event was worked on.
async fn receipts(shop: &Shop, order: &Value) -> usize {
    let order: OrderId = text(order, "order_id").parse().unwrap();
    let filter = JobFilter { kind: Some(JobKind::Mail), order: Some(order), ..JobFilter::default() };
    let jobs = shop.store().outbox().list(filter, PageRequest::first(100)).await.unwrap().items;
    jobs.iter().filter(|job| job.topic == Topic::OrderPaid).count()
}

async fn paid(shop: &Shop) -> Value {
    let (token, phone) = (shop.token().await, shop.product("phone", 9).await);
    let order = shop.order_of_buyer(&token, &phone, "ada@buyers.example").await;
    pay(shop, &order, "tx-1").await;
    for _ in 0..400 {
        if receipts(shop, &order).await == 1 {
            return order;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("the receipt is not in the outbox");
}

#[tokio::test]
async fn a_receipt_is_sent_again_once_for_each_form_by_those_who_may() {
    let shop = Shop::open().await;
    let order = paid(&shop).await;
    let send = format!("{}/receipt", path(&order));
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    assert!(!vera.get(&path(&order)).await.text.contains("Resend receipt"), "a viewer sees no form");
    vera.post(&send, &[]).await.shows(403, "does not allow this");
    assert_eq!(receipts(&shop, &order).await, 1);
    let done = format!("{}?done=receipt", path(&order));
    for (nth, role) in [(2, Role::Seller), (3, Role::Money), (4, Role::Admin)] {
        let mut operator = shop.signed_in(&format!("operator{nth}@example.com"), role).await;
        let page = operator.get(&path(&order)).await;
        page.shows(200, "Resend receipt");
        let request = page.field("request");
        for _ in 0..2 {
            operator.post(&send, &[("request", &request)]).await.leads_to(&done);
        }
        operator.get(&done).await.shows(200, "The receipt is on its way again.");
        assert_eq!(receipts(&shop, &order).await, nth, "a double click sends one");
    }
    let resent = shop.actions().await.into_iter().filter(|action| action == "order.resend_receipt").count();
    assert_eq!(resent, 3);
}

#[tokio::test]
async fn there_is_no_receipt_without_a_payment_or_without_a_contact() {
    let shop = Shop::open().await;
    let (token, phone) = (shop.token().await, shop.product("phone", 9).await);
    let unpaid = shop.order_of_buyer(&token, &phone, "ada@buyers.example").await;
    let nameless = place(&shop, &phone, 1, "ada").await;
    pay(&shop, &nameless, "tx-2").await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    for (order, text) in [(&unpaid, "The order is not paid"), (&nameless, "The order has no contact")] {
        assert!(!ada.get(&path(order)).await.text.contains("Resend receipt"));
        ada.post(&format!("{}/receipt", path(order)), &[]).await.shows(409, text);
        assert_eq!(receipts(&shop, order).await, 0);
    }
    let unknown = "/admin/orders/0198c0de-0000-7000-8000-000000000000/receipt";
    ada.post(unknown, &[]).await.shows(404, "");
    assert!(!shop.actions().await.contains(&"order.resend_receipt".to_owned()));
}
