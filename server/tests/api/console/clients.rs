//! The screen of API clients.

use super::{Browser, PASSWORD, Shown};
use crate::shop::Shop;
use checkout::store::{AuditFilter, operators::Role};
use std::time::Duration;
use uuid::Uuid;

async fn add(browser: &mut Browser<'_>, key: &str, name: &str, scopes: &[&str]) -> Shown {
    let scopes = scopes.iter().map(|scope| (*scope, "on"));
    let fields: Vec<_> = [("key", key), ("name", name)].into_iter().chain(scopes).collect();
    browser.post("/admin/clients", &fields).await
}

/// The id and the secret that a page shows once.
fn credentials(shown: &Shown) -> (Uuid, String) {
    let value = |id: &str| {
        let field = shown.text.split(&format!("id=\"{id}\"")).nth(1).unwrap();
        field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    (value("client-id").parse().unwrap(), value("client-secret"))
}

#[tokio::test]
async fn a_client_is_added_rotated_and_revoked() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let empty = ada.get("/admin/clients").await;
    empty.shows(200, "No API clients yet");
    let key = empty.field("key");
    for (name, text) in [
        ("", "Use 1 to 200 characters."),
        ("an\u{200b} app", "invisible character U+200B"),
        ("ada@example.com", "looks like an operator"),
    ] {
        add(&mut ada, &key, name, &["checkout"]).await.shows(422, text);
    }
    let added = add(&mut ada, &key, "The <b>app</b>", &["checkout", "orders:read"]).await;
    added.shows(200, "Secret of The &lt;b&gt;app");
    assert!(!added.text.contains("<b>app"));
    let (id, secret) = credentials(&added);
    assert_eq!(shop.request_token(id, &secret).await.status, 200);
    let list = ada.get("/admin/clients").await;
    list.shows(200, "checkout orders:read");
    assert!(!list.text.contains(&secret), "a secret is shown once");

    let rotated = ada.post(&format!("/admin/clients/{id}/rotate"), &[]).await;
    rotated.shows(200, "Secret of");
    let (_, new_secret) = credentials(&rotated);
    assert_eq!(shop.request_token(id, &secret).await.status, 401);
    assert_eq!(shop.request_token(id, &new_secret).await.status, 200);

    for _ in 0..2 {
        ada.post(&format!("/admin/clients/{id}/revoke"), &[]).await.leads_to("/admin/clients?done=client-revoked");
    }
    assert_eq!(shop.request_token(id, &new_secret).await.status, 401);
    let list = ada.get("/admin/clients?done=client-revoked").await;
    list.shows(200, "The client is revoked");
    list.shows(200, "Revoked");
    ada.post(&format!("/admin/clients/{id}/rotate"), &[]).await.shows(409, "the client is revoked");
    let unknown = Uuid::from_u128(1);
    for path in [format!("/admin/clients/{unknown}/rotate"), "/admin/clients/x/revoke".to_owned()] {
        ada.post(&path, &[]).await.shows(404, "");
    }
    let actions = shop.actions().await;
    assert_eq!(actions.iter().filter(|action| action.starts_with("client.")).count(), 3, "{actions:?}");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_adds_one_client() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let key = ada.get("/admin/clients").await.field("key");
    let (id, secret) = credentials(&add(&mut ada, &key, "an app", &["checkout"]).await);
    let again = add(&mut ada, &key, "an app", &["checkout"]).await;
    again.shows(409, "A secret is shown only once");
    assert!(!again.text.contains("client-secret"));
    assert_eq!(shop.request_token(id, &secret).await.status, 200);
    add(&mut ada, &key, "another app", &["checkout"]).await.shows(409, "this form was used before");
    assert_eq!(shop.clients().all().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_rotates_a_secret_once() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let key = ada.get("/admin/clients").await.field("key");
    let (id, _) = credentials(&add(&mut ada, &key, "an app", &["checkout"]).await);
    let path = format!("/admin/clients/{id}/rotate");
    let page = ada.get("/admin/clients").await;
    let row = page.text.split_once(&format!("action=\"{path}\"")).unwrap().1.to_owned();
    let key = Shown { text: row, ..page }.field("key");
    // The password is asked for, and is no part of the form that counts once.
    shop.clock.advance(Duration::from_mins(10));
    let (_, secret) = credentials(&ada.post(&path, &[("key", &key), ("confirm_password", PASSWORD)]).await);
    let again = ada.post(&path, &[("key", &key)]).await;
    again.shows(409, "this form was sent before");
    assert!(!again.text.contains("client-secret"));
    assert_eq!(shop.request_token(id, &secret).await.status, 200);
    assert_eq!(shop.actions().await.iter().filter(|action| *action == "client.rotate").count(), 1);
    let (_, newer) = credentials(&ada.post(&path, &[("key", &again.field("key"))]).await);
    assert_eq!(shop.request_token(id, &secret).await.status, 401);
    assert_eq!(shop.request_token(id, &newer).await.status, 200);
}

/// A client with the scopes `checkout` and `orders:read`, and the path of the form that changes them.
async fn client_with_scopes(ada: &mut Browser<'_>) -> (Uuid, String) {
    let key = ada.get("/admin/clients").await.field("key");
    let (id, _) = credentials(&add(ada, &key, "an app", &["checkout", "orders:read"]).await);
    (id, format!("/admin/clients/{id}/scopes"))
}

#[tokio::test]
async fn the_scopes_of_a_client_are_changed_once() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let (id, path) = client_with_scopes(&mut ada).await;
    let page = ada.get("/admin/clients").await;
    page.shows(200, &format!("action=\"{path}\""));
    page.shows(200, "name=\"seen\" value=\"checkout orders:read\"");
    let form = [("key", "a-key"), ("seen", "checkout orders:read"), ("orders:read", "on"), ("audit:read", "on")];
    for _ in 0..2 {
        ada.post(&path, &form).await.leads_to("/admin/clients?done=client-scopes");
    }
    let changed = ada.get("/admin/clients?done=client-scopes").await;
    changed.shows(200, "The scopes are changed");
    changed.shows(200, "orders:read audit:read");
    let filter = AuditFilter { action: Some("client.scopes".to_owned()), ..AuditFilter::default() };
    let entries = shop.store().audit_log().list(&filter, None, 10).await.unwrap();
    assert_eq!((entries.len(), entries[0].actor.name.as_str()), (1, "ada@example.com"));
    let (before, after) = (entries[0].before.as_deref().unwrap(), entries[0].after.as_deref().unwrap());
    assert!(before.contains("checkout") && after.contains("audit:read") && !after.contains("checkout"), "{after}");
    let client = shop.clients().find(id).await.unwrap().unwrap();
    assert_eq!(client.scopes, "orders:read audit:read".parse().unwrap());
}

