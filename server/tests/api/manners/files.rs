//! Files for crawlers and home screens.

use super::*;
use checkout::model::{Actor, ProductStatus};
use serde_json::Value;

#[tokio::test]
async fn robots_txt_names_the_sitemap_and_keeps_crawlers_off_private_paths() {
    let shop = named_shop().await;
    let response = shop.ask("/robots.txt").await;
    assert_eq!(header(&response, "content-type"), "text/plain; charset=utf-8");
    let text = response.text().await.unwrap();
    let rules: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("Disallow: ")).collect();
    let is_kept_off = |path: &str| rules.iter().any(|rule| path.starts_with(rule));
    for path in [
        "/actions/reserve",
        "/admin",
        "/api/holds",
        "/checkout/1",
        "/orders",
        "/orders/1",
        "/sandbox/mail",
        "/live/orders/1",
    ] {
        assert!(is_kept_off(path), "{path}: {text}");
    }
    for path in [
        "/",
        "/products/lamp",
        "/products/lamp/card.png",
        "/card.png",
        "/terms",
        "/privacy",
        "/pkg/holdfast.css",
        "/pictures/1/320.webp",
    ] {
        assert!(!is_kept_off(path), "{path}: {text}");
    }
    assert!(
        text.contains("\nAllow: /api/docs\n") && text.ends_with("\nSitemap: https://shop.example/sitemap.xml\n"),
        "{text}"
    );
}

#[tokio::test]
async fn the_sitemap_lists_what_shoppers_can_see() {
    let shop = named_shop().await;
    shop.add(draft("lamp", "Lamp", 3)).await;
    shop.clock.advance(Duration::from_hours(1));
    shop.add(draft("mug", "Mug", 3)).await;
    let old = shop.add(draft("old", "Old", 3)).await;
    shop.checkout.set_product_status(old.id, ProductStatus::Archived, Actor::system()).await.unwrap();
    let response = shop.ask("/sitemap.xml").await;
    assert_eq!(header(&response, "content-type"), "application/xml; charset=utf-8");
    assert!(header(&response, "cache-control").starts_with("public, max-age="));
    let xml = response.text().await.unwrap();
    let addresses: Vec<_> = xml.split("<loc>").skip(1).filter_map(|rest| rest.split("</loc>").next()).collect();
    assert_eq!(
        addresses,
        ["https://shop.example/", "https://shop.example/products/mug", "https://shop.example/products/lamp"]
    );
    let changed: Vec<_> = xml.split("<lastmod>").skip(1).filter_map(|rest| rest.split("</lastmod>").next()).collect();
    assert_eq!(changed, ["2026-11-23T01:00:00Z", "2026-11-23T01:00:00Z", "2026-11-23T00:00:00Z"]);
}

#[tokio::test]
async fn the_manifest_names_the_shop_and_icons_of_the_sizes_that_it_says() {
    let shop = named_shop().await;
    let response = shop.ask("/site.webmanifest").await;
    assert_eq!(header(&response, "content-type"), "application/manifest+json");
    let manifest: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!((&manifest["name"], &manifest["start_url"]), (&"Fast & Fair".into(), &"/".into()));
    let icons = manifest["icons"].as_array().unwrap();
    assert!(icons.iter().any(|icon| icon["purpose"] == "maskable"));
    for icon in icons.iter().filter(|icon| icon["type"] == "image/png") {
        let path = icon["src"].as_str().unwrap();
        let image = shop.ask(path).await.bytes().await.unwrap();
        let image = image::load_from_memory(&image).unwrap().to_rgba8();
        assert_eq!(icon["sizes"], format!("{}x{}", image.width(), image.height()), "{path}");
        assert!(image.pixels().all(|pixel| pixel.0[3] == 255), "{path} has transparent corners");
    }
}

#[tokio::test]
async fn browsers_and_home_screens_find_their_icons() {
    let shop = Shop::open().await;
    let touch = shop.ask("/apple-touch-icon.png").await;
    assert_eq!(header(&touch, "content-type"), "image/png");
    let touch = image::load_from_memory(&touch.bytes().await.unwrap()).unwrap();
    assert_eq!((touch.width(), touch.height()), (180, 180));
    let favicon = shop.ask("/favicon.ico").await;
    assert_eq!(header(&favicon, "content-type"), "image/x-icon");
    let file = favicon.bytes().await.unwrap();
    assert_eq!(&file[..8], [0, 0, 1, 0, 1, 0, 32, 32]);
    let [size, offset] = [14, 18].map(|at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize);
    assert_eq!(offset + size, file.len());
    let icon = image::load_from_memory(&file[offset..]).unwrap().to_rgba8();
    assert_eq!((icon.dimensions(), icon.get_pixel(0, 0).0[3]), ((32, 32), 0), "the corners are round");
}
