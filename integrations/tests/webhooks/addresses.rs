//! Webhooks reach no private address: not by a number, not by a name, not by a redirect, and not by a name that changes.

use crate::{
    receiver::{Receiver, Reply},
    shop::Shop,
};
use checkout::{model::Topic, store::DeliveryFailure};
use integrations::webhooks::{AddressLookup, SenderSettings};
use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// A look-up that returns the next of these answers each time, and counts.
fn lookup(answers: Vec<Vec<&'static str>>) -> (AddressLookup, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let lookup: AddressLookup = Arc::new(move |_| {
        let nth = counted.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1);
        let found: Vec<IpAddr> = answers[nth].iter().map(|text| text.parse().unwrap()).collect();
        Box::pin(async move { Ok(found) })
    });
    (lookup, count)
}

fn settings(allow_private: bool, lookup: AddressLookup) -> SenderSettings {
    SenderSettings { lookup, time_limit: Duration::from_secs(2), ..SenderSettings::new(allow_private) }
}

async fn failure(shop: &Shop, url: &str) -> Option<DeliveryFailure> {
    let endpoint = shop.endpoint(url, &[Topic::OrderPaid]).await;
    shop.webhooks.send_test(&endpoint).await.unwrap().failure
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_address_is_refused_before_a_connection_is_made() {
    let receiver = Receiver::start(Reply::status(200)).await;
    let shop = Shop::with(SenderSettings::new(false)).await;
    // These were stored while private addresses were allowed.
    for url in [
        format!("https://127.0.0.1:{}/", receiver.port),
        format!("https://2130706433:{}/", receiver.port),
        format!("https://[::ffff:127.0.0.1]:{}/", receiver.port),
        format!("https://localhost:{}/", receiver.port),
        receiver.url(),
        "https://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        assert_eq!(failure(&shop, &url).await, Some(DeliveryFailure::ForbiddenAddress), "{url}");
    }
    assert_eq!(receiver.received().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_with_a_private_address_is_refused_also_beside_a_public_one() {
    for answer in [vec!["10.0.0.1"], vec!["8.8.8.8", "127.0.0.1"], vec!["2606:4700::1", "::ffff:192.168.0.1"]] {
        let (lookup, count) = lookup(vec![answer]);
        let shop = Shop::with(settings(false, lookup)).await;
        let refused = failure(&shop, "https://hooks.example/").await;
        assert_eq!((refused, count.load(Ordering::SeqCst)), (Some(DeliveryFailure::ForbiddenAddress), 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_without_an_address_is_not_found() {
    let (lookup, _) = lookup(vec![vec![]]);
    let shop = Shop::with(settings(false, lookup)).await;
    assert_eq!(failure(&shop, "https://hooks.example/").await, Some(DeliveryFailure::Dns));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_connection_is_made_to_the_address_that_was_checked() {
    // The first answer is the only one that is asked for; a second look-up would lead to another machine.
    let receiver = Receiver::start(Reply::status(200)).await;
    let (private, count) = lookup(vec![vec!["127.0.0.1"], vec!["192.0.2.1"]]);
    let shop = Shop::with(settings(true, private)).await;
    let url = format!("http://hooks.example:{}/", receiver.port);
    assert_eq!(failure(&shop, &url).await, None);
    assert_eq!((receiver.received().len(), count.load(Ordering::SeqCst)), (1, 1));
    assert_eq!(receiver.received()[0].headers["host"], format!("hooks.example:{}", receiver.port));
    // Nothing listens at the public address.
    // A name that is public in the check, and private afterwards: nothing is asked afterwards, and the next check refuses it.
    let (rebound, count) = lookup(vec![vec!["192.52.193.1"], vec!["127.0.0.1"]]);
    let shop = Shop::with(settings(false, rebound)).await;
    let url = format!("https://hooks.example:{}/", receiver.port);
    assert!(failure(&shop, &url).await.is_some_and(|failure| failure != DeliveryFailure::ForbiddenAddress));
    assert_eq!(count.load(Ordering::SeqCst), 1);
    assert_eq!(failure(&shop, &url).await, Some(DeliveryFailure::ForbiddenAddress));
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed() {
    let target = Receiver::start(Reply::status(200)).await;
    let shop = Shop::open().await;
    for location in [target.url(), "http://169.254.169.254/latest/meta-data/".to_owned()] {
        for status in [301, 302, 307, 308] {
            let headers = format!("Location: {location}\r\n");
            let receiver = Receiver::start(Reply { headers, ..Reply::status(status) }).await;
            let endpoint = shop.endpoint(&receiver.url(), &[Topic::OrderPaid]).await;
            let delivery = shop.webhooks.send_test(&endpoint).await.unwrap();
            assert_eq!((delivery.status, delivery.failure), (Some(status), Some(DeliveryFailure::Redirect)));
            shop.change(checkout::store::EndpointChange::Remove(endpoint.id)).await;
        }
    }
    assert_eq!(target.received().len(), 0);
}
