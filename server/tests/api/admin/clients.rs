//! API clients of the admin API.

use super::{admin, send, token};
use crate::shop::{ApiResponse, Shop};
use checkout::model::{Scope, ScopeSet};
use reqwest::Method;
use serde_json::{Value, json};

fn new_client(scopes: &[&str]) -> Value {
    json!({ "name": "Back office", "scopes": scopes })
}

fn path(client: &Value, call: &str) -> String {
    format!("/api/admin/clients/{}{call}", client["client_id"].as_str().unwrap())
}

async fn gets_token(shop: &Shop, client: &Value, secret: &Value) -> bool {
    let id = client["client_id"].as_str().unwrap().parse().unwrap();
    shop.request_token(id, secret.as_str().unwrap()).await.status == 200
}

async fn delete(shop: &Shop, token: &str, client: &Value, key: &str) -> ApiResponse {
    let request = shop.request(Method::DELETE, &path(client, "")).bearer_auth(token).header("idempotency-key", key);
    crate::shop::read(request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_client_is_created_with_a_secret_that_is_shown_once() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let body = new_client(&["refunds:write", "checkout"]);
    let created = shop.post_keyed("/api/admin/clients", &token, "k", &body).await;
    assert_eq!(created.status, 201, "{created:?}");
    let client = &created.body;
    assert_eq!(
        (created.header("location"), &client["scopes"]),
        (path(client, "").as_str(), &json!(["checkout", "refunds:write"]))
    );
    assert!(gets_token(&shop, client, &client["client_secret"]).await);
    let again = shop.post_keyed("/api/admin/clients", &token, "k", &body).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!((&again.body["client_id"], &again.body["client_secret"]), (&client["client_id"], &Value::Null));
    shop.post_keyed("/api/admin/clients", &token, "k", &new_client(&["checkout"]))
        .await
        .assert_problem(422, "key-reused");
    let shown = shop.get(&path(client, ""), &token).await.body;
    assert_eq!((&shown["name"], shown.get("client_secret")), (&json!("Back office"), None));
    let listed = shop.get("/api/admin/clients", &token).await.body;
    let items = listed["items"].as_array().unwrap();
    // Both were added in one millisecond, so their order is random.
    assert!(items.len() == 2 && items.contains(&shown), "{listed}");
    let log = shop.get("/api/admin/audit-log?action=client.add&actor=a%20test", &token).await.body;
    assert_eq!(log["items"][0]["object"], json!({ "kind": "client", "id": client["client_id"] }));
    assert!(!log.to_string().contains("hfs_"));
}

#[tokio::test]
async fn invalid_clients_are_refused() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    for body in [
        json!({ "name": "x" }),
        json!({ "scopes": ["checkout"] }),
        new_client(&[]),
        new_client(&["admin"]),
        json!({ "name": "", "scopes": ["checkout"] }),
        json!({ "name": "a\u{0}b", "scopes": ["checkout"] }),
        json!({ "name": "a\u{200b}b", "scopes": ["checkout"] }),
        json!({ "name": "admin@localhost", "scopes": ["checkout"] }),
        json!({ "name": "Operator ada", "scopes": ["checkout"] }),
        json!({ "name": "x".repeat(201), "scopes": ["checkout"] }),
        json!({ "name": "x", "scopes": "checkout" }),
        json!({ "name": "x", "scopes": ["checkout"], "secret": "mine" }),
    ] {
        shop.post("/api/admin/clients", &token, &body).await.assert_problem(422, "invalid-body");
    }
    for query in ["limit=0", "cursor=x", "q=x"] {
        shop.get(&format!("/api/admin/clients?{query}"), &token).await.assert_problem(400, "bad-query");
    }
    for id in ["nothing", "018f0000-0000-7000-8000-000000000000"] {
        shop.get(&format!("/api/admin/clients/{id}"), &token).await.assert_problem(404, "unknown-client");
        let client = json!({ "client_id": id });
        shop.post(&path(&client, "/rotate"), &token, &json!({})).await.assert_problem(404, "unknown-client");
        let scopes = json!({ "scopes": ["checkout"] });
        send(&shop, Method::PATCH, &path(&client, ""), &token, &scopes).await.assert_problem(404, "unknown-client");
        delete(&shop, &token, &client, "k").await.assert_problem(404, "unknown-client");
    }
}

