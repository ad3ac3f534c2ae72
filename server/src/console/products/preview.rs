//! The preview of a product's page in the shop.

use super::find;
use crate::{
    console::{Fields, html},
    problem::Problem,
};
use app::admin::preview::{Stage, preview};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::Checkout;
use http::{StatusCode, Uri};
use leptos::config::LeptosOptions;

/// `GET /admin/products/{id}/preview`
pub(super) async fn page(
    State(checkout): State<Checkout>,
    State(options): State<LeptosOptions>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let product = find(&checkout, &id)?;
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let stage = Stage::from_name(query.get("stage"));
    Ok(html(StatusCode::OK, preview(&options, &product, stage, checkout.now())))
}
