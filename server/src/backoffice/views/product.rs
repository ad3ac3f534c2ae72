//! Products as operators see them.

use super::ProductStatus;
use crate::api::products::ProductView;
use checkout::model::{Product, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// A product with what the public API does not show.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdminProduct)]
pub struct AdminProductView<'a> {
    #[serde(flatten)]
    product: ProductView<'a>,
    /// Hue of the drop's colours in OKLCH, in degrees; null to take that of its first picture with colours.
    #[schema(required, maximum = 359)]
    hue: Option<u16>,
    /// Whether the home page shows it first.
    featured: bool,
    /// Whether the product is in the shop.
    status: ProductStatus,
    /// Increases by one with each edit. An edit names the revision that it is based on.
    #[schema(minimum = 1)]
    revision: u64,
}

impl<'a> AdminProductView<'a> {
    /// The product as of `now`.
    pub fn new(product: &'a Product, now: Timestamp) -> Self {
        Self {
            product: ProductView::new(product, now),
            hue: product.hue,
            featured: product.featured,
            status: product.status.into(),
            revision: product.revision,
        }
    }
}
