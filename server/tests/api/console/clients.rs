//! The screen of API clients.

use super::{Browser, PASSWORD, Shown};
use crate::shop::Shop;
use checkout::store::operators::Role;
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

#[tokio::test]
async fn a_client_without_a_name_or_a_scope_is_refused() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let key = ada.get("/admin/clients").await.field("key");
    for name in ["", "  ", "two\nlines", &"x".repeat(201)] {
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
    for path in
        ["/admin/clients".to_owned(), format!("/admin/clients/{id}/rotate"), format!("/admin/clients/{id}/revoke")]
    {
        shop.clock.advance(Duration::from_mins(10));
        ada.post(&path, &[("name", "another")]).await.shows(200, "Enter your password");
    }
    assert!(shop.clients().find(id).await.unwrap().unwrap().revoked_at.is_none());
    ada.post(&format!("/admin/clients/{id}/revoke"), &[("confirm_password", PASSWORD)])
        .await
        .leads_to("/admin/clients?done=client-revoked");
}
