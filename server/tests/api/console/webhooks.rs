//! The screens of webhooks' endpoints.

use super::{Browser, Shown};
use crate::shop::Shop;
use checkout::{
    model::{EndpointId, Topic},
    store::{Delivery, DeliveryFailure, DeliveryRecord, Endpoint, operators::Role},
};
use std::time::Duration;
use uuid::Uuid;

const URL: &str = "http://127.0.0.1:9/hooks/token";

async fn add(browser: &mut Browser<'_>, key: &str, url: &str, events: &[Topic]) -> Shown {
    let events = events.iter().map(|topic| (topic.name(), "on"));
    let fields: Vec<_> =
        [("key", key), ("url", url), ("description", "The <b>warehouse</b>")].into_iter().chain(events).collect();
    browser.post("/admin/webhooks", &fields).await
}

/// The secret that a page shows once.
fn secret(shown: &Shown) -> String {
    let field = shown.text.split("id=\"endpoint-secret\"").nth(1).unwrap();
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn only(shop: &Shop) -> Endpoint {
    <[_; 1]>::try_from(shop.store().endpoints().all().await.unwrap()).unwrap()[0].clone()
}

#[tokio::test]
async fn an_endpoint_is_added_edited_rotated_switched_and_removed() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let empty = ada.get("/admin/webhooks").await;
    empty.shows(200, "No endpoints yet");
    let key = empty.field("key");
    add(&mut ada, &key, "ftp://example.com", &[Topic::OrderPaid]).await.shows(422, "begins with https://");
    add(&mut ada, &key, URL, &[]).await.shows(422, "Choose at least one event.");
    let added = add(&mut ada, &key, URL, &[Topic::OrderPaid]).await;
    added.shows(200, "Signing secret");
    assert!(!added.text.contains("<b>warehouse"));
    let endpoint = only(&shop).await;
    assert_eq!(secret(&added), endpoint.secret.reveal());
    let path = format!("/admin/webhooks/{}", endpoint.id);
    for page in ["/admin/webhooks", path.as_str()] {
        let page = ada.get(page).await;
        page.shows(200, URL);
        assert!(!page.text.contains("whsec_"), "a secret is shown once");
    }
    add(&mut ada, &key, URL, &[Topic::OrderPaid]).await.shows(409, "A secret is shown only once");

    let edit = |seen: &'static str, url: &'static str| {
        vec![("seen", seen), ("url", url), ("description", ""), ("refund.due", "on")]
    };
    let to_edit = format!("{path}/edit");
    ada.post(&to_edit, &edit("1", "https://")).await.shows(422, "absolute URL");
    ada.post(&to_edit, &edit("1", "https://example.com/")).await.leads_to(&format!("{path}?done=endpoint-edited"));
    ada.post(&to_edit, &edit("1", URL)).await.shows(409, "somebody changed the endpoint meanwhile");
    assert_eq!(only(&shop).await.events, [Topic::RefundDue].into());

    let rotated = ada.post(&format!("{path}/rotate"), &[]).await;
    rotated.shows(200, "Previous secret signs until");
    assert_eq!(secret(&rotated), only(&shop).await.secret.reveal());
    assert_ne!(secret(&rotated), secret(&added));

    ada.post(&format!("{path}/disable"), &[("reason", "a\u{200b}b")]).await.shows(422, "invisible character U+200B");
    assert!(only(&shop).await.is_enabled());
    ada.post(&format!("{path}/disable"), &[]).await.leads_to(&format!("{path}?done=endpoint-disabled"));
    assert!(!only(&shop).await.is_enabled());
    ada.post(&format!("{path}/enable"), &[]).await.leads_to(&format!("{path}?done=endpoint-enabled"));
    assert!(only(&shop).await.is_enabled());
    ada.post(&format!("{path}/remove"), &[]).await.leads_to("/admin/webhooks?done=endpoint-removed");
    ada.get(&path).await.shows(404, "");
    let actions = shop.actions().await;
    let actions: Vec<_> = actions.iter().filter_map(|action| action.strip_prefix("webhook.")).collect();
    assert_eq!(actions, ["add", "edit", "rotate", "disable", "enable", "remove"]);
}

#[tokio::test]
async fn a_viewer_sees_endpoints_without_their_paths_and_forms() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let key = ada.get("/admin/webhooks").await.field("key");
    add(&mut ada, &key, URL, &[Topic::OrderPaid]).await.shows(200, "Signing secret");
    let endpoint = only(&shop).await;
    let mut eve = shop.signed_in("eve@example.com", Role::Viewer).await;
    for page in ["/admin/webhooks".to_owned(), format!("/admin/webhooks/{}", endpoint.id)] {
        let page = eve.get(&page).await;
        page.shows(200, "http://127.0.0.1:9");
        assert!(
            !page.text.contains("/hooks/token") && !page.text.contains("action=\"/admin/webhooks"),
            "{}",
            page.text
        );
    }
}

#[tokio::test]
async fn deliveries_are_shown_with_their_responses_and_a_test_event_is_sent() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let key = ada.get("/admin/webhooks").await.field("key");
    add(&mut ada, &key, URL, &[Topic::OrderPaid]).await.shows(200, "Signing secret");
    let endpoint = only(&shop).await;
    let delivery = Delivery {
        id: Uuid::from_u128(1).into(),
        job: Some(Uuid::from_u128(2).into()),
        endpoint: endpoint.id,
        topic: Some(Topic::OrderPaid),
        order: None,
        attempt: 3,
        started_at: shop.checkout.now(),
        duration_ms: 12,
        status: Some(500),
        response: Some("<i>out of order</i>".to_owned()),
        failure: Some(DeliveryFailure::Status),
    };
    let record = DeliveryRecord { delivery: delivery.clone(), switch_off: None };
    shop.store().endpoints().record(&[record]).await.unwrap();
    let path = format!("/admin/webhooks/{}", endpoint.id);
    for query in ["", "?state=failed"] {
        ada.get(&format!("{path}{query}")).await.shows(200, "&lt;i&gt;out of order&lt;/i&gt;");
    }
    // The job is not kept any more.
    let again = format!("/admin/webhooks/deliveries/{}/redeliver", delivery.id);
    ada.post(&again, &[]).await.shows(409, "not kept any more");
    ada.post("/admin/webhooks/deliveries/x/redeliver", &[]).await.shows(404, "");
    // Nothing listens at the endpoint's port.
    ada.post(&format!("{path}/test"), &[]).await.shows(200, "The test event was not accepted");
    let unknown = EndpointId(Uuid::from_u128(9));
    ada.post(&format!("/admin/webhooks/{unknown}/test"), &[]).await.shows(404, "");
    shop.clock.advance(Duration::from_mins(11));
    ada.post(&format!("{path}/rotate"), &[]).await.shows(200, "password");
    assert_eq!(only(&shop).await.version, endpoint.version, "rotated without a password");
}
