//! The tags in the head of a page, from which search engines, messengers and home screens take its name, image and address.

use crate::{
    messages::sharing,
    paths,
    price::format_price,
    shop::{
        ShopInfo,
        card::{ProductCard, ShopCard, sale_state},
    },
    ui::{product_image::same_origin_url, sale_state::SaleState},
};
use checkout::model::{Product, Timestamp};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::{Link, Meta, Script, Title};
use serde_json::{Value, json};

/// The page's background in the light theme, as in style/tokens.css. Browsers colour their own bars with it.
pub const THEME_COLOR_LIGHT: &str = "#f6fbfb";
/// The same in the dark theme.
pub const THEME_COLOR_DARK: &str = "#051110";

/// Width of a card in pixels, as its page announces it.
const CARD_WIDTH: &str = "1200";
/// Height of a card in pixels.
const CARD_HEIGHT: &str = "630";

/// Links to the shop's icons and manifest, and the colours of the browser's own bars.
#[component]
pub(crate) fn SiteLinks() -> impl IntoView {
    view! {
        {view! { <meta name="theme-color" content=THEME_COLOR_LIGHT /> }.attr("media", "(prefers-color-scheme: light)")}
        {view! { <meta name="theme-color" content=THEME_COLOR_DARK /> }.attr("media", "(prefers-color-scheme: dark)")}
        <link rel="icon" href="/favicon.ico" sizes="32x32" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        <link rel="manifest" href="/site.webmanifest" />
    }
}

/// A page that others may link to.
struct SharedPage {
    title: String,
    description: String,
    /// The one address of the page's content.
    path: String,
    /// The type of the Open Graph protocol.
    kind: &'static str,
    card: String,
    card_alt: String,
}

/// The tags of a page that lists drops.
pub(crate) fn drops(title: impl Into<String>, path: String) -> AnyView {
    let shop = ShopInfo::current();
    let page = SharedPage {
        title: title.into(),
        description: sharing::shop_description(&shop.name),
        path,
        kind: "website",
        card: ShopCard::new(&shop).path(),
        card_alt: sharing::shop_card_alt(&shop.name),
    };
    tags(&shop, page)
}

/// The tags of a page of text.
pub(crate) fn text_page(title: &'static str, description: String, path: &'static str) -> AnyView {
    let shop = ShopInfo::current();
    let page = SharedPage {
        title: title.to_owned(),
        description,
        path: path.to_owned(),
        kind: "website",
        card: ShopCard::new(&shop).path(),
        card_alt: sharing::shop_card_alt(&shop.name),
    };
    tags(&shop, page)
}

/// The tags of a product's page, and its offer for search engines.
pub(crate) fn product(product: &Product, now: Timestamp) -> AnyView {
    let shop = ShopInfo::current();
    let card = ProductCard::new(product, &shop, now);
    let about = if product.description.is_empty() { &product.tagline } else { &product.description };
    let page = SharedPage {
        title: product.name.clone(),
        description: sharing::product_description(&product.name, &format_price(product.price), about),
        path: paths::product(product.slug.as_str()),
        kind: "product",
        card: card.path(product),
        card_alt: sharing::card_alt(&product.name, &card.price, &card.state),
    };
    let offer = script_json(&structured_data(product, &shop, &page, now));
    view! {
        {tags(&shop, page)}
        <Meta property="product:price:amount" content=product.price.decimal() />
        <Meta property="product:price:currency" content=product.price.currency.as_str().to_owned() />
        <Script type_="application/ld+json" nonce=use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default()>
            {offer}
        </Script>
    }
    .into_any()
}

