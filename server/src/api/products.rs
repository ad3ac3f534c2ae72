//! `GET /api/products` and `/api/products/{id or slug}`: public, from memory, never older than the last commit this node
//! has seen.

use super::{Answer, page::Page};
use crate::state::AppState;
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use checkout::{
    Checkout,
    model::{Currency, Product, ProductId, Refusal, Sale, Slug, Stock, Timestamp},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use utoipa::ToSchema;

/// A product on sale, as one commit left it. `total` is always `available + held + pending + sold`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product)]
pub struct ProductView<'a> {
    /// The product's id.
    #[schema(value_type = Uuid)]
    id: ProductId,
    /// The product's name in addresses.
    #[schema(value_type = String, max_length = 64, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: &'a Slug,
    /// Its name for people.
    #[schema(min_length = 1, max_length = 200)]
    name: &'a str,
    /// What it is, in a sentence or two; may be empty.
    #[schema(max_length = 2000)]
    description: &'a str,
    /// The path of its picture on this server; empty where there is none.
    image: &'a str,
    /// What one unit costs, in minor units of `currency`.
    #[schema(minimum = 0)]
    price: i64,
    /// ISO 4217.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$")]
    currency: Currency,
    /// Units the sale has in all.
    #[schema(maximum = 1_000_000_000)]
    total: u32,
    /// Units anyone may hold now.
    available: u32,
    /// Units in active holds: they may come back.
    held: u32,
    /// Units in orders that wait for their payment: they may come back.
    pending: u32,
    /// Units paid for.
    sold: u32,
    /// The most one shopper may have; null where there is no limit.
    #[schema(required, minimum = 1)]
    per_shopper_limit: Option<u32>,
    /// When the sale opens; null where it always was.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    starts_at: Option<Timestamp>,
    /// When the sale ends; null where it never does.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    ends_at: Option<Timestamp>,
    /// Whether it is sold now.
    sale: SaleStatus,
    /// How long a hold lasts.
    #[schema(minimum = 1)]
    hold_seconds: u64,
    /// How long an order waits for its payment.
    #[schema(minimum = 1)]
    pay_seconds: u64,
    /// Grows by one with each commit that touched the product.
    version: u64,
    /// When the last of those commits was made, by the server's clock.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// Where now lies in a sale: before it (`coming`), in it (`open`), or after it (`ended`).
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SaleStatus {
    Coming,
    Open,
    Ended,
}

impl<'a> ProductView<'a> {
    /// The product as it is at `now`.
    pub fn new(product: &'a Product, now: Timestamp) -> Self {
        let Stock { total, available, held, pending, sold } = product.stock;
        Self {
            id: product.id,
            slug: &product.slug,
            name: &product.name,
            description: &product.description,
            image: &product.image,
            price: product.price.minor,
            currency: product.price.currency,
            total,
            available,
            held,
            pending,
            sold,
            per_shopper_limit: product.per_shopper_limit,
            starts_at: product.window.starts_at,
            ends_at: product.window.ends_at,
            sale: SaleStatus::of(product, now),
            hold_seconds: product.hold_for.as_secs(),
            pay_seconds: product.pay_within.as_secs(),
            version: product.version,
            updated_at: product.updated_at,
        }
    }
}

impl SaleStatus {
    fn of(product: &Product, now: Timestamp) -> Self {
        match product.window.at(now) {
            Sale::Coming(_) => Self::Coming,
            Sale::Open => Self::Open,
            Sale::Ended(_) => Self::Ended,
        }
    }
}

/// `GET /api/products`, oldest first.
pub async fn list(State(state): State<AppState>, page: Page<ProductId>, headers: HeaderMap) -> Response {
    let (mut products, now) = (state.checkout.products(), state.checkout.now());
    products.retain(|product| page.after.is_none_or(|after| product.id > after));
    products.truncate(page.with_one_more());
    cached(&headers, &etag(&products, now), || {
        page.answer("/api/products", &products, |p| p.id.to_string(), |p| ProductView::new(p, now))
    })
}

/// `GET /api/products/{id or slug}`.
pub async fn one(
    State(state): State<AppState>,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Answer<Response> {
    let product = name.ok().and_then(|Path(name)| find(&state.checkout, &name)).ok_or(Refusal::UnknownProduct)?;
    let now = state.checkout.now();
    let tag = etag(std::slice::from_ref(&product), now);
    Ok(cached(&headers, &tag, || Json(ProductView::new(&product, now)).into_response()))
}

/// The product of that id or slug.
pub(super) fn find(checkout: &Checkout, name: &str) -> Option<Arc<Product>> {
    match name.parse() {
        Ok(id) => checkout.product(id),
        Err(_) => checkout.product_by_slug(name),
    }
}

/// Names, for [`cached`], what an answer was made of: each product's version, and where its sale stands, which time alone can change.
fn etag(products: &[Arc<Product>], now: Timestamp) -> String {
    let mut hash = Sha256::new();
    for product in products {
        hash.update(product.id.0);
        hash.update(product.version.to_be_bytes());
        hash.update([SaleStatus::of(product, now) as u8]);
    }
    format!("\"{}\"", hex::encode(&hash.finalize()[..12]))
}

/// The answer, or 304 where the client has it. The tag is a weak one: compressed or not, the answer says the same.
pub fn cached(headers: &HeaderMap, etag: &str, answer: impl FnOnce() -> Response) -> Response {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    let same = |tag: &str| tag == "*" || tag.trim_start_matches("W/") == etag;
    let fresh = known.flat_map(|v| v.split(',')).any(|tag| same(tag.trim()));
    let mut response = if fresh { StatusCode::NOT_MODIFIED.into_response() } else { answer() };
    // Hexadecimal in quotes is always a header's value.
    if let Ok(etag) = HeaderValue::from_str(&format!("W/{etag}")) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
