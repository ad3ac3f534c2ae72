//! Endpoints of webhooks on the command line.

use crate::shop::{Shop, on_both_stores};
use checkout::{
    model::{JobKind, JobSubject, NewJob, Topic},
    store::{Delivery, DeliveryFailure, DeliveryRecord, listings::PageRequest, outbox::JobFilter},
};
use serde_json::json;
use uuid::Uuid;

on_both_stores!(
    an_endpoint_is_added_shown_changed_and_removed,
    addresses_and_events_are_checked,
    a_delivery_is_listed_and_sent_again,
);

const URL: &str = "https://example.com/hooks";

async fn an_endpoint_is_added_shown_changed_and_removed(shop: Shop) {
    let added = shop.json(&["webhook", "add", "--url", URL, "--events", "order.paid,refund.succeeded"]);
    let id = added["id"].as_str().unwrap();
    assert!(added["secret"].as_str().unwrap().starts_with("whsec_"), "{added}");
    assert_eq!(added.as_object().unwrap().len(), 2);
    let shown = shop.json(&["webhook", "show", "--id", id, "--json"]);
    assert_eq!((&shown["url"], &shown["enabled"]), (&json!(URL), &json!(true)));
    assert_eq!(shown["events"], json!(["order.paid", "refund.succeeded"]));
    assert!(!shown.to_string().contains("whsec_"));
    assert!(shop.text(&["webhook", "list"]).contains(URL));
    let rotated = shop.json(&["webhook", "rotate", "--id", id]);
    assert!(rotated["id"] == added["id"] && rotated["secret"] != added["secret"]);
    let edited = shop.json(&["webhook", "edit", "--id", id, "--events", "order.created", "--description", "Warehouse"]);
    assert_eq!((&edited["url"], &edited["events"]), (&json!(URL), &json!(["order.created"])));
    assert_eq!(shop.json(&["webhook", "disable", "--id", id, "--reason", "moves"])["disabled_reason"], "operator");
    assert_eq!(shop.json(&["webhook", "enable", "--id", id])["enabled"], true);
    assert_eq!(shop.json(&["webhook", "remove", "--id", id])["removed"], true);
    assert!(shop.fails(3, &["webhook", "show", "--id", id]).contains("see holdfast webhook list"));
    let log = shop.text(&["audit-log", "--action", "webhook"]);
    assert!(!log.contains("whsec_"), "{log}");
}

async fn addresses_and_events_are_checked(shop: Shop) {
    for url in
        ["http://example.com/", "https://127.0.0.1/", "https://0x7f.1/", "https://ada:secret@example.com/", "hooks"]
    {
        let message = shop.fails(2, &["webhook", "add", "--url", url, "--events", "order.paid"]);
        assert!(message.contains("address of an endpoint") && !message.contains("secret"), "{message}");
    }
    for (events, expected) in [
        ("", "give at least one event"),
        ("order.lost", "\"order.lost\" is no event"),
        ("endpoint.disabled", "\"endpoint.disabled\" is no event"),
    ] {
        let message = shop.fails(2, &["webhook", "add", "--url", URL, "--events", events]);
        assert!(message.contains(expected), "{message}");
    }
    let allowed = ["--webhooks-allow-private", "on", "--url", "http://127.0.0.1:9/", "--events", "order.paid"];
    let added = shop.json(&[&["webhook", "add"], &allowed[..]].concat());
    // The setting is gone, and nothing is sent.
    let output = shop.run(&["webhook", "test", "--id", added["id"].as_str().unwrap()]);
    let (shown, message) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.code() == Some(3) && message.contains("private or reserved"), "{output:?}");
    assert!(["Result", "Duration", "Response"].iter().all(|line| shown.contains(line)), "{shown}");
}

async fn a_delivery_is_listed_and_sent_again(shop: Shop) {
    let added = shop.json(&["webhook", "add", "--url", URL, "--events", "order.paid"]);
    let endpoint: Uuid = added["id"].as_str().unwrap().parse().unwrap();
    let (id, key, now) = (Uuid::from_u128(2).into(), "webhook/1/1".to_owned(), shop.checkout.now());
    let job = NewJob::new(id, JobKind::Webhook, Topic::OrderPaid, JobSubject::default(), key, now)
        .for_endpoint(endpoint.into())
        .with_body(r#"{"id":"1"}"#.to_owned());
    shop.store.outbox().add(std::slice::from_ref(&job)).await.unwrap();
    let delivery = Delivery {
        id: Uuid::from_u128(3).into(),
        job: Some(job.id),
        endpoint: endpoint.into(),
        topic: Some(job.topic),
        order: None,
        attempt: 1,
        started_at: shop.checkout.now(),
        duration_ms: 5,
        status: Some(500),
        response: Some("no".to_owned()),
        failure: Some(DeliveryFailure::Status),
    };
    shop.store.endpoints().record(&[DeliveryRecord { delivery: delivery.clone(), switch_off: None }]).await.unwrap();
    let listed = shop.json(&["webhook", "deliveries", "--state", "failed", "--json"]);
    let item = &listed["items"][0];
    assert_eq!((&item["error"], &item["status"], &item["response"]), (&json!("status"), &json!(500), &json!("no")));
    assert_eq!(shop.json(&["webhook", "deliveries", "--state", "delivered", "--json"])["items"], json!([]));
    let id = delivery.id.to_string();
    assert_eq!(shop.json(&["webhook", "redeliver", "--delivery", &id])["queued"], true);
    let jobs = shop.store.outbox().list(JobFilter::default(), PageRequest::first(9)).await;
    let bodies: Vec<_> = jobs.unwrap().items.into_iter().map(|job| job.body).collect();
    assert_eq!(bodies, [job.body.clone(), job.body]);
    let unknown = Uuid::from_u128(9).to_string();
    assert!(shop.fails(3, &["webhook", "redeliver", "--delivery", &unknown]).contains("no delivery has this id"));
}
