//! `/sandbox/mail`: the mails of a development server.

use crate::{
    checkout_form::{EMAIL, Shopper, html, id},
    shop::{ApiResponse, Shop, read},
};
use checkout::model::{Money, ProductDraft};
use reqwest::Method;
use serde_json::Value;
use server::config::{Environment, secret::Secret};
use std::time::Duration;

const CSP: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A name that breaks HTML, if it can.
const HOSTILE: &str = "<img src=x onerror=alert(1)> \"Phone\"";

async fn get(shop: &Shop, path: &str) -> ApiResponse {
    read(shop.request(Method::GET, path).send().await.unwrap()).await
}

/// Waits for the only mail.
pub(crate) async fn mail(shop: &Shop) -> Value {
    for _ in 0..400 {
        let mails = get(shop, "/sandbox/mail.json").await;
        assert_eq!(mails.status, 200, "{mails:?}");
        if let [mail] = mails.body.as_array().unwrap().as_slice() {
            return mail.clone();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("there is no mail");
}

#[track_caller]
fn assert_page(response: &ApiResponse) {
    assert_eq!((response.status, response.header("content-type")), (200, "text/html; charset=utf-8"), "{response:?}");
    assert_eq!(response.header("content-security-policy"), CSP);
    assert!(!html(response).contains("<script") && !html(response).contains("<img"), "{response:?}");
}

#[tokio::test]
async fn a_developer_reads_the_mails_and_follows_their_links() {
    let shop = Shop::open_with(|settings| settings.mail.link_secrets = vec![Secret::new("a secret of links")]).await;
    let empty = get(&shop, "/sandbox/mail").await;
    assert_page(&empty);
    assert!(html(&empty).contains("There are no mails yet"), "{empty:?}");
    assert_eq!(get(&shop, "/sandbox/mail.json").await.body, serde_json::json!([]));

    let price = Money { minor: 500_000, currency: "USD".parse().unwrap() };
    let product = shop.add(ProductDraft::new("phone".parse().unwrap(), HOSTILE, price, 5)).await;
    let order = id(&Shopper::reserve(&shop, &product).await.order(&EMAIL).await);
    let mail = mail(&shop).await;
    assert_eq!(
        (mail["to"].as_str(), mail["subject"].as_str()),
        (Some(EMAIL[0].1), Some(&*format!("Order received: {HOSTILE}")))
    );
    let list = get(&shop, "/sandbox/mail").await;
    assert_page(&list);
    let path = format!("/sandbox/mail/{}", mail["id"].as_str().unwrap());
    assert!(html(&list).contains(&format!("href=\"{path}\"")) && html(&list).contains(EMAIL[0].1), "{list:?}");
    let shown = get(&shop, &path).await;
    assert_page(&shown);
    assert!(html(&shown).contains("sandbox=\"\""), "the mail's own HTML has no rights: {shown:?}");

    let text = mail["text"].as_str().unwrap();
    let link = text.split_whitespace().find(|word| word.contains("/open?expires=")).unwrap();
    let path = link.strip_prefix(&format!("http://{}", shop.addr)).unwrap();
    let mut visitor = Shopper::arrive(&shop);
    let opened = visitor.follow(path).await;
    assert_eq!((opened.status, opened.header("location")), (303, &*format!("/orders/{order}")));
    assert_eq!(visitor.page(&format!("/orders/{order}")).await.status, 200);
    for unknown in [order.as_str(), "nothing", "%00"] {
        assert_eq!(get(&shop, &format!("/sandbox/mail/{unknown}")).await.status, 404, "{unknown}");
    }
}

#[tokio::test]
async fn mails_are_shown_where_nobody_receives_them_and_nowhere_else() {
    let in_production = Shop::open_with(|settings| settings.common.env = Environment::Production).await;
    let with_a_server = Shop::open_with(|settings| {
        settings.mail.smtp = Some("smtp://127.0.0.1:9".parse().unwrap());
        settings.mail.from = Some("shop@shop.example".parse().unwrap());
    })
    .await;
    for shop in [in_production, with_a_server] {
        for path in ["/sandbox/mail", "/sandbox/mail.json", "/sandbox/mail/0198c0de-0000-7000-8000-000000000000"] {
            assert_eq!(get(&shop, path).await.status, 404, "{path}");
        }
    }
}

#[tokio::test]
async fn mails_are_shown_under_the_shops_own_addresses_alone() {
    let public = "https://shop.example";
    let shop = Shop::open_with(|settings| settings.common.public_url = Some(public.to_owned())).await;
    for (host, expected) in [
        ("127.0.0.1:3000", 200),
        ("[::1]:3000", 200),
        ("localhost:3000", 200),
        ("Shop.example", 200),
        ("evil.test", 404),
        ("evil.test:3000", 404),
        ("127.0.0.1.evil.test", 404),
        ("localhost.evil.test", 404),
    ] {
        for path in ["/sandbox/mail", "/sandbox/mail.json"] {
            let response = shop.request(Method::GET, path).header("host", host).send().await.unwrap();
            assert_eq!(response.status(), expected, "{host} {path}");
        }
    }
}
