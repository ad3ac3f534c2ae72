//! Titles, tags and structured data of pages, and the pages of text.

use super::*;
use serde_json::Value;

/// Returns the structured data of a page.
fn structured_data(page: &str) -> Value {
    let rest = page.split("type=\"application/ld+json\">").nth(1).unwrap_or_else(|| panic!("{page}"));
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

#[tokio::test]
async fn a_products_page_describes_itself_to_search_engines_and_messengers() {
    let shop = named_shop().await;
    let description = "A lamp.\nIt shines.".to_owned();
    shop.add(ProductDraft { description, image: "/img/lamp.svg".to_owned(), ..with_window(&shop, "lamp", -10, 20) })
        .await;
    let page = shop.text("/products/lamp").await;
    let head = page.split("</head>").next().unwrap();
    for part in [
        "<title>Lamp · Fast &amp; Fair</title>",
        "<link href=\"https://shop.example/products/lamp\" rel=\"canonical\">",
        "name=\"description\" content=\"A lamp. It shines.\"",
        "property=\"og:type\" content=\"product\"",
        "property=\"og:site_name\" content=\"Fast &amp; Fair\"",
        "property=\"og:title\" content=\"Lamp\"",
        "property=\"og:url\" content=\"https://shop.example/products/lamp\"",
        "property=\"og:image\" content=\"https://shop.example/products/lamp/card.png?v=",
        "property=\"og:image:width\" content=\"1200\"",
        "property=\"og:image:height\" content=\"630\"",
        "property=\"og:image:alt\" content=\"Lamp, $5,000.00. On sale now.\"",
        "name=\"twitter:card\" content=\"summary_large_image\"",
        "name=\"twitter:image\" content=\"https://shop.example/products/lamp/card.png?v=",
        "rel=\"manifest\" href=\"/site.webmanifest\"",
        "rel=\"apple-touch-icon\" href=\"/apple-touch-icon.png\"",
        "href=\"/favicon.ico\"",
    ] {
        assert!(head.contains(part), "{part}: {head}");
    }
    let data = structured_data(head);
    assert_eq!((&data["@type"], &data["name"], &data["sku"]), (&"Product".into(), &"Lamp".into(), &"lamp".into()));
    assert_eq!(data["image"][0], "https://shop.example/img/lamp.svg");
    let offer = &data["offers"];
    assert_eq!((&offer["price"], &offer["priceCurrency"]), (&"5000.00".into(), &"USD".into()));
    assert_eq!(offer["availability"], "https://schema.org/InStock");
    assert_eq!(offer["availabilityStarts"], "2026-11-22T23:50:00Z");
    assert_eq!(offer["availabilityEnds"], "2026-11-23T00:20:00Z");
    assert_eq!(offer["url"], "https://shop.example/products/lamp");
}

#[tokio::test]
async fn the_availability_is_that_of_the_sale() {
    let shop = named_shop().await;
    shop.add(with_window(&shop, "upcoming", 10, 20)).await;
    shop.add(with_window(&shop, "ended", -20, -10)).await;
    shop.add(draft("open", "Lamp", 1)).await;
    shop.add(draft("gone", "Lamp", 0)).await;
    let held = shop.add(draft("held", "Lamp", 1)).await;
    shop.hold(&shop.token().await, &held, 1).await;
    for (slug, expected) in [
        ("upcoming", "PreOrder"),
        ("ended", "Discontinued"),
        ("open", "InStock"),
        ("gone", "SoldOut"),
        ("held", "OutOfStock"),
    ] {
        let data = structured_data(&shop.text(&format!("/products/{slug}")).await);
        assert_eq!(data["offers"]["availability"], format!("https://schema.org/{expected}"), "{slug}");
    }
}

#[tokio::test]
async fn hostile_names_stay_texts() {
    let shop = Shop::open_with(|settings| settings.mail.shop_name = HOSTILE.to_owned()).await;
    shop.add(ProductDraft { description: HOSTILE.to_owned(), ..draft("lamp", HOSTILE, 3) }).await;
    for path in ["/", "/products/lamp", "/terms", "/privacy", "/nowhere"] {
        let page = shop.ask(path).await.text().await.unwrap();
        assert!(!page.contains("</script></text>") && !page.contains("</title><image"), "{path}: {page}");
        // Quotes in text between tags are harmless.
        let mut tags = page.split('<').map(|part| part.split('>').next().unwrap());
        assert!(!tags.any(|tag| tag.contains("\" onload=\"x")), "{path}: {page}");
    }
    let data = structured_data(&shop.text("/products/lamp").await);
    assert_eq!((&data["name"], &data["offers"]["seller"]["name"]), (&HOSTILE.into(), &HOSTILE.into()));
}

#[tokio::test]
async fn every_page_has_the_shops_name_and_a_footer_with_contact_terms_and_privacy() {
    let shop = named_shop().await;
    for path in ["/", "/orders", "/terms", "/privacy", "/nowhere", "/link-expired"] {
        let page = shop.ask(path).await.text().await.unwrap();
        for part in [
            "<span>Fast &amp; Fair</span>",
            " · Fast &amp; Fair</title>",
            "<strong>Fast &amp; Fair</strong>",
            "href=\"mailto:help@shop.example\"",
            "href=\"/terms\"",
            "href=\"/privacy\"",
            "href=\"/api/docs\"",
        ] {
            assert!(page.contains(part), "{path} {part}: {page}");
        }
        assert!(!page.contains("Holdfast"), "{path}");
    }
    let error = shop.request(Method::GET, "/actions/reserve").header("accept", "text/html").send().await.unwrap();
    let page = error.text().await.unwrap();
    assert!(page.contains("<span>Fast &amp; Fair</span>") && page.contains("href=\"/terms\""), "{page}");
    let plain = Shop::open().await;
    assert!(!plain.text("/").await.contains(">Contact</a>"), "a shop without a contact has no link");
}

#[tokio::test]
async fn the_pages_of_text_follow_the_settings() {
    let shop = Shop::open_with(|settings| settings.contact_retention = Some(Duration::from_hours(24 * 45))).await;
    let privacy = shop.text("/privacy").await;
    for part in
        ["erased 45 days after your order", "kept for 90 days", "“holdfast”", "30 days after", "the test provider"]
    {
        assert!(privacy.contains(part), "{part}: {privacy}");
    }
    assert!(shop.text("/terms").await.contains("hasn’t published a contact yet"));
    let none = Shop::open_with(|settings| {
        settings.payments = server::config::PaymentConfig::of(server::config::PaymentProvider::None);
        settings.common.env = server::config::Environment::Production;
    })
    .await;
    let privacy = none.text("/privacy").await;
    assert!(privacy.contains("kept until the shop erases them") && privacy.contains("“__Host-holdfast”"), "{privacy}");
    assert!(!privacy.contains("The payment provider,") && !privacy.contains("mail server: your"), "{privacy}");
    assert!(none.text("/terms").await.contains("takes payments outside these pages"));
}

#[tokio::test]
async fn the_shops_own_terms_replace_the_built_in_ones() {
    let shop = Shop::open_with(|settings| {
        settings.mail.terms_url = Some("https://legal.example/terms?a=1&b=2".to_owned());
        settings.mail.privacy_url = Some("https://legal.example/privacy".to_owned());
    })
    .await;
    let page = shop.text("/").await;
    assert!(page.contains("href=\"https://legal.example/terms?a=1&amp;b=2\""), "{page}");
    assert!(page.contains("href=\"https://legal.example/privacy\"") && !page.contains("href=\"/terms\""), "{page}");
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let response =
        client.get(format!("http://{}/terms", shop.addr)).header("accept", "text/html").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), header(&response, "location")),
        (302, "https://legal.example/terms?a=1&b=2")
    );
}
