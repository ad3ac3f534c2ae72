//! `POST /api/token`, and tokens that must be rejected.

use crate::shop::{JWT_SECRET, START_MS, Shop, hash, read};
use checkout::{
    model::{Scope, ScopeSet, Timestamp},
    store::{ClientChange, ClientOutcome},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_secret_in_the_header_or_in_the_form_gets_a_valid_token() {
    let shop = Shop::open().await;
    let (id, secret) = shop.client().await;
    let request = shop
        .request(Method::POST, "/api/token")
        .basic_auth(id, Some(secret))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials&scope=checkout");
    let response = read(request.send().await.unwrap()).await;
    assert_eq!((response.status, response.header("cache-control")), (200, "no-store"));
    assert_eq!((&response.body["token_type"], &response.body["scope"]), (&json!("Bearer"), &json!("checkout")));
    assert_eq!(response.body["expires_in"], json!(3600));
    for token in [response.body["access_token"].as_str().unwrap().to_owned(), shop.token().await] {
        shop.get("/api/holds/nothing", &token).await.assert_problem(404, "unknown-hold");
    }
}

#[tokio::test]
async fn invalid_requests_get_errors_in_oauths_format() {
    let shop = Shop::open().await;
    let (id, _) = shop.client().await;
    let good = format!("client_id={id}&client_secret=a+client%27s+secret");
    for (form, status, error) in [
        (format!("grant_type=client_credentials&client_id={id}&client_secret=wrong"), 401, "invalid_client"),
        (format!("grant_type=client_credentials&client_id={id}"), 401, "invalid_client"),
        ("grant_type=client_credentials&client_id=nobody&client_secret=x".to_owned(), 401, "invalid_client"),
        (
            format!("grant_type=client_credentials&client_id={id}&client_secret={}", "x".repeat(300)),
            401,
            "invalid_client",
        ),
        (format!("grant_type=password&{good}"), 400, "unsupported_grant_type"),
        (good.clone(), 400, "invalid_request"),
        (format!("grant_type=client_credentials&grant_type=client_credentials&{good}"), 400, "invalid_request"),
        (format!("grant_type=client_credentials&scope=admin&{good}"), 400, "invalid_scope"),
        (format!("grant_type=client_credentials&scope=checkout+orders%3Aread&{good}"), 400, "invalid_scope"),
        (format!("grant_type=client_credentials&scope=checkout%2Corders%3Aread&{good}"), 400, "invalid_scope"),
        (String::new(), 400, "invalid_request"),
        ("%FF=%FF&\u{0}".to_owned(), 400, "invalid_request"),
    ] {
        let response = shop.form("/api/token", form.clone()).await;
        assert_eq!((response.status, &response.body["error"]), (status, &json!(error)), "{form}");
        assert_eq!(response.header("cache-control"), "no-store");
        assert_eq!(response.headers.contains_key("www-authenticate"), status == 401, "{form}");
    }
    let json = read(shop.request(Method::POST, "/api/token").json(&json!({})).send().await.unwrap()).await;
    assert_eq!((json.status, &json.body["error"]), (400, &json!("invalid_request")));
    for header in ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer x"] {
        let request = shop.request(Method::POST, "/api/token").header("authorization", header);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response = read(request.body("grant_type=client_credentials").send().await.unwrap()).await;
        assert_eq!((response.status, &response.body["error"]), (401, &json!("invalid_client")), "{header}");
    }
}

