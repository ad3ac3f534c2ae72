//! The page of a product while its sale changes: what it shows in each state, its stream, and its calendar file.

use crate::{events::Events, shop::Shop};
use checkout::model::{Money, Product, ProductDraft, SaleWindow};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

const MINUTE: Duration = Duration::from_mins(1);

/// Adds a product that is sold from one minute on, for one minute.
async fn upcoming(shop: &Shop, stock: u32) -> Product {
    let now = shop.checkout.now();
    let window = SaleWindow { starts_at: Some(now + MINUTE), ends_at: Some(now + 2 * MINUTE) };
    let price = Money { minor: 500_000, currency: "USD".parse().unwrap() };
    let draft = ProductDraft::new("phone".parse().unwrap(), "Phone; black, 64 GB", price, stock);
    shop.add(ProductDraft { window, ..draft }).await
}

async fn page(shop: &Shop, path: &str) -> String {
    let response = shop.request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

/// Returns the start tag of the first element with this text in it.
fn tag<'a>(page: &'a str, text: &str) -> &'a str {
    let at = page.find(text).unwrap_or_else(|| panic!("no {text}: {page}"));
    let start = page[..at].rfind('<').unwrap();
    &page[start..=start + page[start..].find('>').unwrap()]
}

fn is_hidden(page: &str, text: &str) -> bool {
    tag(page, text).contains(" hidden")
}

#[tokio::test]
async fn pages_of_a_coming_sale_learn_how_many_wait() {
    let shop = Shop::open().await;
    let product = upcoming(&shop, 5).await;
    let path = format!("/live/products/{}", product.id);
    let mut first = Events::open(&shop, &path, "").await;
    let (name, id, data) = first.event().await;
    assert_eq!((name.as_str(), id, &data["available"]), ("stock", data["version"].as_u64(), &json!(5)));
    assert_eq!(first.event().await, ("watching".to_owned(), None, json!(1)));
    let mut second = Events::open(&shop, &path, "").await;
    assert_eq!(second.event().await.0, "stock");
    assert_eq!(second.event().await, ("watching".to_owned(), None, json!(2)));
    assert_eq!(first.event().await, ("watching".to_owned(), None, json!(2)), "at most once in five seconds");
    drop(second);
    assert_eq!(first.event().await, ("watching".to_owned(), None, json!(1)));
    // The stream of the API has stock alone.
    let mut api = Events::open(&shop, &format!("/api/products/{}/events", product.id), "").await;
    assert_eq!(api.event().await.0, "stock");
    shop.clock.advance(MINUTE);
    let token = shop.token().await;
    shop.hold(&token, &product, 2).await;
    assert_eq!(api.event().await.2["held"], json!(2));
}

#[tokio::test]
async fn pages_of_a_running_sale_get_stock_alone() {
    let shop = Shop::open().await;
    let product = upcoming(&shop, 5).await;
    shop.clock.advance(MINUTE);
    let mut events = Events::open(&shop, "/live/products/phone", "").await;
    assert_eq!(events.event().await.2["held"], json!(0));
    let token = shop.token().await;
    shop.hold(&token, &product, 2).await;
    let (name, _, data) = events.event().await;
    assert_eq!((name.as_str(), &data["held"]), ("stock", &json!(2)));
    let unknown = shop.request(Method::GET, "/live/products/nothing").send().await.unwrap();
    assert_eq!(unknown.status(), 404);
}

