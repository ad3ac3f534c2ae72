//! Receipts on the command line.

use crate::shop::{Shop, on_both_stores};
use checkout::{
    model::{JobKind, Topic},
    store::{AuditFilter, listings::PageRequest, outbox::JobFilter},
};

on_both_stores!(a_receipt_is_put_into_the_outbox_and_audited, there_is_no_receipt_without_a_payment_or_a_contact);

async fn a_receipt_is_put_into_the_outbox_and_audited(shop: Shop) {
    let product = shop.product("mug", 9).await;
    let order = shop.order_of_buyer(&product, "ada@buyers.example").await;
    shop.pay(order.id).await;
    let (number, id) = (order.number.unwrap().to_string(), order.id.to_string());
    let said = format!("The receipt of order {id} is in the outbox.\n");
    assert_eq!(shop.text(&["order", "resend-receipt", "--number", &number, "--reason", "lost"]), said);
    assert_eq!(shop.text(&["order", "resend-receipt", "--id", &id]), said);
    let filter = JobFilter { kind: Some(JobKind::Mail), order: Some(order.id), ..JobFilter::default() };
    let jobs = shop.store.outbox().list(filter, PageRequest::first(10)).await.unwrap().items;
    assert_eq!(jobs.iter().map(|job| job.topic).collect::<Vec<_>>(), [Topic::OrderPaid, Topic::OrderPaid]);
    let filter = AuditFilter { action: Some("order.resend_receipt".to_owned()), ..AuditFilter::default() };
    let entries = shop.store.audit_log().list(&filter, None, 10).await.unwrap();
    let reasons: Vec<_> = entries.iter().map(|entry| entry.reason.clone().map(String::from)).collect();
    assert_eq!(reasons, [None, Some("lost".to_owned())]);
    assert!(entries.iter().all(|entry| entry.actor.name == "ada"), "{entries:?}");
    assert!(!format!("{entries:?} {jobs:?}").contains("buyers.example"));
    shop.close().await;
}

async fn there_is_no_receipt_without_a_payment_or_a_contact(shop: Shop) {
    let product = shop.product("mug", 9).await;
    let unpaid = shop.order_of_buyer(&product, "ada@buyers.example").await;
    let nameless = shop.order(&product, "ada").await;
    shop.pay(nameless.id).await;
    let resend = |id: &str| ["order", "resend-receipt", "--id", id].map(str::to_owned);
    for (id, code, message) in [
        (unpaid.id.to_string(), 3, "not paid"),
        (nameless.id.to_string(), 3, "no contact"),
        (product.id.to_string(), 3, "no order has the id"),
    ] {
        let args = resend(&id);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let said = shop.fails(code, &args);
        assert!(said.contains(message), "{said}");
    }
    assert_eq!(shop.store.outbox().list(JobFilter::default(), PageRequest::first(10)).await.unwrap().items, []);
    shop.close().await;
}