fn forge(kid: Option<&str>, algorithm: Algorithm, secret: &str, change: impl FnOnce(&mut Value)) -> String {
    let now = START_MS / 1000;
    let mut claims = json!({
        "iss": "holdfast", "aud": "holdfast-api", "sub": uuid::Uuid::nil(), "scope": "checkout",
        "iat": now, "exp": now + 60,
    });
    change(&mut claims);
    let header = Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

#[tokio::test]
async fn forged_and_malformed_tokens_are_401() {
    use Algorithm::{HS256, HS512};
    let shop = Shop::open().await;
    let set = |name: &'static str, value: Value| move |claims: &mut Value| claims[name] = value;
    let without = |name: &'static str| move |claims: &mut Value| drop(claims.as_object_mut().unwrap().remove(name));
    let good = forge(Some("test"), HS256, JWT_SECRET, |_| {});
    shop.get("/api/holds/nothing", &good).await.assert_problem(404, "unknown-hold");

    let (head, body) = good.rsplit_once('.').unwrap().0.split_once('.').unwrap();
    let none = "eyJhbGciOiJub25lIiwia2lkIjoidGVzdCJ9";
    assert_ne!(head, none);
    for (name, token) in [
        ("another secret", forge(Some("test"), HS256, "another key of at least 32 bytes", |_| {})),
        ("an unknown kid", forge(Some("other"), HS256, JWT_SECRET, |_| {})),
        ("no kid", forge(None, HS256, JWT_SECRET, |_| {})),
        ("another algorithm", forge(Some("test"), HS512, JWT_SECRET, |_| {})),
        ("expired", forge(Some("test"), HS256, JWT_SECRET, set("exp", json!(START_MS / 1000 - 6)))),
        ("not yet valid", forge(Some("test"), HS256, JWT_SECRET, set("nbf", json!(START_MS / 1000 + 6)))),
        ("issued tomorrow", forge(Some("test"), HS256, JWT_SECRET, set("iat", json!(START_MS / 1000 + 86_400)))),
        ("no iat", forge(Some("test"), HS256, JWT_SECRET, without("iat"))),
        ("no exp", forge(Some("test"), HS256, JWT_SECRET, without("exp"))),
        ("exp is text", forge(Some("test"), HS256, JWT_SECRET, set("exp", json!("tomorrow")))),
        ("foreign aud", forge(Some("test"), HS256, JWT_SECRET, set("aud", json!("other")))),
        ("no aud", forge(Some("test"), HS256, JWT_SECRET, without("aud"))),
        ("foreign iss", forge(Some("test"), HS256, JWT_SECRET, set("iss", json!("other")))),
        ("no iss", forge(Some("test"), HS256, JWT_SECRET, without("iss"))),
        ("sub is no id", forge(Some("test"), HS256, JWT_SECRET, set("sub", json!("me")))),
        ("oversized", forge(Some("test"), HS256, JWT_SECRET, set("pad", json!("x".repeat(4000))))),
        ("alg none", format!("{none}.{body}.")),
        ("truncated", good[..good.len() - 4].to_owned()),
        ("no signature", good.rsplit_once('.').unwrap().0.to_owned()),
        ("empty", String::new()),
        ("dots", "...".to_owned()),
        ("noise", "\u{7f}".escape_default().to_string()),
    ] {
        let response = shop.get("/api/holds/nothing", &token).await;
        assert_eq!(response.status, 401, "{name}: {response:?}");
        assert!(response.header("www-authenticate").starts_with("Bearer "), "{name}");
        response.assert_problem(401, "unauthorized");
    }
    for headers in [vec![], vec!["Basic abc"], vec!["Bearer"], vec![good.as_str()], vec!["Bearer a", "Bearer b"]] {
        let mut request = shop.request(Method::GET, "/api/holds/nothing");
        for value in headers {
            request = request.header("authorization", value);
        }
        read(request.send().await.unwrap()).await.assert_problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn a_token_without_the_scope_is_403_and_an_expired_one_401() {
    let shop = Shop::open().await;
    let weak = forge(Some("test"), Algorithm::HS256, JWT_SECRET, |claims| claims["scope"] = json!("catalogue"));
    let response = shop.get("/api/holds/nothing", &weak).await;
    response.assert_problem(403, "insufficient-scope");
    assert!(response.header("www-authenticate").contains("insufficient_scope"));

    let token = shop.token().await;
    shop.clock.advance(Duration::from_secs(3605));
    shop.get("/api/holds/nothing", &token).await.assert_problem(401, "unauthorized");
}

#[tokio::test]
async fn the_tokens_of_a_revoked_client_are_rejected_within_seconds() {
    let shop = Shop::open().await;
    let (id, secret) = shop.client().await;
    let (token, other) = (shop.token_for(id, &secret).await, shop.token().await);
    shop.get("/api/holds/nothing", &token).await.assert_problem(404, "unknown-hold");
    let change = ClientChange::Revoke { id, at: Timestamp::from_millis(START_MS) };
    let changed = shop.clients().change(&change, &shop.entry("client.revoke"), None).await.unwrap();
    assert_eq!(changed, ClientOutcome::Changed);

    assert_eq!(shop.request_token(id, &secret).await.status, 401, "a revoked client gets no token");
    let revoked = Instant::now();
    while shop.get("/api/holds/nothing", &token).await.status != 401 {
        assert!(revoked.elapsed() < Duration::from_secs(6), "the token is still valid");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    shop.get("/api/holds/nothing", &other).await.assert_problem(404, "unknown-hold");
}

#[tokio::test]
async fn a_rotated_secret_is_invalid_and_its_tokens_remain_valid() {
    let shop = Shop::open().await;
    let (id, secret) = shop.client().await;
    let token = shop.token_for(id, &secret).await;
    let change = ClientChange::SetSecret { id, secret_hash: hash("another") };
    let changed = shop.clients().change(&change, &shop.entry("client.rotate"), None).await.unwrap();
    assert_eq!(changed, ClientOutcome::Changed);
    assert_eq!(shop.request_token(id, &secret).await.status, 401);
    shop.token_for(id, "another").await;
    shop.get("/api/holds/nothing", &token).await.assert_problem(404, "unknown-hold");
}

async fn granted(shop: &Shop, id: uuid::Uuid, secret: &str, scope: &str) -> Value {
    let request = shop.request(Method::POST, "/api/token").basic_auth(id, Some(secret));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let form = format!("grant_type=client_credentials{scope}");
    let response = read(request.body(form).send().await.unwrap()).await;
    assert_eq!(response.status, 200, "{response:?}");
    response.body["scope"].clone()
}

#[tokio::test]
async fn a_token_has_the_requested_scopes_or_all_of_its_client() {
    let shop = Shop::open().await;
    let scopes = [Scope::Checkout, Scope::OrdersRead, Scope::RefundsWrite].into_iter().collect();
    let (id, secret) = shop.client_with(scopes).await;
    for (requested, expected) in [
        ("", "checkout orders:read refunds:write"),
        ("&scope=", "checkout orders:read refunds:write"),
        ("&scope=refunds%3Awrite+checkout", "checkout refunds:write"),
        ("&scope=+orders%3Aread++orders%3Aread", "orders:read"),
    ] {
        assert_eq!(granted(&shop, id, &secret, requested).await, expected, "{requested}");
    }
    // A token without the scope `checkout` places no holds.
    let token = shop.token_with(Scope::OrdersRead.into()).await;
    shop.get("/api/holds/nothing", &token).await.assert_problem(403, "insufficient-scope");
}

#[tokio::test]
async fn a_scope_that_a_client_lost_is_gone_from_its_tokens_within_seconds() {
    let shop = Shop::open().await;
    let (id, secret) = shop.client_with(ScopeSet::ALL).await;
    let token = shop.token_for(id, &secret).await;
    shop.get("/api/holds/nothing", &token).await.assert_problem(404, "unknown-hold");
    let change = ClientChange::SetScopes { id, seen: ScopeSet::ALL, scopes: Scope::OrdersRead.into() };
    let changed = shop.clients().change(&change, &shop.entry("client.scopes"), None).await.unwrap();
    assert_eq!(changed, ClientOutcome::Changed);
    let reduced = Instant::now();
    while shop.get("/api/holds/nothing", &token).await.status != 403 {
        assert!(reduced.elapsed() < Duration::from_secs(6), "the token still has the scope");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(granted(&shop, id, &secret, "").await, "orders:read");
}
