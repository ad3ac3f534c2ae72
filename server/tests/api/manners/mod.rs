//! The web's manners: what crawlers, messengers, home screens and the back button get.

mod caching;
mod cards;
mod files;
mod head;
mod languages;

use crate::shop::Shop;
use checkout::model::{Money, ProductDraft, SaleWindow, Timestamp};
use reqwest::{Method, Response};
use std::{fs, time::Duration};

/// A name that would leave an element, an attribute, a script or a drawing that does not escape it.
const HOSTILE: &str = "</script></text></title><image href='/x'/>\" onload=\"x\" & '<!--";

/// Returns the value of a header; empty if there is none.
fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

impl Shop {
    async fn ask(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// Returns the text at a path.
    async fn text(&self, path: &str) -> String {
        let response = self.ask(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }
}

/// A product whose sale has no window.
fn draft(slug: &str, name: &str, stock: u32) -> ProductDraft {
    let price = Money { minor: 500_000, currency: "USD".parse().unwrap() };
    ProductDraft::new(slug.parse().unwrap(), name, price, stock)
}

/// A product whose sale is open in this part of the time from `now`, in minutes.
fn with_window(shop: &Shop, slug: &str, from: i64, to: i64) -> ProductDraft {
    let at = |minutes: i64| Some(Timestamp::from_millis(shop.checkout.now().as_millis() + minutes * 60_000));
    ProductDraft { window: SaleWindow { starts_at: at(from), ends_at: at(to) }, ..draft(slug, "Lamp", 3) }
}

/// A shop at a public address and with a name.
async fn named_shop() -> Shop {
    Shop::open_with(|settings| {
        settings.common.public_url = Some("https://shop.example".to_owned());
        "Fast & Fair".clone_into(&mut settings.mail.shop_name);
        settings.mail.contact = Some("help@shop.example".parse().unwrap());
    })
    .await
}
