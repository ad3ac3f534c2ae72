//! Each call of the admin API needs a token with its scope.

use super::send;
use crate::shop::{Shop, read};
use checkout::{
    model::{Scope, ScopeSet},
    store::ClientChange,
};
use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;

/// Each call with its scope.
const CALLS: [(&str, &str, Scope); 47] = [
    ("get", "/api/admin/products", Scope::CatalogRead),
    ("post", "/api/admin/products", Scope::CatalogWrite),
    ("get", "/api/admin/products/{product}", Scope::CatalogRead),
    ("patch", "/api/admin/products/{product}", Scope::CatalogWrite),
    ("post", "/api/admin/products/{product}/stock", Scope::CatalogWrite),
    ("post", "/api/admin/products/{product}/pause", Scope::CatalogWrite),
    ("post", "/api/admin/products/{product}/resume", Scope::CatalogWrite),
    ("post", "/api/admin/products/{product}/archive", Scope::CatalogWrite),
    ("post", "/api/admin/products/{product}/pictures", Scope::CatalogWrite),
    ("patch", "/api/admin/products/{product}/pictures/{picture}", Scope::CatalogWrite),
    ("delete", "/api/admin/products/{product}/pictures/{picture}", Scope::CatalogWrite),
    ("get", "/api/admin/orders", Scope::OrdersRead),
    ("get", "/api/admin/orders/export", Scope::OrdersRead),
    ("get", "/api/admin/orders/{order}", Scope::OrdersRead),
    ("post", "/api/admin/orders/{order}/cancel", Scope::OrdersWrite),
    ("post", "/api/admin/orders/{order}/receipt", Scope::OrdersWrite),
    ("post", "/api/admin/orders/{order}/refunds", Scope::RefundsWrite),
    ("post", "/api/admin/customers/erase", Scope::OrdersWrite),
    ("get", "/api/admin/payments", Scope::PaymentsRead),
    ("get", "/api/admin/payments/{payment}", Scope::PaymentsRead),
    ("post", "/api/admin/payments/{payment}/replay", Scope::PaymentsWrite),
    ("get", "/api/admin/outbox", Scope::PaymentsRead),
    ("post", "/api/admin/outbox/{job}/retry", Scope::PaymentsWrite),
    ("post", "/api/admin/reconcile", Scope::PaymentsWrite),
    ("get", "/api/admin/refunds", Scope::OrdersRead),
    ("get", "/api/admin/refunds/{refund}", Scope::OrdersRead),
    ("post", "/api/admin/refunds/{refund}/done", Scope::RefundsWrite),
    ("post", "/api/admin/refunds/{refund}/retry", Scope::RefundsWrite),
    ("post", "/api/admin/refunds/{refund}/send", Scope::RefundsWrite),
    ("get", "/api/admin/audit-log", Scope::AuditRead),
    ("get", "/api/admin/clients", Scope::ClientsRead),
    ("post", "/api/admin/clients", Scope::ClientsWrite),
    ("get", "/api/admin/clients/{client}", Scope::ClientsRead),
    ("patch", "/api/admin/clients/{client}", Scope::ClientsWrite),
    ("post", "/api/admin/clients/{client}/rotate", Scope::ClientsWrite),
    ("delete", "/api/admin/clients/{client}", Scope::ClientsWrite),
    ("get", "/api/admin/webhooks", Scope::WebhooksRead),
    ("post", "/api/admin/webhooks", Scope::WebhooksWrite),
    ("get", "/api/admin/webhooks/{endpoint}", Scope::WebhooksRead),
    ("patch", "/api/admin/webhooks/{endpoint}", Scope::WebhooksWrite),
    ("delete", "/api/admin/webhooks/{endpoint}", Scope::WebhooksWrite),
    ("post", "/api/admin/webhooks/{endpoint}/enable", Scope::WebhooksWrite),
    ("post", "/api/admin/webhooks/{endpoint}/disable", Scope::WebhooksWrite),
    ("post", "/api/admin/webhooks/{endpoint}/rotate", Scope::WebhooksWrite),
    ("post", "/api/admin/webhooks/{endpoint}/test", Scope::WebhooksWrite),
    ("get", "/api/admin/webhook-deliveries", Scope::WebhooksRead),
    ("post", "/api/admin/webhook-deliveries/{delivery}/redeliver", Scope::WebhooksWrite),
];

fn method(name: &str) -> Method {
    name.to_uppercase().parse().unwrap()
}

