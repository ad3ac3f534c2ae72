//! The catalogue: `GET /api/products` and `GET /api/products/{id or slug}`. Public, and served from memory: a response is
//! never older than the last commit that this node has seen.

use super::{ApiResult, examples, pagination::Page};
use crate::{backoffice::lookup, http::conditional::with_etag, problem::Kind};
use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use checkout::{
    Checkout,
    model::{
        Currency, Picture, PictureId, PictureSize, Product, ProductId, ProductStatus, Refusal, SalePhase, Slug,
        SpecificationRow, Stock, Timestamp,
    },
};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{borrow::Cow, sync::Arc};
use utoipa::ToSchema;

/// A product on sale, as of one commit. `total` is always `available + held + pending + sold`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product)]
pub struct ProductView<'a> {
    /// Id of the product.
    #[schema(value_type = Uuid)]
    id: ProductId,
    /// URL name of the product.
    #[schema(value_type = String, max_length = 64, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")]
    slug: &'a Slug,
    /// Display name.
    #[schema(min_length = 1, max_length = 200)]
    name: &'a str,
    /// Short description; may be empty.
    #[schema(max_length = 2000)]
    description: &'a str,
    /// One sentence to show below the name; may be empty.
    #[schema(max_length = 160)]
    tagline: &'a str,
    /// Text in paragraphs with an empty line between them; may be empty.
    #[schema(max_length = 5000)]
    story: &'a str,
    /// Facts, in the order in which to show them; may be empty.
    #[schema(max_items = 30)]
    specification: Vec<SpecificationRowView<'a>>,
    /// Path of an image on this server, for a product without pictures; may be empty.
    image: &'a str,
    /// Its pictures, in the order in which to show them; may be empty.
    #[schema(max_items = 12)]
    pictures: Vec<PictureView<'a>>,
    /// Price of one unit, in minor units of `currency`.
    #[schema(minimum = 0)]
    price: i64,
    /// ISO 4217 code.
    #[schema(value_type = String, pattern = "^[A-Z]{3}$")]
    currency: Currency,
    /// Total number of units in the sale.
    #[schema(maximum = 1_000_000_000)]
    total: u32,
    /// Units available to hold.
    available: u32,
    /// Units in active holds; they may become available again.
    held: u32,
    /// Units in orders awaiting payment; they may become available again.
    pending: u32,
    /// Units sold: their orders are paid.
    sold: u32,
    /// Maximum number of units per shopper; null if unlimited.
    #[schema(required, minimum = 1)]
    per_shopper_limit: Option<u32>,
    /// Start of the sale; null if it has none.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    starts_at: Option<Timestamp>,
    /// End of the sale; null if it has none.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    ends_at: Option<Timestamp>,
    /// Status of the sale now.
    sale: SaleStatus,
    /// Lifetime of a hold, in seconds.
    #[schema(minimum = 1)]
    hold_seconds: u64,
    /// Seconds that the one extension adds to a hold; null if the sale allows no extension.
    #[schema(required, minimum = 1)]
    extend_seconds: Option<u64>,
    /// Time to pay an order, in seconds.
    #[schema(minimum = 1)]
    pay_seconds: u64,
    /// Whether it is sent to its buyer. Then give name and address with the order's `contact`.
    ships: bool,
    /// Increases by one with each commit that changes the product.
    version: u64,
    /// Time of the last such commit, by the server's clock.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// A fact of a product, such as its weight.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SpecificationRow)]
pub struct SpecificationRowView<'a> {
    /// Name on one line, without a colon.
    #[schema(value_type = String, min_length = 1, max_length = 60, pattern = "^[^:]+$")]
    name: Cow<'a, str>,
    /// Value on one line.
    #[schema(value_type = String, min_length = 1, max_length = 300)]
    value: Cow<'a, str>,
}

impl<'a> From<&'a SpecificationRow> for SpecificationRowView<'a> {
    fn from(row: &'a SpecificationRow) -> Self {
        Self { name: row.name.as_str().into(), value: row.value.as_str().into() }
    }
}

impl From<SpecificationRowView<'_>> for SpecificationRow {
    fn from(row: SpecificationRowView<'_>) -> Self {
        Self { name: row.name.into_owned(), value: row.value.into_owned() }
    }
}

/// A picture of a product, in several sizes. It never changes: another picture has another id and other URLs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Picture)]
pub struct PictureView<'a> {
    /// Id of the picture.
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    id: PictureId,
    /// Text for people who do not see it.
    #[schema(min_length = 1, max_length = 300)]
    alt: &'a str,
    /// Width of the largest size, in pixels.
    #[schema(minimum = 1, maximum = 1920)]
    width: u32,
    /// Height of the largest size, in pixels.
    #[schema(minimum = 1, maximum = 3840)]
    height: u32,
    /// All sizes, from the smallest.
    sizes: Vec<PictureSizeView>,
}

/// A picture in one of its sizes, as WebP.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PictureSize)]
pub struct PictureSizeView {
    /// Width in pixels.
    #[schema(minimum = 1, maximum = 1920)]
    width: u32,
    /// Height in pixels.
    #[schema(minimum = 1, maximum = 3840)]
    height: u32,
    /// Path on this server. It may be cached for ever.
    url: String,
}