fn tags(shop: &ShopInfo, page: SharedPage) -> AnyView {
    let SharedPage { title, description, path, kind, card, card_alt } = page;
    let (url, card) = (shop.absolute(&path), shop.absolute(&card));
    view! {
        <Title text=title.clone() />
        <Meta name="description" content=description.clone() />
        <Link rel="canonical" href=url.clone() />
        <Meta property="og:type" content=kind />
        <Meta property="og:site_name" content=shop.name.clone() />
        <Meta property="og:title" content=title.clone() />
        <Meta property="og:description" content=description.clone() />
        <Meta property="og:url" content=url />
        <Meta property="og:image" content=card.clone() />
        <Meta property="og:image:type" content="image/png" />
        <Meta property="og:image:width" content=CARD_WIDTH />
        <Meta property="og:image:height" content=CARD_HEIGHT />
        <Meta property="og:image:alt" content=card_alt.clone() />
        <Meta name="twitter:card" content="summary_large_image" />
        <Meta name="twitter:title" content=title />
        <Meta name="twitter:description" content=description />
        <Meta name="twitter:image" content=card />
        <Meta name="twitter:image:alt" content=card_alt />
    }
    .into_any()
}

/// Returns the product and its offer in the vocabulary of schema.org.
fn structured_data(product: &Product, shop: &ShopInfo, page: &SharedPage, now: Timestamp) -> Value {
    let url = shop.absolute(&page.path);
    let mut images: Vec<_> = product
        .pictures
        .iter()
        .filter_map(|picture| Some(shop.absolute(&paths::picture(picture.id, picture.sizes().last()?.width))))
        .collect();
    if images.is_empty() {
        images.extend(same_origin_url(&product.image).map(|path| shop.absolute(&path)));
    }
    images.push(shop.absolute(&page.card));
    let mut offer = json!({
        "@type": "Offer",
        "url": url,
        "price": product.price.decimal(),
        "priceCurrency": product.price.currency.as_str(),
        "availability": format!("https://schema.org/{}", availability(sale_state(product, now))),
        "seller": { "@type": "Organization", "name": shop.name },
    });
    for (name, at) in [("availabilityStarts", product.window.starts_at), ("availabilityEnds", product.window.ends_at)] {
        if let Some(at) = at {
            offer[name] = at.to_string().into();
        }
    }
    json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "description": page.description,
        "sku": product.slug.as_str(),
        "url": url,
        "image": images,
        "offers": offer,
    })
}

fn availability(state: SaleState) -> &'static str {
    match state {
        SaleState::Upcoming => "PreOrder",
        SaleState::Available => "InStock",
        SaleState::AllTaken | SaleState::Paused => "OutOfStock",
        SaleState::SoldOut => "SoldOut",
        SaleState::Ended => "Discontinued",
    }
}

/// Writes JSON for a script element, which no text in it can end.
fn script_json(value: &Value) -> String {
    let mut json = value.to_string();
    for (c, escaped) in
        [('<', "\\u003c"), ('>', "\\u003e"), ('&', "\\u0026"), ('\u{2028}', "\\u2028"), ('\u{2029}', "\\u2029")]
    {
        json = json.replace(c, escaped);
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bars_of_browsers_have_the_colours_of_the_manifest() {
        let html = view! { <SiteLinks /> }.to_html();
        for (colour, scheme) in [(THEME_COLOR_LIGHT, "light"), (THEME_COLOR_DARK, "dark")] {
            let part = format!("content=\"{colour}\" media=\"(prefers-color-scheme: {scheme})\"");
            assert!(html.contains(&part), "{part}: {html}");
        }
    }

    #[test]
    fn no_text_ends_the_script() {
        let hostile = "</script><script>alert(1)</script><!-- & \u{2028}";
        let json = script_json(&json!({ "name": hostile }));
        assert!(!json.contains(['<', '>', '&', '\u{2028}']), "{json}");
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["name"], hostile);
    }

    #[test]
    fn each_state_of_a_sale_has_its_availability() {
        let all = [
            (SaleState::Upcoming, "PreOrder"),
            (SaleState::Available, "InStock"),
            (SaleState::AllTaken, "OutOfStock"),
            (SaleState::Paused, "OutOfStock"),
            (SaleState::SoldOut, "SoldOut"),
            (SaleState::Ended, "Discontinued"),
        ];
        for (state, expected) in all {
            assert_eq!(availability(state), expected);
        }
    }
}