/// Returns a path in which each parameter is an id that nothing has.
fn path(template: &str) -> String {
    let id = "018f0000-0000-7000-8000-000000000000";
    template.split('/').map(|part| if part.starts_with('{') { id } else { part }).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn the_table_lists_each_documented_call_with_its_scope() {
    let shop = Shop::open().await;
    let document = shop.get("/api/openapi.json", "").await.body;
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|_| path.starts_with("/api/admin")) {
            let scopes = operation["security"][0]["oauth2"].as_array().unwrap();
            assert_eq!((scopes.len(), &operation["security"][1]), (1, &json!({ "bearer": [] })), "{method} {path}");
            documented.insert((method.clone(), path.clone(), scopes[0].as_str().unwrap().to_owned()));
        }
    }
    let listed =
        CALLS.iter().map(|(method, path, scope)| ((*method).to_owned(), (*path).to_owned(), scope.to_string()));
    assert_eq!(documented, listed.collect());
}

#[tokio::test]
async fn each_call_needs_its_scope_and_no_other() {
    let shop = Shop::open().await;
    for scope in Scope::ALL {
        let token = shop.token_with(scope.into()).await;
        for (name, template, required) in CALLS {
            let response = send(&shop, method(name), &path(template), &token, &json!({})).await;
            if required == scope {
                assert!(![401, 403].contains(&response.status), "{name} {template} {scope}: {response:?}");
            } else {
                response.assert_problem(403, "insufficient-scope");
                let challenge =
                    format!("Bearer realm=\"holdfast\", error=\"insufficient_scope\", scope=\"{required}\"");
                assert_eq!(response.header("www-authenticate"), challenge, "{name} {template}");
            }
        }
    }
}

#[tokio::test]
async fn each_call_needs_a_token() {
    let shop = Shop::open().await;
    for (name, template, _) in CALLS {
        let response = read(shop.request(method(name), &path(template)).json(&json!({})).send().await.unwrap()).await;
        response.assert_problem(401, "unauthorized");
        assert_eq!(response.header("www-authenticate"), "Bearer realm=\"holdfast\"");
        let forged = send(&shop, method(name), &path(template), "forged", &json!({})).await;
        forged.assert_problem(401, "unauthorized");
    }
    let head = shop.request(Method::HEAD, "/api/admin/orders").send().await.unwrap();
    assert_eq!(head.status(), 401);
}

/// Admin calls read the client's row, so they do not wait for the next reload.
#[tokio::test]
async fn a_lost_scope_and_a_revocation_count_at_once() {
    let shop = Shop::open().await;
    let (id, secret) = shop.client_with(ScopeSet::ALL).await;
    let token = shop.token_for(id, &secret).await;
    assert_eq!(shop.get("/api/admin/orders", &token).await.status, 200);
    let fewer = ScopeSet::from(Scope::CatalogRead);
    let change = ClientChange::SetScopes { id, seen: ScopeSet::ALL, scopes: fewer };
    shop.clients().change(&change, &shop.entry("client.scopes"), None).await.unwrap();
    shop.get("/api/admin/orders", &token).await.assert_problem(403, "insufficient-scope");
    assert_eq!(shop.get("/api/admin/products", &token).await.status, 200);
    let revoked = ClientChange::Revoke { id, at: shop.checkout.now() };
    shop.clients().change(&revoked, &shop.entry("client.revoke"), None).await.unwrap();
    shop.get("/api/admin/products", &token).await.assert_problem(401, "unauthorized");
}

/// A token that was narrowed has no scope of its client beyond it.
#[tokio::test]
async fn a_narrowed_token_makes_the_calls_of_its_own_scopes() {
    let shop = Shop::open().await;
    let (id, secret) = shop.client_with(ScopeSet::ALL).await;
    let form = format!(
        "grant_type=client_credentials&client_id={id}&client_secret={}&scope=orders%3Aread",
        secret.replace(' ', "+").replace('\'', "%27")
    );
    let response = shop.form("/api/token", form).await;
    assert_eq!((response.status, &response.body["scope"]), (200, &json!("orders:read")), "{response:?}");
    let token = response.body["access_token"].as_str().unwrap();
    assert_eq!(shop.get("/api/admin/orders", token).await.status, 200);
    shop.get("/api/admin/products", token).await.assert_problem(403, "insufficient-scope");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let shop = Shop::open().await;
    let token = shop.token_with(ScopeSet::ALL).await;
    for path in ["/api/admin", "/api/admin/", "/api/admin/nothing", "/api/admin/orders/"] {
        shop.get(path, &token).await.assert_problem(404, "not-found");
    }
    send(&shop, Method::PUT, "/api/admin/orders", &token, &json!({})).await.assert_problem(405, "method-not-allowed");
}
