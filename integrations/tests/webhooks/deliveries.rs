//! Requests to endpoints, and the treatment of their responses.

use crate::{
    receiver::{Receiver, Reply},
    shop::{Shop, eventually},
};
use checkout::{
    model::{JobState, Topic},
    store::{DeliveryFailure, EndpointChange, MAX_ENDPOINTS},
};
use integrations::webhooks::SenderSettings;
use serde_json::json;
use std::time::Duration;

/// A moment in which a webhook that must not be sent would be.
const SILENCE: Duration = Duration::from_millis(1200);

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_receives_the_events_that_it_asked_for_signed_and_without_contact_data() {
    let (shop, receiver) = (Shop::open().await, Receiver::start(Reply::status(204)).await);
    let endpoint = shop.endpoint(&receiver.url(), &[Topic::OrderPaid]).await;
    let order = shop.ordered(&shop.product().await).await;
    shop.pay(&order).await;
    eventually(async || receiver.received().len() == 1).await;
    let [request] = <[_; 1]>::try_from(receiver.received()).unwrap();
    assert_eq!(request.line, "POST /hooks HTTP/1.1");
    assert!(request.is_signed_by(endpoint.secret.reveal()));
    assert!(request.headers["user-agent"].starts_with("Holdfast/"), "{request:?}");
    assert_eq!(request.headers["content-type"], "application/json");
    let now = shop.clock_seconds();
    assert_eq!(request.headers["webhook-timestamp"], now.to_string());
    let body = request.json();
    let paid = shop.checkout.orders_of_any_owner(&[order.id]).await.unwrap().remove(0);
    assert_eq!((&body["id"], &body["type"]), (&json!(request.headers["webhook-id"]), &json!("order.paid")));
    let sent = &body["data"]["order"];
    assert_eq!(sent["id"], json!(order.id));
    assert_eq!((&sent["status"], &sent["amount"], &sent["currency"]), (&json!("paid"), &json!(1999), &json!("USD")));
    assert_eq!((&sent["quantity"], &sent["version"]), (&json!(1), &json!(paid.version)));
    eventually(async || shop.deliveries().await.len() == 1).await;
    let [delivery] = <[_; 1]>::try_from(shop.deliveries().await).unwrap();
    assert_eq!((delivery.status, delivery.failure, delivery.order), (Some(204), None, Some(order.id)));
    eventually(async || shop.jobs().await.iter().all(|job| job.state == JobState::Done)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_attempt_sends_the_same_bytes_and_the_old_secret_signs_for_a_day() {
    let (shop, receiver) = (Shop::open().await, Receiver::start(Reply::status(500)).await);
    let endpoint = shop.endpoint(&receiver.url(), &[Topic::OrderCreated]).await;
    let order = shop.ordered(&shop.product().await).await;
    eventually(async || shop.deliveries().await.len() == 1).await;
    // The order changes meanwhile; what is sent does not.
    shop.pay(&order).await;
    let secret = shop.rotate(endpoint.id).await;
    shop.settled().await;
    shop.clock.advance(Duration::from_mins(1));
    eventually(async || shop.deliveries().await.len() == 2).await;
    receiver.respond(Reply::status(200));
    shop.settled().await;
    shop.clock.advance(Duration::from_hours(24));
    eventually(async || shop.deliveries().await.len() == 3).await;
    let [first, second, third] = <[_; 3]>::try_from(receiver.received()).unwrap();
    assert_eq!((&first.body, &first.body), (&second.body, &third.body));
    for later in [&second, &third] {
        assert_eq!(first.headers["webhook-id"], later.headers["webhook-id"]);
        assert_ne!(first.headers["webhook-timestamp"], later.headers["webhook-timestamp"]);
    }
    let old = endpoint.secret.reveal();
    assert!(first.is_signed_by(old) && second.is_signed_by(old) && second.is_signed_by(secret.reveal()));
    assert!(third.is_signed_by(secret.reveal()) && !third.is_signed_by(old));
    let attempts: Vec<_> = shop.deliveries().await.iter().map(|one| (one.attempt, one.failure)).collect();
    let failed = Some(DeliveryFailure::Status);
    assert_eq!(attempts, [(1, failed), (2, failed), (3, None)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_nobody_accepts_is_dead_after_eight_attempts() {
    let (shop, receiver) = (Shop::open().await, Receiver::start(Reply::status(500)).await);
    shop.endpoint(&receiver.url(), &[Topic::OrderCreated]).await;
    shop.ordered(&shop.product().await).await;
    for attempt in 1..=8 {
        eventually(async || shop.deliveries().await.len() == attempt).await;
        shop.settled().await;
        shop.clock.advance(Duration::from_hours(13));
    }
    eventually(async || shop.jobs().await[0].state == JobState::Dead).await;
    tokio::time::sleep(SILENCE).await;
    assert_eq!(receiver.received().len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_asks_to_wait_is_left_alone_so_long() {
    let wait = Reply { headers: "Retry-After: 3600\r\n".to_owned(), ..Reply::status(429) };
    let (shop, receiver) = (Shop::open().await, Receiver::start(wait).await);
    shop.endpoint(&receiver.url(), &[Topic::OrderCreated]).await;
    shop.ordered(&shop.product().await).await;
    eventually(async || shop.jobs().await.first().is_some_and(|job| job.last_error.is_some())).await;
    // The usual pause would be over.
    shop.clock.advance(Duration::from_mins(50));
    tokio::time::sleep(SILENCE).await;
    assert_eq!(receiver.received().len(), 1);
    shop.clock.advance(Duration::from_mins(11));
    eventually(async || receiver.received().len() == 2).await;
    assert_eq!(shop.deliveries().await[0].failure, Some(DeliveryFailure::Busy));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_response_is_read_up_to_its_limit() {
    let mut body = vec![b'a'; 4 << 20];
    body[1] = 0;
    let (shop, receiver) = (Shop::open().await, Receiver::start(Reply { body, ..Reply::status(200) }).await);
    let endpoint = shop.endpoint(&receiver.url(), &[Topic::OrderCreated]).await;
    let delivery = shop.webhooks.send_test(&endpoint).await.unwrap();
    let response = delivery.response.unwrap();
    assert_eq!((response.chars().count(), &response[..5]), (1024, "a\u{FFFD}a"));
    assert_eq!(delivery.failure, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_endpoint_delays_no_other_and_ends_at_its_time_limit() {
    let slow = Receiver::start(Reply { delay: Duration::from_mins(1), ..Reply::status(200) }).await;
    let fast = Receiver::start(Reply::status(200)).await;
    let shop = Shop::with(SenderSettings { time_limit: Duration::from_secs(8), ..SenderSettings::new(true) }).await;
    shop.endpoint(&slow.url(), &[Topic::OrderCreated]).await;
    shop.endpoint(&fast.url(), &[Topic::OrderCreated]).await;
    let product = shop.product().await;
    let begun = std::time::Instant::now();
    for _ in 0..40 {
        shop.ordered(&product).await;
    }
    eventually(async || fast.received().len() == 40).await;
    assert!(begun.elapsed() < Duration::from_secs(7), "the slow endpoint was waited for");
    assert_eq!(slow.received().len(), 8, "eight are under way for one endpoint");
    eventually(async || shop.deliveries().await.iter().any(|one| one.failure == Some(DeliveryFailure::Timeout))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lane_has_room_for_every_endpoint() {
    let lane = Shop::open().await.webhooks.lanes().remove(0);
    assert_eq!((lane.per_endpoint, lane.concurrency), (Some(8), 8 * usize::try_from(MAX_ENDPOINTS).unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_event_is_sent_at_once_also_to_an_endpoint_that_is_off() {
    let (shop, receiver) = (Shop::open().await, Receiver::start(Reply::status(400)).await);
    let endpoint = shop.endpoint(&receiver.url(), &[Topic::OrderPaid]).await;
    shop.change(EndpointChange::Disable(endpoint.id)).await;
    let delivery = shop.webhooks.send_test(&endpoint).await.unwrap();
    assert_eq!((delivery.status, delivery.failure), (Some(400), Some(DeliveryFailure::Status)));
    assert_eq!(delivery.response.as_deref(), Some("seen"));
    let [request] = <[_; 1]>::try_from(receiver.received()).unwrap();
    assert!(request.is_signed_by(endpoint.secret.reveal()));
    assert_eq!(request.json()["type"], "test");
    assert_eq!(shop.deliveries().await, [delivery]);
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_of_an_endpoint_that_was_removed_are_dropped() {
    let (shop, receiver) = (Shop::open().await, Receiver::start(Reply::status(500)).await);
    let endpoint = shop.endpoint(&receiver.url(), &[Topic::OrderCreated]).await;
    shop.ordered(&shop.product().await).await;
    eventually(async || shop.jobs().await.first().is_some_and(|job| job.last_error.is_some())).await;
    shop.change(EndpointChange::Remove(endpoint.id)).await;
    shop.clock.advance(Duration::from_hours(1));
    eventually(async || shop.jobs().await[0].state == JobState::Done).await;
    assert_eq!(receiver.received().len(), 1);
}
