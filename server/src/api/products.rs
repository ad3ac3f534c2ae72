//! `GET /api/products` and `/api/products/{id or slug}`: public, from memory, never older than the last commit this node
//! has seen.

use super::Answer;
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

/// A product as the API shows it. Amounts are minor units of `currency`.
#[derive(Debug, Serialize)]
pub struct ProductView<'a> {
    id: ProductId,
    slug: &'a Slug,
    name: &'a str,
    description: &'a str,
    image: &'a str,
    price: i64,
    currency: Currency,
    #[serde(flatten)]
    stock: Stock,
    per_shopper_limit: Option<u32>,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    sale: &'static str,
    hold_seconds: u64,
    pay_seconds: u64,
    version: u64,
    updated_at: Timestamp,
}

impl<'a> ProductView<'a> {
    /// The product as it is at `now`.
    pub fn new(product: &'a Product, now: Timestamp) -> Self {
        Self {
            id: product.id,
            slug: &product.slug,
            name: &product.name,
            description: &product.description,
            image: &product.image,
            price: product.price.minor,
            currency: product.price.currency,
            stock: product.stock,
            per_shopper_limit: product.per_shopper_limit,
            starts_at: product.window.starts_at,
            ends_at: product.window.ends_at,
            sale: sale(product, now),
            hold_seconds: product.hold_for.as_secs(),
            pay_seconds: product.pay_within.as_secs(),
            version: product.version,
            updated_at: product.updated_at,
        }
    }
}

fn sale(product: &Product, now: Timestamp) -> &'static str {
    match product.window.at(now) {
        Sale::Coming(_) => "coming",
        Sale::Open => "open",
        Sale::Ended(_) => "ended",
    }
}

/// `GET /api/products`.
pub async fn list(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let (products, now) = (state.checkout.products(), state.checkout.now());
    let views = || products.iter().map(|p| ProductView::new(p, now)).collect::<Vec<_>>();
    cached(&headers, &etag(&products, now), || Json(views()).into_response())
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

/// Names what an answer was made of: each product's version, and where its sale stands, which time alone can change.
fn etag(products: &[Arc<Product>], now: Timestamp) -> String {
    let mut hash = Sha256::new();
    for product in products {
        hash.update(product.id.0);
        hash.update(product.version.to_be_bytes());
        hash.update(sale(product, now));
    }
    format!("\"{}\"", hex::encode(&hash.finalize()[..12]))
}

/// The answer, or 304 where the client has it.
fn cached(headers: &HeaderMap, etag: &str, answer: impl FnOnce() -> Response) -> Response {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    let same = |tag: &str| tag == "*" || tag.trim_start_matches("W/") == etag;
    let fresh = known.flat_map(|v| v.split(',')).any(|tag| same(tag.trim()));
    let mut response = if fresh { StatusCode::NOT_MODIFIED.into_response() } else { answer() };
    // Hexadecimal in quotes is always a header's value.
    if let Ok(etag) = HeaderValue::from_str(etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
