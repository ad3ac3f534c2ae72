//! Products: list, get by id or slug, and conditional requests.

use crate::shop::{Shop, read};
use checkout::model::{Money, ProductDraft, SaleWindow};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_product_is_found_by_id_and_by_slug() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 10).await);
    shop.hold(&token, &product, 3).await;
    let by_slug = shop.get("/api/products/phone", "").await;
    let by_id = shop.get(&format!("/api/products/{}", product.id), "").await;
    assert_eq!((by_slug.status, &by_slug.body), (200, &by_id.body));
    let shown = &by_slug.body;
    let counters = ["total", "available", "held", "pending", "sold"].map(|name| shown[name].as_u64().unwrap());
    assert_eq!(counters, [10, 7, 3, 0, 0]);
    assert_eq!((&shown["price"], &shown["currency"], &shown["sale"]), (&json!(500_000), &json!("USD"), &json!("open")));
    let limits = ["hold_seconds", "extend_seconds", "pay_seconds"].map(|name| shown[name].as_u64().unwrap());
    assert_eq!(limits, [120, 120, 600]);
    assert_eq!(shop.get("/api/products", "").await.body, json!([shown]));
}

#[tokio::test]
async fn an_unchanged_product_is_not_sent_again() {
    let shop = Shop::open().await;
    let price = Money { minor: 100, currency: "USD".parse().unwrap() };
    let window = SaleWindow { starts_at: Some(shop.checkout.now() + Duration::from_mins(1)), ends_at: None };
    shop.add(ProductDraft { window, ..ProductDraft::new("soon".parse().unwrap(), "Soon", price, 3) }).await;
    for path in ["/api/products", "/api/products/soon"] {
        let etag = shop.get(path, "").await.header("etag").to_owned();
        let get = |tag: String| shop.request(Method::GET, path).header("if-none-match", tag).send();
        for tag in [etag.clone(), etag.replace("W/", ""), format!("\"x\", {etag}"), "*".to_owned()] {
            assert_eq!(get(tag.clone()).await.unwrap().status(), 304, "{tag}");
        }
        assert_eq!(get("\"x\"".to_owned()).await.unwrap().status(), 200);
    }
    // The sale opens by time alone: the version stays the same, and the response changes.
    let before = shop.get("/api/products/soon", "").await;
    shop.clock.advance(Duration::from_mins(1));
    let after = shop.get("/api/products/soon", "").await;
    assert_eq!((&before.body["sale"], &after.body["sale"]), (&json!("coming"), &json!("open")));
    assert_ne!(before.header("etag"), after.header("etag"));
}

#[tokio::test]
async fn unknown_products_are_404() {
    let shop = Shop::open().await;
    for name in ["nothing", "018f0000-0000-7000-8000-000000000000", "%FF%FE", "a%2Fb", "%00"] {
        for path in [format!("/api/products/{name}"), format!("/api/products/{name}/events")] {
            let response = read(shop.request(Method::GET, &path).send().await.unwrap()).await;
            response.assert_problem(404, "unknown-product");
        }
    }
}

#[tokio::test]
async fn a_product_shows_by_how_much_a_hold_can_be_extended() {
    let shop = Shop::open().await;
    let price = Money { minor: 100, currency: "USD".parse().unwrap() };
    let draft = ProductDraft::new("phone".parse().unwrap(), "Phone", price, 5);
    shop.add(ProductDraft { extend_by: Some(Duration::from_secs(90)), ..draft.clone() }).await;
    shop.add(ProductDraft { slug: "watch".parse().unwrap(), extend_by: None, ..draft }).await;
    assert_eq!(shop.get("/api/products/phone", "").await.body["extend_seconds"], json!(90));
    assert_eq!(shop.get("/api/products/watch", "").await.body["extend_seconds"], json!(null));
}

/// `leptos_meta` does not escape titles.
#[tokio::test]
async fn a_products_name_is_escaped_in_its_page() {
    let shop = Shop::open().await;
    let price = Money { minor: 100, currency: "USD".parse().unwrap() };
    shop.add(ProductDraft::new("lamp".parse().unwrap(), "</title><b>R&D</b>", price, 1)).await;
    let page = shop.request(Method::GET, "/products/lamp").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("<title>&lt;/title>&lt;b>R&amp;D&lt;/b> · Holdfast</title>"), "{page}");
    assert!(!page.contains("<b>"), "{page}");
}

#[tokio::test]
async fn a_products_page_tells_its_story_and_the_card_its_tagline() {
    let shop = Shop::open().await;
    let price = Money { minor: 100, currency: "USD".parse().unwrap() };
    let draft = ProductDraft::new("lamp".parse().unwrap(), "Lamp", price, 40);
    let lamp = ProductDraft {
        tagline: "Goes out like a <fire>.".to_owned(),
        story: "First <script>alert(1)</script>.\n\nSecond.".to_owned(),
        specification: vec!["Height: 31 cm".parse().unwrap(), "<b>Base</b>: brass".parse().unwrap()],
        per_shopper_limit: Some(2),
        hold_for: Duration::from_mins(3),
        ships: true,
        ..draft.clone()
    };
    shop.add(lamp).await;
    shop.add(ProductDraft { slug: "bare".parse().unwrap(), extend_by: None, ..draft }).await;
    let page = async |path: &str| shop.request(Method::GET, path).send().await.unwrap().text().await.unwrap();
    let page_of_lamp = page("/products/lamp").await;
    for text in [
        "<p class=\"tagline\">Goes out like a &lt;fire&gt;.</p>",
        "First &lt;script&gt;alert(1)&lt;/script&gt;.</p>",
        "<p>Second.</p>",
        "<dt>Height</dt><dd>31 cm</dd>",
        "&lt;b&gt;Base&lt;/b&gt;",
        "This drop ships to you.",
        "set aside for 3 minutes",
        "Up to 2 units per shopper",
        "You can add 2 minutes once.",
    ] {
        assert!(page_of_lamp.contains(text), "{text}: {page_of_lamp}");
    }
    assert!(!page_of_lamp.contains("<script>alert"), "{page_of_lamp}");
    let bare = page("/products/bare").await;
    for absent in ["class=\"tagline\"", "The story", "Specification", "Need longer?", "ships to you"] {
        assert!(!bare.contains(absent), "{absent}: {bare}");
    }
    assert_eq!(bare.matches("<details").count(), 5, "{bare}");
    let home = page("/").await;
    assert_eq!(home.matches("class=\"tagline\"").count(), 1, "{home}");
}
