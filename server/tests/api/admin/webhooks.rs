//! Webhook endpoints of the admin API.

use super::{admin, send, token};
use crate::shop::{Shop, read};
use checkout::model::Scope;
use reqwest::Method;
use serde_json::{Value, json};

const URL: &str = "http://127.0.0.1:9/hooks";

fn path(endpoint: &Value, call: &str) -> String {
    format!("/api/admin/webhooks/{}{call}", endpoint["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_endpoint_is_created_edited_switched_rotated_and_removed() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let body = json!({ "url": URL, "events": ["order.paid"], "description": "Warehouse" });
    let created = shop.post_keyed("/api/admin/webhooks", &token, "k", &body).await;
    assert_eq!(created.status, 201, "{created:?}");
    let endpoint = &created.body;
    assert_eq!(created.header("location"), path(endpoint, ""));
    assert!(endpoint["secret"].as_str().unwrap().starts_with("whsec_"));
    let again = shop.post_keyed("/api/admin/webhooks", &token, "k", &body).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!((&again.body["id"], &again.body["secret"]), (&endpoint["id"], &Value::Null));
    let shown = shop.get(&path(endpoint, ""), &token).await.body;
    assert_eq!((&shown["url"], shown.get("secret")), (&json!(URL), None));
    assert_eq!(shop.get("/api/admin/webhooks", &token).await.body["items"], json!([shown]));

    let edit = json!({ "events": ["refund.due", "order.paid"], "version": 1 });
    let edited = send(&shop, Method::PATCH, &path(endpoint, ""), &token, &edit).await;
    assert_eq!((edited.status, &edited.body["version"]), (200, &json!(2)), "{edited:?}");
    assert_eq!(edited.body["events"], json!(["order.paid", "refund.due"]));
    send(&shop, Method::PATCH, &path(endpoint, ""), &token, &edit).await.assert_problem(409, "endpoint-changed");
    let disabled = shop.post(&path(endpoint, "/disable"), &token, &json!({})).await;
    assert_eq!(disabled.body["disabled_reason"], "operator");
    assert_eq!(shop.post(&path(endpoint, "/enable"), &token, &json!({})).await.body["enabled"], true);
    let rotated = shop.post(&path(endpoint, "/rotate"), &token, &json!({})).await;
    assert!(rotated.body["secret"].is_string() && rotated.body["secret"] != endpoint["secret"]);

    let delete =
        || shop.request(Method::DELETE, &path(endpoint, "")).bearer_auth(&token).header("idempotency-key", "d");
    for _ in 0..2 {
        assert_eq!(read(delete().send().await.unwrap()).await.status, 204);
    }
    shop.get(&path(endpoint, ""), &token).await.assert_problem(404, "unknown-endpoint");
    let log = shop.get("/api/admin/audit-log?action=webhook", &token).await.body;
    assert_eq!(log["items"].as_array().unwrap().len(), 6, "{log}");
    assert!(!log.to_string().contains("whsec_") && !log.to_string().contains("/hooks"), "{log}");
}

#[tokio::test]
async fn invalid_endpoints_are_refused() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    for body in [
        json!({ "url": URL }),
        json!({ "url": URL, "events": [] }),
        json!({ "url": URL, "events": ["order.lost"] }),
        json!({ "url": URL, "events": ["endpoint.disabled"] }),
        json!({ "url": URL, "events": [1] }),
        json!({ "url": "", "events": ["order.paid"] }),
        json!({ "url": "ftp://example.com", "events": ["order.paid"] }),
        json!({ "url": "https://ada:hush@example.com", "events": ["order.paid"] }),
        json!({ "url": URL, "events": ["order.paid"], "description": "a\u{0}b" }),
        json!({ "url": URL, "events": ["order.paid"], "secret": "mine" }),
    ] {
        let refused = shop.post("/api/admin/webhooks", &token, &body).await;
        refused.assert_problem(422, "invalid-body");
        assert!(!refused.body.to_string().contains("hush"), "{refused:?}");
    }
    let unknown = json!({ "url": URL, "events": ["order.sold"] });
    let refused = shop.post("/api/admin/webhooks", &token, &unknown).await;
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.contains("\"order.sold\" is no event") && !detail.contains("refund.accepted"), "{detail}");
    for id in ["nothing", "018f0000-0000-7000-8000-000000000000"] {
        let endpoint = json!({ "id": id });
        shop.get(&path(&endpoint, ""), &token).await.assert_problem(404, "unknown-endpoint");
        for call in ["/enable", "/disable", "/rotate", "/test"] {
            shop.post(&path(&endpoint, call), &token, &json!({})).await.assert_problem(404, "unknown-endpoint");
        }
        let redeliver = format!("/api/admin/webhook-deliveries/{id}/redeliver");
        shop.post(&redeliver, &token, &json!({})).await.assert_problem(404, "unknown-delivery");
    }
    for query in ["limit=0", "state=lost", "endpoint=x"] {
        shop.get(&format!("/api/admin/webhook-deliveries?{query}"), &token).await.assert_problem(400, "bad-query");
    }
}

#[tokio::test]
async fn a_test_event_is_a_delivery_that_cannot_be_repeated() {
    let shop = Shop::open().await;
    let writer = token(&shop, [Scope::WebhooksWrite]).await;
    let reader = token(&shop, [Scope::WebhooksRead]).await;
    let body = json!({ "url": URL, "events": ["order.paid"] });
    let endpoint = shop.post("/api/admin/webhooks", &writer, &body).await.body;
    // Nothing listens at the endpoint's port.
    let tested = shop.post(&path(&endpoint, "/test"), &writer, &json!({})).await;
    assert_eq!((tested.status, &tested.body["error"]), (200, &json!("connect")), "{tested:?}");
    let list = async |query: &str| {
        shop.get(&format!("/api/admin/webhook-deliveries?{query}"), &reader).await.body["items"].clone()
    };
    assert_eq!(
        list(&format!("endpoint={}&state=failed", endpoint["id"].as_str().unwrap())).await,
        json!([tested.body])
    );
    assert_eq!(list("state=delivered").await, json!([]));
    let again = format!("/api/admin/webhook-deliveries/{}/redeliver", tested.body["id"].as_str().unwrap());
    shop.post(&again, &writer, &json!({})).await.assert_problem(409, "delivery-not-kept");
}

#[tokio::test]
async fn there_are_at_most_twenty_endpoints() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let body = json!({ "url": URL, "events": ["order.paid"] });
    for _ in 0..20 {
        assert_eq!(shop.post("/api/admin/webhooks", &token, &body).await.status, 201);
    }
    shop.post("/api/admin/webhooks", &token, &body).await.assert_problem(409, "too-many-endpoints");
}
