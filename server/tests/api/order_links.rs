//! `GET /orders/{order}/open`: what the signed link of a mail opens, and for how long.

use crate::{
    checkout_form::{EMAIL, Shopper, UNKNOWN_ID, html, id},
    shop::{ApiResponse, Shop},
};
use checkout::model::{OrderId, OrderStatus};
use integrations::mail::OrderLinks;
use server::config::secret::Secret;
use std::time::Duration;
use tempfile::TempDir;

const SECRET: &str = "a secret of links for tests";
const NEW_SECRET: &str = "the secret after a rotation";

/// A shop whose mails have signed links.
async fn open() -> Shop {
    Shop::open_with(|settings| settings.mail.link_secrets = vec![Secret::new(SECRET)]).await
}

/// A shop on a database that outlives it.
async fn open_on(dir: &TempDir, secrets: &[&str]) -> Shop {
    Shop::open_with(|settings| {
        settings.common.database_url = format!("sqlite://{}/shop.db", dir.path().display());
        settings.mail.link_secrets = secrets.iter().map(|secret| Secret::new(secret)).collect();
    })
    .await
}

/// The path and query of an order's link.
fn link(shop: &Shop, order: &str, secret: &str) -> String {
    OrderLinks::new(String::new(), vec![secret.as_bytes().to_vec()]).sign(order.parse().unwrap(), shop.checkout.now())
}

fn path(order: &str) -> String {
    format!("/orders/{order}")
}

async fn status(shop: &Shop, order: &str) -> OrderStatus {
    let order: OrderId = order.parse().unwrap();
    shop.checkout.order_of_any_owner(order).await.unwrap().status()
}

/// Asserts that the response keeps its address out of caches, referrers and search engines.
#[track_caller]
fn assert_kept_secret(response: &ApiResponse) {
    assert_eq!(response.header("referrer-policy"), "no-referrer", "{response:?}");
    assert_eq!(response.header("cache-control"), "private, no-store", "{response:?}");
    assert_eq!(response.header("x-robots-tag"), "noindex, nofollow", "{response:?}");
}

#[track_caller]
fn assert_refused(response: &ApiResponse, status: u16) {
    assert_eq!(response.status, status, "{response:?}");
    assert_kept_secret(response);
    assert!(html(response).contains("This link has stopped working"), "{response:?}");
    assert!(!html(response).contains("signature"), "{response:?}");
    assert_eq!(response.header("set-cookie"), "");
}

#[tokio::test]
async fn a_link_opens_its_order_and_no_other() {
    let shop = open().await;
    let (phone, watch) = (shop.product("phone", 5).await, shop.product("watch", 5).await);
    let mut shopper = Shopper::reserve(&shop, &phone).await;
    let first = id(&shopper.order(&EMAIL).await);
    shopper.reserve_another(&watch).await;
    let second = id(&shopper.order(&EMAIL).await);

    let mut visitor = Shopper::arrive(&shop);
    let opened = visitor.follow(&link(&shop, &first, SECRET)).await;
    assert_eq!((opened.status, opened.header("location")), (303, &*path(&first)));
    assert_kept_secret(&opened);
    assert!(!visitor.cookie.is_empty() && visitor.cookie != shopper.cookie);
    let page = visitor.page(&path(&first)).await;
    assert!(page.status == 200 && html(&page).contains("Pay now"), "{page:?}");
    assert_eq!(visitor.page(&format!("/live{}", path(&second))).await.status, 404);
    // The other order of the same shopper stays closed to everything that a visitor can send.
    assert_eq!(visitor.page(&path(&second)).await.status, 404);
    for form in ["/actions/cancel", "/actions/pay"] {
        let refused = visitor.submit(form, &[("order", &second)]).await;
        assert_eq!((refused.status, refused.header("location")), (303, &*path(&second)), "{form}");
    }
    assert_eq!(status(&shop, &second).await, OrderStatus::Pending);
    let list = visitor.page("/orders").await;
    assert!(list.status == 200 && !html(&list).contains(&second), "{list:?}");
    // A visitor without the link sees nothing.
    assert_eq!(Shopper::arrive(&shop).page(&path(&first)).await.status, 404);
}