impl<'a> PictureView<'a> {
    fn new(picture: &'a Picture) -> Self {
        let size = |PictureSize { width, height }| PictureSizeView {
            width,
            height,
            url: app::paths::picture(picture.id, width),
        };
        let sizes = picture.sizes().map(size).collect();
        Self { id: picture.id, alt: &picture.alt, width: picture.width, height: picture.height, sizes }
    }
}

/// Status of a sale: not started (`coming`), `open`, `paused` by the shop, or `ended`. While it is paused, no hold can be
/// placed, and existing holds and orders go on.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SaleStatus {
    Coming,
    Open,
    Ended,
    Paused,
}

impl<'a> ProductView<'a> {
    /// Renders the product as of `now`.
    pub fn new(product: &'a Product, now: Timestamp) -> Self {
        let Stock { total, available, held, pending, sold } = product.stock;
        Self {
            id: product.id,
            slug: &product.slug,
            name: &product.name,
            description: &product.description,
            tagline: &product.tagline,
            story: &product.story,
            specification: product.specification.iter().map(SpecificationRowView::from).collect(),
            image: &product.image,
            pictures: product.pictures.iter().map(PictureView::new).collect(),
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
            extend_seconds: product.extend_by.map(|by| by.as_secs()),
            pay_seconds: product.pay_within.as_secs(),
            ships: product.ships,
            version: product.version,
            updated_at: product.updated_at,
        }
    }
}

impl SaleStatus {
    fn of(product: &Product, now: Timestamp) -> Self {
        match product.phase(now) {
            SalePhase::Upcoming(_) => Self::Coming,
            SalePhase::Open => Self::Open,
            SalePhase::Ended(_) => Self::Ended,
            SalePhase::Paused => Self::Paused,
        }
    }
}

/// Lists the products, oldest first.
///
/// All products with their stock, including those that are sold out or whose sale is paused or has ended. Archived
/// products are not listed.
#[utoipa::path(
    get,
    path = "/api/products",
    operation_id = "listProducts",
    tag = "Products",
    summary = "List the products",
    params(("If-None-Match", Header), ("limit", Query), ("cursor", Query)),
    responses(
        (
            status = OK,
            description = "A page of products.",
            body = [ProductView<'_>],
            headers(("ETag"), ("Link")),
            links(
                ("getProduct" = (operation_id = "getProduct", parameters(("product" = "$response.body#/0/id")))),
                ("placeHold" = (
                    operation_id = "placeHold",
                    request_body = json!({ "product_id": "$response.body#/0/id", "qty": 1 })
                )),
            ),
            example = json!([examples::product()]),
        ),
        (
            status = NOT_MODIFIED,
            description = "Nothing changed since the response with this `ETag`.",
            headers(("ETag")),
        ),
    ),
)]
pub async fn list(State(checkout): State<Checkout>, page: Page<ProductId>, headers: HeaderMap) -> Response {
    let (mut products, now) = (checkout.products(), checkout.now());
    products.retain(|product| is_listed(product) && page.after.is_none_or(|after| product.id > after));
    products.truncate(page.limit_plus_one());
    with_etag(&headers, &etag(&products, now), || {
        page.respond("/api/products", &products, |p| p.id.to_string(), |p| ProductView::new(p, now))
    })
}

/// Returns one product.
///
/// The product with its stock, by id or slug. An archived product is not found.
#[utoipa::path(
    get,
    path = "/api/products/{product}",
    operation_id = "getProduct",
    tag = "Products",
    summary = "Get a product",
    params(("If-None-Match", Header)),
    responses(
        (
            status = OK,
            description = "The product.",
            body = ProductView<'_>,
            headers(("ETag")),
            example = json!(examples::product()),
        ),
        (
            status = NOT_MODIFIED,
            description = "Nothing changed since the response with this `ETag`.",
            headers(("ETag")),
        ),
    ),
    extensions(("x-problems" = json!([Kind::UnknownProduct]))),
)]
pub async fn get(
    State(checkout): State<Checkout>,
    name: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let product = find(&checkout, name)?;
    let now = checkout.now();
    let tag = etag(std::slice::from_ref(&product), now);
    Ok(with_etag(&headers, &tag, || Json(ProductView::new(&product, now)).into_response()))
}

/// Returns the product whose id or slug is in the path. A path that cannot be decoded names no product.
pub(crate) fn find(checkout: &Checkout, name: Result<Path<String>, PathRejection>) -> Result<Arc<Product>, Refusal> {
    let Path(name) = name.map_err(|_| Refusal::UnknownProduct)?;
    lookup::product(checkout, &name).filter(|product| is_listed(product)).ok_or(Refusal::UnknownProduct)
}

/// Returns whether the catalogue shows the product.
pub(super) fn is_listed(product: &Product) -> bool {
    product.status != ProductStatus::Archived
}

/// Returns an entity tag made of each product's version and sale status. The status changes with time alone.
fn etag(products: &[Arc<Product>], now: Timestamp) -> String {
    let mut hash = Sha256::new();
    for product in products {
        hash.update(product.id.0);
        hash.update(product.version.to_be_bytes());
        hash.update([SaleStatus::of(product, now) as u8]);
    }
    format!("\"{}\"", hex::encode(&hash.finalize()[..12]))
}
