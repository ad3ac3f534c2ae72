//! Files by which crawlers and home screens find their way: `/robots.txt`, `/sitemap.xml` and `/site.webmanifest`.

use super::{icons, shop_info};
use crate::state::AppState;
use app::{
    paths,
    shop::card::ShopCard,
    ui::head::{THEME_COLOR_DARK, THEME_COLOR_LIGHT},
};
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use checkout::model::{ProductStatus, Timestamp};
use http::{HeaderValue, header};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// How long crawlers and browsers may keep these files.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// Addresses in one sitemap, by the protocol of sitemaps.
const MAX_SITEMAP_URLS: usize = 50_000;

/// Paths that crawlers need not read: pages of one shopper, forms, and everything for programs. The documentation of the API is
/// for people.
const ROBOTS: &str = "User-agent: *\n\
    Disallow: /actions/\n\
    Disallow: /admin\n\
    Disallow: /api/\n\
    Allow: /api/docs\n\
    Disallow: /checkout/\n\
    Disallow: /link-expired\n\
    Disallow: /live/\n\
    Disallow: /orders\n\
    Disallow: /sandbox/\n";

/// `GET /robots.txt`
pub(super) async fn robots(State(state): State<AppState>) -> Response {
    let text = format!("{ROBOTS}\nSitemap: {}\n", state.shop_url.absolute("/sitemap.xml"));
    file("text/plain; charset=utf-8", text)
}

/// `GET /sitemap.xml`: the home page and each product that is not archived, newest change first.
pub(super) async fn sitemap(State(state): State<AppState>) -> Response {
    let mut products = state.checkout.products();
    products.retain(|product| product.status != ProductStatus::Archived);
    products.sort_by_key(|product| std::cmp::Reverse(product.updated_at));
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let mut add = |path: &str, changed: Option<Timestamp>| {
        let changed = changed.map(|at| format!("<lastmod>{at}</lastmod>")).unwrap_or_default();
        // Neither the shop's address nor a slug has a character that XML would need escaped. Writing to a text cannot fail.
        let _ = writeln!(xml, "<url><loc>{}</loc>{changed}</url>", state.shop_url.absolute(path));
    };
    add("/", products.first().map(|product| product.updated_at));
    for product in products.iter().take(MAX_SITEMAP_URLS - 1) {
        add(&paths::product(product.slug.as_str()), Some(product.updated_at));
    }
    xml.push_str("</urlset>\n");
    file("application/xml; charset=utf-8", xml)
}

/// `GET /site.webmanifest`
pub(super) async fn manifest(State(state): State<AppState>) -> Response {
    let shop = shop_info(&state);
    let icon = |(path, side, purpose): (&str, u32, &str)| json!({ "src": path, "sizes": format!("{side}x{side}"), "type": "image/png", "purpose": purpose });
    let vector = json!({ "src": "/favicon.svg", "sizes": "any", "type": "image/svg+xml" });
    let icons: Vec<Value> = icons::in_manifest().map(icon).chain([vector]).collect();
    let manifest = json!({
        "id": "/",
        "name": shop.name,
        "short_name": shop.name,
        "description": ShopCard::new(&shop).tagline,
        "lang": shop.language.tag().as_str(),
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": THEME_COLOR_LIGHT,
        "theme_color": THEME_COLOR_DARK,
        "icons": icons,
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/manifest+json")),
        (header::CACHE_CONTROL, CACHE_CONTROL),
    ];
    (headers, manifest.to_string()).into_response()
}

fn file(media_type: &'static str, text: String) -> Response {
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CACHE_CONTROL, CACHE_CONTROL)];
    (headers, text).into_response()
}
