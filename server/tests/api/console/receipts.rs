//! The mails of an order in the console, and sending its receipt again.

use super::orders::{path, pay, place, text};
use crate::shop::Shop;
use checkout::{
    model::{Job, JobKind, JobState, JobSubject, NewJob, OrderId, ScopeSet, Topic},
    store::{listings::PageRequest, operators::Role, outbox::JobFilter},
};
use serde_json::{Value, json};
use std::time::Duration;

fn id(order: &Value) -> OrderId {
    text(order, "order_id").parse().unwrap()
}

/// The mails of an order, newest first.
async fn mails(shop: &Shop, order: &Value) -> Vec<Job> {
    let filter = JobFilter { kind: Some(JobKind::Mail), order: Some(id(order)), ..JobFilter::default() };
    shop.store().outbox().list(filter, PageRequest::first(100)).await.unwrap().items
}

/// Number of receipts of an order, with the first one if its event was worked on.
async fn receipts(shop: &Shop, order: &Value) -> usize {
    mails(shop, order).await.iter().filter(|job| job.topic == Topic::OrderPaid).count()
}

/// Waits until all mails of an order have ended.
async fn settled(shop: &Shop, order: &Value) {
    for _ in 0..400 {
        if mails(shop, order).await.iter().all(|job| job.state != JobState::Pending) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{:?} wait", mails(shop, order).await);
}

async fn paid(shop: &Shop) -> Value {
    let (token, phone) = (shop.token().await, shop.product("phone", 9).await);
    let order = shop.order_of_buyer(&token, &phone, "ada@buyers.example").await;
    pay(shop, &order, "tx-1").await;
    for _ in 0..400 {
        if receipts(shop, &order).await == 1 {
            return order;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
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

#[tokio::test]
async fn a_mail_that_was_no_longer_true_is_told_from_one_that_was_sent() {
    let shop = Shop::open().await;
    let order = paid(&shop).await;
    // The order was paid, so that the mail about its cancellation is not true.
    let (now, order_id) = (shop.checkout.now(), id(&order));
    let job = NewJob {
        id: uuid::Uuid::from_u128(88).into(),
        kind: JobKind::Mail,
        topic: Topic::OrderCancelled,
        subject: JobSubject { order: Some(order_id), version: 1, ..JobSubject::default() },
        endpoint: None,
        unique_key: Some("mail/test".to_owned()),
        body: None,
        due_at: now,
        created_at: now,
    };
    shop.store().outbox().add(&[job]).await.unwrap();
    shop.checkout.wake_outbox();
    settled(&shop, &order).await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    let page = vera.get(&path(&order)).await;
    for part in ["Mail sent: receipt", "Mail not sent: order ended", ">Sent", ">Not sent", "no longer true"] {
        page.shows(200, part);
    }
    vera.get("/admin/outbox?state=done").await.shows(200, ">Not needed");
    let token = shop.token_with(ScopeSet::ALL).await;
    let jobs = shop.get(&format!("/api/admin/outbox?state=done&order={order_id}"), &token).await.body;
    let skipped = jobs["items"].as_array().unwrap().iter().find(|job| job["topic"] == "order.cancelled").unwrap();
    assert_eq!((&skipped["state"], &skipped["last_error"]), (&json!("done"), &json!("no longer true")));
}
