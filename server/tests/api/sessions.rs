//! The shopper's session: made at the first reservation, by us and nobody else, and known by a cookie that is well kept.

use crate::shop::Shop;
use checkout::model::Product;
use reqwest::{Method, Response, header, redirect};
use server::config::Environment;
use std::time::Duration;
use uuid::Uuid;

/// Reserves a unit by the storefront's form, as a browser that sends this cookie.
async fn reserve(shop: &Shop, product: &Product, cookie: &str) -> Response {
    send(shop, product, cookie, &format!("key={}", Uuid::new_v4())).await
}

async fn send(shop: &Shop, product: &Product, cookie: &str, keys: &str) -> Response {
    let client = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
    let form = format!("product={}&qty=1&{keys}", product.id);
    let request = client.post(format!("http://{}/actions/reserve", shop.addr)).body(form);
    let request = request.header("content-type", "application/x-www-form-urlencoded").header("cookie", cookie);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 303, "{answer:?}");
    answer
}

fn cookie(answer: &Response) -> Option<&str> {
    answer.headers().get(header::SET_COOKIE).map(|cookie| cookie.to_str().unwrap())
}

async fn status(shop: &Shop, path: &str, cookie: &str) -> u16 {
    shop.request(Method::GET, path).header("cookie", cookie).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_cookie_is_for_this_host_and_not_for_scripts() {
    for (env, name, secure) in [
        (Environment::Development, "holdfast=", false),
        // A browser takes a __Host- cookie from this host alone, over TLS alone, and for the whole host.
        (Environment::Production, "__Host-holdfast=", true),
    ] {
        let shop = Shop::open_with(|settings| settings.common.env = env).await;
        let product = shop.product("phone", 10).await;
        let seen = shop.request(Method::GET, "/products/phone").send().await.unwrap();
        assert_eq!((seen.status().as_u16(), cookie(&seen)), (200, None), "who only looks is given none");
        let answer = reserve(&shop, &product, "").await;
        let given = cookie(&answer).unwrap();
        let attributes: Vec<_> = given.split("; ").skip(1).collect();
        assert!(given.starts_with(name), "{given}");
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(&attribute), "{attribute}: {given}");
        }
        assert_eq!(attributes.contains(&"Secure"), secure, "{given}");
        assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{given}");
    }
}

/// Else whoever plants a cookie in somebody's browser would share what is bought with it (session fixation).
#[tokio::test]
async fn a_session_that_we_did_not_make_is_not_taken_up() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let own = reserve(&shop, &product, "").await;
    let own = cookie(&own).unwrap().split(';').next().unwrap().to_owned();
    // Of the right form: our own with other letters.
    let value = own.strip_prefix("holdfast=").unwrap();
    let turned: String = value.chars().map(|c| if c.is_ascii_lowercase() { 'Z' } else { c }).collect();
    for planted in [format!("holdfast={turned}"), "holdfast=AAAAAAAAAAAAAAAAAAAAAA".to_owned(), "holdfast=x".to_owned()]
    {
        assert_ne!(planted, own);
        let answer = reserve(&shop, &product, &planted).await;
        let given = cookie(&answer).unwrap().split(';').next().unwrap();
        assert_ne!(given, planted);
        let hold = answer.headers()[header::LOCATION].to_str().unwrap();
        assert_eq!(status(&shop, hold, given).await, 200);
        for other in [&planted, &own, ""] {
            assert_eq!(status(&shop, hold, other).await, 404, "{other}");
        }
    }
}

/// A second reservation belongs to the same shopper, whose session stays what it is.
#[tokio::test]
async fn a_session_of_ours_is_kept() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let first = reserve(&shop, &product, "").await;
    let own = cookie(&first).unwrap().split(';').next().unwrap().to_owned();
    let second = reserve(&shop, &product, &own).await;
    assert!(cookie(&second).is_none_or(|given| given.starts_with(&own)), "{second:?}");
    for answer in [&first, &second] {
        assert_eq!(status(&shop, answer.headers()[header::LOCATION].to_str().unwrap(), &own).await, 200);
    }
}

/// Who reserves now and then keeps what is theirs; who only looks is not written down each time.
#[tokio::test]
async fn a_session_that_is_used_on_another_day_lasts_on() {
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

/// What an address may show (P9) repeats a request for its own shopper, and makes nobody that shopper.
#[tokio::test]
async fn a_repeated_request_is_the_same_one_and_names_no_owner() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 10).await;
    let first = reserve(&shop, &product, "").await;
    let own = cookie(&first).unwrap().split(';').next().unwrap().to_owned();
    let again = Uuid::new_v4();
    let form = || format!("key={}&again={again}", Uuid::new_v4());
    let place = |answer: &Response| answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
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