/// A client must not gain a scope by another client: neither by creating it, nor by widening it, nor by learning its secret.
#[tokio::test]
async fn a_client_hands_on_only_scopes_that_it_has() {
    let shop = Shop::open().await;
    let weak = token(&shop, [Scope::ClientsRead, Scope::ClientsWrite, Scope::Checkout]).await;
    let refused = shop.post("/api/admin/clients", &weak, &new_client(&["checkout", "refunds:write"])).await;
    refused.assert_problem(403, "insufficient-scope");
    assert!(refused.header("www-authenticate").contains("scope=\"refunds:write\""), "{refused:?}");
    let own = shop.post("/api/admin/clients", &weak, &new_client(&["checkout", "clients:write"])).await;
    assert_eq!(own.status, 201);
    let widened = json!({ "scopes": ["checkout", "orders:read"] });
    send(&shop, Method::PATCH, &path(&own.body, ""), &weak, &widened).await.assert_problem(403, "insufficient-scope");

    let (strong, secret) = shop.client_with(ScopeSet::ALL).await;
    let strong = json!({ "client_id": strong });
    shop.post(&path(&strong, "/rotate"), &weak, &json!({})).await.assert_problem(403, "insufficient-scope");
    assert!(gets_token(&shop, &strong, &json!(secret)).await, "the secret is unchanged");
    // A narrowed client could be rotated, and would have a known secret once its scopes are restored.
    let fewer = json!({ "scopes": ["checkout"] });
    send(&shop, Method::PATCH, &path(&strong, ""), &weak, &fewer).await.assert_problem(403, "insufficient-scope");
    // A narrowed token counts, not its client.
    let (id, secret) = shop.client_with(ScopeSet::ALL).await;
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", &id.to_string())
        .append_pair("client_secret", &secret)
        .append_pair("scope", "clients:write")
        .finish();
    let narrow = shop.form("/api/token", form).await.body["access_token"].as_str().unwrap().to_owned();
    shop.post("/api/admin/clients", &narrow, &new_client(&["checkout"]))
        .await
        .assert_problem(403, "insufficient-scope");
    let itself = json!({ "client_id": id });
    shop.post(&path(&itself, "/rotate"), &narrow, &json!({})).await.assert_problem(403, "insufficient-scope");
}

#[tokio::test]
async fn a_secret_is_rotated_and_a_client_revoked() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    let client = shop.post("/api/admin/clients", &token, &new_client(&["checkout"])).await.body;
    let rotated = shop.post_keyed(&path(&client, "/rotate"), &token, "r", &json!({ "reason": "somebody left" })).await;
    assert_eq!(rotated.status, 200, "{rotated:?}");
    assert!(gets_token(&shop, &client, &rotated.body["client_secret"]).await);
    assert!(!gets_token(&shop, &client, &client["client_secret"]).await);
    // A repeated request leaves the secret that the first one returned.
    let again = shop.post_keyed(&path(&client, "/rotate"), &token, "r", &json!({ "reason": "somebody left" })).await;
    assert_eq!((again.header("idempotency-replayed"), &again.body["client_secret"]), ("true", &Value::Null));
    assert!(gets_token(&shop, &client, &rotated.body["client_secret"]).await);

    for _ in 0..2 {
        assert_eq!(delete(&shop, &token, &client, "d").await.status, 204);
    }
    assert_eq!(delete(&shop, &token, &client, "other").await.status, 204, "revoking again has no effect");
    assert!(!gets_token(&shop, &client, &rotated.body["client_secret"]).await);
    assert!(shop.get(&path(&client, ""), &token).await.body["revoked_at"].is_string());
    shop.post(&path(&client, "/rotate"), &token, &json!({})).await.assert_problem(409, "client-revoked");
    let scopes = json!({ "scopes": ["checkout"] });
    send(&shop, Method::PATCH, &path(&client, ""), &token, &scopes).await.assert_problem(409, "client-revoked");
    let log = shop
        .get(&format!("/api/admin/audit-log?object=client/{}", client["client_id"].as_str().unwrap()), &token)
        .await
        .body;
    let actions: Vec<_> = log["items"].as_array().unwrap().iter().map(|entry| entry["action"].clone()).collect();
    assert_eq!(actions, ["client.revoke", "client.rotate", "client.add"]);
}

#[tokio::test]
async fn clients_are_listed_page_by_page() {
    let shop = Shop::open().await;
    let token = admin(&shop).await;
    for _ in 0..3 {
        shop.client().await;
    }
    let first = shop.get("/api/admin/clients?limit=3", &token).await.body;
    let next = first["next"].as_str().unwrap();
    let last = shop.get(&format!("/api/admin/clients?limit=3&cursor={next}"), &token).await.body;
    assert_eq!((first["items"].as_array().unwrap().len(), last["items"].as_array().unwrap().len()), (3, 1));
    assert_eq!(last["next"], Value::Null);
}