#[tokio::test]
async fn a_page_shows_one_state_of_its_sale() {
    let shop = Shop::open().await;
    let product = upcoming(&shop, 5).await;
    let coming = page(&shop, "/products/phone").await;
    let opening = "class=\"sale-opening keeps-place\"";
    assert!(!is_hidden(&coming, opening) && is_hidden(&coming, "class=\"reserve-form"), "{coming}");
    assert!(coming.contains("href=\"/products/phone/calendar.ics\"") && is_hidden(&coming, "id=\"watching\""));
    let mut watchers = Vec::new();
    for _ in 0..2 {
        let mut watcher = Events::open(&shop, "/live/products/phone", "").await;
        watcher.event().await;
        watchers.push(watcher);
    }
    let watched = page(&shop, "/products/phone").await;
    assert!(!is_hidden(&watched, "id=\"watching\"") && watched.contains("2 watching right now"), "{watched}");

    shop.clock.advance(MINUTE);
    let open = page(&shop, "/products/phone").await;
    assert!(!is_hidden(&open, "class=\"reserve-form") && !open.contains(opening), "{open}");
    assert!(open.contains("The sale closes on ") && is_hidden(&open, "data-when=\"all-taken\""), "{open}");
    let token = shop.token().await;
    shop.hold(&token, &product, 5).await;
    let taken = page(&shop, "/products/phone").await;
    assert!(!is_hidden(&taken, "class=\"none-available keeps-place\">Every unit is in a cart"), "{taken}");
    assert!(tag(&taken, "id=\"reserve\"").contains("aria-disabled=\"true\""), "{taken}");
    shop.clock.advance(MINUTE);
    let ended = page(&shop, "/products/phone").await;
    assert!(!is_hidden(&ended, "class=\"sale-over sale-ended") && !ended.contains("reserve-form"), "{ended}");
}

#[tokio::test]
async fn each_unit_has_a_tile_up_to_two_hundred() {
    let shop = Shop::open().await;
    let product = shop.product("small", 200).await;
    shop.product("large", 201).await;
    let token = shop.token().await;
    shop.hold(&token, &product, 3).await;
    let small = page(&shop, "/products/small").await;
    assert_eq!(small.matches("</i>").count(), 200, "{small}");
    assert_eq!(small.matches("data-unit=\"held\"").count(), 3, "{small}");
    assert!(is_hidden(&small, "id=\"stock-bar\""));
    let large = page(&shop, "/products/large").await;
    assert!(!large.contains("stock-tiles") && !is_hidden(&large, "id=\"stock-bar\""), "{large}");
}

#[tokio::test]
async fn a_refused_quantity_is_lowered_to_what_is_possible() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 5).await;
    let token = shop.token().await;
    shop.hold(&token, &product, 3).await;
    let refused = page(&shop, "/products/phone?no=sold-out&qty=4").await;
    assert!(tag(&refused, "name=\"qty\"").contains("value=\"2\""), "{refused}");
    assert!(refused.contains("We’ve set the quantity to 2.") && refused.contains("data-wanted=\"4\""), "{refused}");
    let enough = page(&shop, "/products/phone?no=sold-out&qty=2").await;
    assert!(tag(&enough, "name=\"qty\"").contains("value=\"2\""), "{enough}");
    // A retry repeats the attempt as it was.
    let retry = "no=unknown&qty=4&again=0198c0de-0000-7000-8000-000000000000";
    assert!(tag(&page(&shop, &format!("/products/phone?{retry}")).await, "name=\"qty\"").contains("value=\"4\""));
}

#[tokio::test]
async fn the_opening_of_a_sale_is_a_calendar_file() {
    let shop = Shop::open().await;
    let product = upcoming(&shop, 5).await;
    let response = shop.request(Method::GET, "/products/phone/calendar.ics").send().await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((response.status().as_u16(), header("content-type").as_str()), (200, "text/calendar; charset=utf-8"));
    assert_eq!(header("content-disposition"), "attachment; filename=\"phone.ics\"");
    let file = response.text().await.unwrap();
    let unfolded = file.replace("\r\n ", "");
    for line in [
        format!("UID:{}", product.id),
        "DTSTART:20261123T000100Z".to_owned(),
        "DTEND:20261123T000200Z".to_owned(),
        "SUMMARY:Phone\\; black\\, 64 GB goes on sale".to_owned(),
        format!("URL:http://{}/products/phone", shop.addr),
    ] {
        assert!(unfolded.contains(&format!("\r\n{line}\r\n")), "{line}: {file}");
    }
    shop.product("open", 1).await;
    for path in ["/products/open/calendar.ics", "/products/nothing/calendar.ics", "/products/%FF/calendar.ics"] {
        assert_eq!(shop.request(Method::GET, path).send().await.unwrap().status(), 404, "{path}");
    }
}
