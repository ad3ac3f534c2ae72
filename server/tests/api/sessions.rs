//! Shoppers' sessions: the cookie's attributes, its lifetime, and protection against session fixation.

use crate::shop::Shop;
use checkout::model::Product;
use reqwest::{Method, Response, header, redirect};
use server::config::Environment;
use std::time::Duration;
use uuid::Uuid;

/// Reserves a unit by the storefront's form, as a browser with this cookie.
async fn reserve(shop: &Shop, product: &Product, cookie: &str) -> Response {
    send(shop, product, cookie, &format!("key={}", Uuid::new_v4())).await
}

async fn send(shop: &Shop, product: &Product, cookie: &str, keys: &str) -> Response {
    let client = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
    let form = format!("product={}&qty=1&{keys}", product.id);
    let request = client.post(format!("http://{}/actions/reserve", shop.addr)).body(form);
    let request = request.header("content-type", "application/x-www-form-urlencoded").header("cookie", cookie);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 303, "{response:?}");
    response
}

fn cookie(response: &Response) -> Option<&str> {
    response.headers().get(header::SET_COOKIE).map(|cookie| cookie.to_str().unwrap())
}

async fn status(shop: &Shop, path: &str, cookie: &str) -> u16 {
    shop.request(Method::GET, path).header("cookie", cookie).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_cookie_has_its_security_attributes() {
    for (env, name, secure) in [
        (Environment::Development, "holdfast=", false),
        // Browsers accept a __Host- cookie only over TLS, for this host alone and for all its paths.
        (Environment::Production, "__Host-holdfast=", true),
    ] {
        let shop = Shop::open_with(|settings| settings.common.env = env).await;
        let product = shop.product("phone", 10).await;
        let seen = shop.request(Method::GET, "/products/phone").send().await.unwrap();
        assert_eq!((seen.status().as_u16(), cookie(&seen)), (200, None), "pages without a reservation set no cookie");
        let response = reserve(&shop, &product, "").await;
        let given = cookie(&response).unwrap();
        let attributes: Vec<_> = given.split("; ").skip(1).collect();
        assert!(given.starts_with(name), "{given}");
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(&attribute), "{attribute}: {given}");
        }
        assert_eq!(attributes.contains(&"Secure"), secure, "{given}");
        assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{given}");
    }
}

/// Otherwise an attacker could plant a cookie in a browser and share its purchases (session fixation).
#[tokio::test]
async fn a_session_id_that_the_server_did_not_issue_is_replaced() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let own = reserve(&shop, &product, "").await;
    let own = cookie(&own).unwrap().split(';').next().unwrap().to_owned();
    // A value of valid form: the own one with other letters.
    let value = own.strip_prefix("holdfast=").unwrap();
    let altered: String = value.chars().map(|c| if c.is_ascii_lowercase() { 'Z' } else { c }).collect();
    for planted in
        [format!("holdfast={altered}"), "holdfast=AAAAAAAAAAAAAAAAAAAAAA".to_owned(), "holdfast=x".to_owned()]
    {
        assert_ne!(planted, own);
        let response = reserve(&shop, &product, &planted).await;
        let given = cookie(&response).unwrap().split(';').next().unwrap();
        assert_ne!(given, planted);
        let hold = response.headers()[header::LOCATION].to_str().unwrap();
        assert_eq!(status(&shop, hold, given).await, 200);
        for other in [&planted, &own, ""] {
            assert_eq!(status(&shop, hold, other).await, 404, "{other}");
        }
    }
}

/// A second reservation belongs to the same shopper, and the session stays the same.
#[tokio::test]
async fn a_valid_session_is_kept() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let first = reserve(&shop, &product, "").await;
    let own = cookie(&first).unwrap().split(';').next().unwrap().to_owned();
    let second = reserve(&shop, &product, &own).await;
    assert!(cookie(&second).is_none_or(|given| given.starts_with(&own)), "{second:?}");
    for response in [&first, &second] {
        assert_eq!(status(&shop, response.headers()[header::LOCATION].to_str().unwrap(), &own).await, 200);
    }
}

/// The session is extended at most once a day, so that most requests write nothing.
#[tokio::test]
async fn a_session_that_is_used_on_another_day_is_extended() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let first = reserve(&shop, &product, "").await;
    let own = cookie(&first).unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(cookie(&reserve(&shop, &product, &own).await), None, "the same day");
    shop.clock.advance(Duration::from_hours(24));
    let next_day = reserve(&shop, &product, &own).await;
    let kept = cookie(&next_day).unwrap();
    assert!(kept.starts_with(&own) && kept.contains("Max-Age=2592000"), "{kept}");
}

/// The key in an address (P9) repeats a request of its own shopper. It does not identify the shopper.
#[tokio::test]
async fn a_repeated_form_is_replayed_for_its_own_shopper_only() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let first = reserve(&shop, &product, "").await;
    let own = cookie(&first).unwrap().split(';').next().unwrap().to_owned();
    let again = Uuid::new_v4();
    let form = || format!("key={}&again={again}", Uuid::new_v4());
    let place = |response: &Response| response.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let once = place(&send(&shop, &product, &own, &form()).await);
    assert_eq!(place(&send(&shop, &product, &own, &form()).await), once);
    let stranger = send(&shop, &product, "", &format!("key={again}&again={again}")).await;
    let theirs = cookie(&stranger).unwrap().split(';').next().unwrap();
    assert_ne!(place(&stranger), once);
    assert_eq!((status(&shop, &once, theirs).await, status(&shop, &once, &own).await), (404, 200));
    let page =
        shop.request(Method::GET, &format!("/products/phone?no=unknown&qty=1&again={again}")).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains(&format!(r#"name="again" value="{again}""#)), "{page}");
    assert!(!page.contains(&format!(r#"name="key" value="{again}""#)));
}
