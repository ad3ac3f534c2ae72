//! Endpoints that fail for days, or are gone, are switched off.

use crate::{
    receiver::{Receiver, Reply},
    shop::{Shop, eventually},
};
use async_trait::async_trait;
use checkout::{
    Error,
    model::{JobId, JobState, NewJob, Topic},
    store::{DisabledReason, EndpointChange},
};
use integrations::outbox::{Consequences, Event};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// Keeps the bodies of the events that tell operators of an endpoint.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

#[async_trait]
impl Consequences for Told {
    async fn of(&self, events: &[Event]) -> Result<Vec<(JobId, NewJob)>, Error> {
        let told = events.iter().filter(|event| event.job.topic == Topic::EndpointDisabled);
        self.0.lock().unwrap().extend(told.filter_map(|event| event.job.body.clone()));
        Ok(Vec::new())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_down_for_a_week_is_switched_off_and_its_webhooks_wait() {
    let told = Arc::new(Told::default());
    let (shop, receiver) = (Shop::open_with(vec![told.clone()]).await, Receiver::start(Reply::status(500)).await);
    let endpoint = shop.endpoint(&receiver.url(), &[Topic::OrderCreated]).await;
    let product = shop.product().await;
    for day in 0..7 {
        shop.ordered(&product).await;
        // Attempts are made and recorded.
        tokio::time::sleep(Duration::from_secs(1)).await;
        shop.settled().await;
        assert!(day >= 5 || shop.endpoint_now(endpoint.id).await.is_enabled(), "switched off after {day} days");
        shop.clock.advance(Duration::from_hours(24));
    }
    eventually(async || shop.endpoint_now(endpoint.id).await.disabled == Some(DisabledReason::Failing)).await;
    eventually(async || told.0.lock().unwrap().len() == 1).await;
    assert_eq!(*told.0.lock().unwrap(), [format!(r#"{{"endpoint":"{}"}}"#, endpoint.id)]);
    // Nothing is sent while it is off.
    shop.settled().await;
    let sent = receiver.received().len();
    shop.clock.advance(Duration::from_hours(24));
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(receiver.received().len(), sent);
    let waiting = shop.jobs().await.iter().filter(|job| job.state == JobState::Pending).count();
    assert!(waiting > 0, "no webhook waits");
    receiver.respond(Reply::status(200));
    shop.change(EndpointChange::Enable(endpoint.id)).await;
    eventually(async || shop.jobs().await.iter().all(|job| job.state != JobState::Pending)).await;
    assert_eq!(receiver.received().len(), sent + waiting);
    assert_eq!(shop.endpoint_now(endpoint.id).await.failing_since, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_gone_is_switched_off_at_once() {
    let (shop, receiver) = (Shop::open().await, Receiver::start(Reply::status(410)).await);
    let endpoint = shop.endpoint(&receiver.url(), &[Topic::OrderCreated]).await;
    shop.ordered(&shop.product().await).await;
    eventually(async || shop.endpoint_now(endpoint.id).await.disabled == Some(DisabledReason::Gone)).await;
    shop.settled().await;
    shop.clock.advance(Duration::from_hours(1));
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_ends_the_failure_of_an_endpoint() {
    let (shop, receiver) = (Shop::open().await, Receiver::start(Reply::status(500)).await);
    let endpoint = shop.endpoint(&receiver.url(), &[Topic::OrderCreated]).await;
    shop.ordered(&shop.product().await).await;
    eventually(async || shop.endpoint_now(endpoint.id).await.failing_since.is_some()).await;
    receiver.respond(Reply::status(200));
    shop.settled().await;
    shop.clock.advance(Duration::from_mins(1));
    eventually(async || shop.endpoint_now(endpoint.id).await.failing_since.is_none()).await;
}

#[test]
fn operators_are_told_by_a_topic_that_no_endpoint_can_ask_for() {
    assert!(!Topic::WEBHOOKS.contains(&Topic::EndpointDisabled));
}