#[tokio::test]
async fn who_has_the_link_can_pay_and_cancel() {
    let shop = open().await;
    let (phone, watch) = (shop.product("phone", 5).await, shop.product("watch", 5).await);
    let paid = id(&Shopper::reserve(&shop, &phone).await.order(&EMAIL).await);
    let cancelled = id(&Shopper::reserve(&shop, &watch).await.order(&EMAIL).await);
    let mut visitor = Shopper::arrive(&shop);
    for order in [&paid, &cancelled] {
        assert_eq!(visitor.follow(&link(&shop, order, SECRET)).await.status, 303);
    }
    let leads = visitor.submit("/actions/pay", &[("order", &paid)]).await;
    let target = format!("/sandbox/pay/{paid}");
    assert_eq!((leads.status, leads.header("location")), (303, &*target));
    assert_eq!(visitor.page(&target).await.status, 200);
    let key = uuid::Uuid::new_v4().to_string();
    visitor.submit("/actions/sandbox", &[("order", &paid), ("act", "pay"), ("key", &key)]).await;
    assert_eq!(status(&shop, &paid).await, OrderStatus::Paid);
    let ended = visitor.submit("/actions/cancel", &[("order", &cancelled)]).await;
    assert_eq!((ended.status, ended.header("location")), (303, &*path(&cancelled)));
    assert_eq!(status(&shop, &cancelled).await, OrderStatus::Cancelled);
    assert!(shop.checkout.audit().await.unwrap().clean);
}

#[tokio::test]
async fn a_link_and_what_it_opened_end_after_thirty_days() {
    let shop = open().await;
    let order = id(&Shopper::reserve(&shop, &shop.product("phone", 5).await).await.order(&EMAIL).await);
    let link = link(&shop, &order, SECRET);
    let mut visitor = Shopper::arrive(&shop);
    visitor.follow(&link).await;
    assert_eq!(visitor.page(&path(&order)).await.status, 200);
    shop.clock.advance(Duration::from_hours(30 * 24));
    assert_refused(&Shopper::arrive(&shop).page(&link).await, 410);
    assert_eq!(visitor.page(&path(&order)).await.status, 404);
}

#[tokio::test]
async fn a_forged_link_opens_nothing() {
    let shop = open().await;
    let product = shop.product("phone", 5).await;
    let order = id(&Shopper::reserve(&shop, &product).await.order(&EMAIL).await);
    let other = id(&Shopper::reserve(&shop, &product).await.order(&EMAIL).await);
    let right = link(&shop, &order, SECRET);
    let (head, signature) = right.rsplit_once('=').unwrap();
    let (address, expires) = head.split_once("?expires=").unwrap();
    let expires: i64 = expires.split('&').next().unwrap().parse().unwrap();
    for forged in [
        right.replace(&order, &other),
        right.replace(&order, UNKNOWN_ID),
        right.replace(&order, "nothing"),
        link(&shop, &order, NEW_SECRET),
        format!("{head}={}", "0".repeat(64)),
        format!("{head}={}", signature.to_uppercase()),
        format!("{head}={}", "%00".repeat(64)),
        format!("{head}="),
        format!("{address}?expires={}&signature={signature}", expires + 1),
        format!("{address}?expires={}&signature={signature}", i64::MAX),
        format!("{address}?expires=soon&signature={signature}"),
        format!("{address}?expires={expires}&expires={expires}&signature={signature}"),
        format!("{address}?signature={signature}"),
        address.to_owned(),
    ] {
        let mut visitor = Shopper::arrive(&shop);
        assert_refused(&visitor.follow(&forged).await, 403);
        assert_eq!(visitor.page(&path(&order)).await.status, 404, "{forged}");
    }
    assert_eq!(Shopper::arrive(&shop).page(&right).await.status, 303, "the link itself works");
}

#[tokio::test]
async fn a_secret_that_is_rotated_out_takes_its_links_and_what_they_opened_along() {
    let dir = tempfile::tempdir().unwrap();
    let shop = open_on(&dir, &[SECRET]).await;
    let order = id(&Shopper::reserve(&shop, &shop.product("phone", 5).await).await.order(&EMAIL).await);
    let old = link(&shop, &order, SECRET);
    let mut visitor = Shopper::arrive(&shop);
    visitor.follow(&old).await;
    let cookie = visitor.cookie.clone();
    stop(shop).await;
    // Both verify during the rotation.
    let shop = open_on(&dir, &[NEW_SECRET, SECRET]).await;
    let mut visitor = Shopper::arrive(&shop);
    visitor.cookie.clone_from(&cookie);
    assert_eq!(visitor.page(&path(&order)).await.status, 200);
    assert_eq!(Shopper::arrive(&shop).page(&old).await.status, 303);
    stop(shop).await;
    let shop = open_on(&dir, &[NEW_SECRET]).await;
    let mut visitor = Shopper::arrive(&shop);
    visitor.cookie.clone_from(&cookie);
    assert_eq!(visitor.page(&path(&order)).await.status, 404);
    assert_refused(&Shopper::arrive(&shop).page(&old).await, 403);
    assert_eq!(visitor.follow(&link(&shop, &order, NEW_SECRET)).await.status, 303);
    assert_eq!(visitor.page(&path(&order)).await.status, 200);
}

async fn stop(shop: Shop) {
    shop.stopping.cancel();
    tokio::time::timeout(Duration::from_secs(20), shop.serving).await.unwrap().unwrap();
}
