//! Cards: the images that other sites show beside a link.

use super::*;
use image::RgbImage;

async fn card(shop: &Shop, path: &str) -> RgbImage {
    let response = shop.ask(path).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-type")), (200, "image/png"), "{path}");
    assert_eq!(header(&response, "cross-origin-resource-policy"), "cross-origin");
    let image = image::load_from_memory(&response.bytes().await.unwrap()).unwrap().to_rgb8();
    assert_eq!(image.dimensions(), (1200, 630), "{path}");
    image
}

/// Returns the path of the card in a page's tags.
fn announced(page: &str) -> String {
    let start =
        page.find("property=\"og:image\" content=\"").or_else(|| page.find("content=\"https://shop.example/card"));
    let rest = &page[start.unwrap_or_else(|| panic!("{page}"))..];
    let url = rest.split("content=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    url.strip_prefix("https://shop.example").unwrap_or_else(|| panic!("{url}")).replace("&amp;", "&")
}

#[tokio::test]
async fn products_and_the_shop_have_cards() {
    let shop = named_shop().await;
    shop.add(draft("lamp", "Lamp", 3)).await;
    let path = announced(&shop.text("/products/lamp").await);
    assert!(path.starts_with("/products/lamp/card.png?v="), "{path}");
    let lamp = card(&shop, &path).await;
    let path = announced(&shop.text("/").await);
    assert!(path.starts_with("/card.png?v="), "{path}");
    assert_ne!(card(&shop, &path).await, lamp);
    assert_eq!(card(&shop, "/products/lamp/card.png").await, lamp);
}

#[tokio::test]
async fn a_card_follows_the_state_of_its_sale() {
    let shop = named_shop().await;
    shop.add(with_window(&shop, "lamp", 10, 20)).await;
    let mut cards = Vec::new();
    for _ in 0..3 {
        let path = announced(&shop.text("/products/lamp").await);
        cards.push((path.clone(), card(&shop, &path).await));
        shop.clock.advance(Duration::from_mins(9));
        // Nothing has changed yet.
        shop.clock.advance(Duration::from_secs(90));
    }
    let [upcoming, open, ended] = &cards[..] else { panic!("three states") };
    assert!(upcoming.0 != open.0 && open.0 != ended.0 && upcoming.0 != ended.0);
    assert!(upcoming.1 != open.1 && open.1 != ended.1 && upcoming.1 != ended.1);
    // The address of an old card shows the current one, and nobody may keep that.
    let old = shop.ask(&upcoming.0).await;
    assert_eq!(header(&old, "cache-control"), "no-cache");
    assert_eq!(card(&shop, &upcoming.0).await, ended.1);
    assert_eq!(header(&shop.ask(&ended.0).await, "cache-control"), "public, max-age=86400");
}

#[tokio::test]
async fn a_known_card_is_not_sent_again() {
    let shop = named_shop().await;
    shop.add(draft("lamp", "Lamp", 3)).await;
    let first = shop.ask("/products/lamp/card.png").await;
    let etag = header(&first, "etag").to_owned();
    let again =
        shop.request(Method::GET, "/products/lamp/card.png").header("if-none-match", &etag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), header(&again, "cache-control")), (304, "no-cache"));
    assert_eq!(header(&again, "etag"), etag);
}

#[tokio::test]
async fn unknown_and_archived_products_have_no_card() {
    let shop = Shop::open().await;
    let product = shop.add(draft("lamp", "Lamp", 3)).await;
    assert_eq!(shop.ask("/products/lamp/card.png").await.status(), 200);
    let status = checkout::model::ProductStatus::Archived;
    shop.checkout.set_product_status(product.id, status, checkout::model::Actor::system()).await.unwrap();
    for path in
        ["/products/lamp/card.png", "/products/nothing/card.png", "/products/%ff/card.png", "/products/lamp/x/card.png"]
    {
        assert_eq!(shop.ask(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_card_shows_the_image_of_its_product() {
    const RED: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'><rect width='64' height='64' fill='#f00'/></svg>";
    let shop = Shop::open_with(|settings| {
        let root = settings.site_root.clone().unwrap();
        fs::create_dir(root.join("img")).unwrap();
        fs::write(root.join("img/red.svg"), RED).unwrap();
        fs::write(root.join("img/red.txt"), RED).unwrap();
        fs::write(root.join("img/large.svg"), format!("{RED}<!--{}-->", "x".repeat(2_000_000))).unwrap();
    })
    .await;
    let is_red = |image: &RgbImage| image.get_pixel(1100, 300).0 == [255, 0, 0];
    for (slug, image, expected) in [
        ("red", "/img/red.svg", true),
        ("none", "", false),
        ("missing", "/img/missing.svg", false),
        ("text", "/img/red.txt", false),
        ("large", "/img/large.svg", false),
        ("folder", "/img", false),
    ] {
        shop.add(ProductDraft { image: image.to_owned(), ..draft(slug, "Lamp", 3) }).await;
        assert_eq!(is_red(&card(&shop, &format!("/products/{slug}/card.png")).await), expected, "{slug}");
    }
    // The picture of a sale that is over loses its colours.
    shop.add(ProductDraft { image: "/img/red.svg".to_owned(), ..draft("gone", "Lamp", 0) }).await;
    let gone = card(&shop, "/products/gone/card.png").await;
    let [red, green, _] = gone.get_pixel(1100, 300).0;
    assert!(red < 160 && green > 20, "{red} {green}");
}

#[tokio::test]
async fn names_of_any_kind_are_drawn() {
    let shop = Shop::open_with(|settings| settings.mail.shop_name = HOSTILE.to_owned()).await;
    let names = [HOSTILE.to_owned(), "W".repeat(200), "\u{9650}\u{5B9A}".to_owned(), "🎉".repeat(50)];
    for (n, name) in names.iter().enumerate() {
        shop.add(draft(&format!("lamp-{n}"), name, 3)).await;
        card(&shop, &format!("/products/lamp-{n}/card.png?v=%00&v=<x>")).await;
    }
    card(&shop, "/card.png").await;
}
