//! Products as operators see them.

use super::ProductStatus;
use crate::api::products::ProductView;
use checkout::model::{Product, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// A product with its status and revision, which the public API does not show.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdminProduct)]
pub struct AdminProductView<'a> {
    #[serde(flatten)]
    product: ProductView<'a>,
    /// Whether the product is in the shop.
    status: ProductStatus,
    /// Increases by one with each edit. An edit names the revision that it is based on.
    #[schema(minimum = 1)]
    revision: u64,
}

impl<'a> AdminProductView<'a> {
    /// The product as of `now`.
    pub fn new(product: &'a Product, now: Timestamp) -> Self {
        Self { product: ProductView::new(product, now), status: product.status.into(), revision: product.revision }
    }
}