#[tokio::test]
async fn a_change_of_scopes_that_is_stale_or_empty_is_refused() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let (id, path) = client_with_scopes(&mut ada).await;
    let seen = ("seen", "checkout orders:read");
    let empty = ada.post(&path, &[seen]).await;
    empty.shows(422, "choose at least one scope");
    empty.shows(422, "<details open class=\"action\"");
    ada.post(&path, &[seen, ("checkout", "on")]).await.leads_to("/admin/clients?done=client-scopes");
    // The operator's other page shows the scopes of before.
    let stale = ada.post(&path, &[seen, ("payments:read", "on")]).await;
    stale.shows(409, "somebody changed the scopes meanwhile");
    stale.shows(409, "name=\"seen\" value=\"checkout\"");
    for unread in [vec![("payments:read", "on")], vec![("seen", "root"), ("payments:read", "on")]] {
        ada.post(&path, &unread).await.shows(409, "somebody changed the scopes meanwhile");
    }
    // A key counts for one form.
    let checkout = ("seen", "checkout");
    ada.post(&path, &[("key", "a-key"), checkout, ("audit:read", "on")])
        .await
        .leads_to("/admin/clients?done=client-scopes");
    let reused = ada.post(&path, &[("key", "a-key"), ("seen", "audit:read"), ("checkout", "on")]).await;
    reused.shows(409, "this form was used before");
    assert_eq!(shop.clients().find(id).await.unwrap().unwrap().scopes, "audit:read".parse().unwrap());

    ada.post(&format!("/admin/clients/{id}/revoke"), &[]).await.leads_to("/admin/clients?done=client-revoked");
    ada.post(&path, &[("seen", "audit:read"), ("checkout", "on")]).await.shows(409, "the client is revoked");
    for path in [format!("/admin/clients/{}/scopes", Uuid::from_u128(1)), "/admin/clients/x/scopes".to_owned()] {
        ada.post(&path, &[seen, ("checkout", "on")]).await.shows(404, "");
    }
    assert_eq!(shop.actions().await.iter().filter(|action| *action == "client.scopes").count(), 2);
}

#[tokio::test]
async fn a_client_without_a_name_or_a_scope_is_refused() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let key = ada.get("/admin/clients").await.field("key");
    for name in ["", "  ", &"x".repeat(201)] {
        add(&mut ada, &key, name, &["checkout"]).await.shows(422, "Use 1 to 200 characters");
    }
    let refused = add(&mut ada, &key, "an app", &["root"]).await;
    refused.shows(422, "Choose at least one scope");
    assert_eq!(refused.field("key"), key);
    assert!(shop.clients().all().await.unwrap().is_empty());
    // Without a key, as from another program, the request stands for itself.
    add(&mut ada, "", "an app", &["checkout"]).await.shows(200, "Secret of");
}

#[tokio::test]
async fn changes_of_clients_need_a_fresh_password() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let key = ada.get("/admin/clients").await.field("key");
    let (id, _) = credentials(&add(&mut ada, &key, "an app", &["checkout"]).await);
    let changes = ["scopes", "rotate", "revoke"].map(|action| format!("/admin/clients/{id}/{action}"));
    for path in ["/admin/clients".to_owned()].into_iter().chain(changes) {
        shop.clock.advance(Duration::from_mins(10));
        ada.post(&path, &[("name", "another")]).await.shows(200, "Enter your password");
    }
    assert!(shop.clients().find(id).await.unwrap().unwrap().revoked_at.is_none());
    ada.post(&format!("/admin/clients/{id}/revoke"), &[("confirm_password", PASSWORD)])
        .await
        .leads_to("/admin/clients?done=client-revoked");
}
