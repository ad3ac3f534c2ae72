//! The preview of a product's page in the shop.

use super::find;
use crate::{
    console::{Fields, html},
    problem::Problem,
    state::AppState,
    storefront::shop_info,
};
use app::admin::preview::{Stage, preview};
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::{StatusCode, Uri};

/// `GET /admin/products/{id}/preview`
pub(super) async fn page(State(state): State<AppState>, Path(id): Path<String>, uri: Uri) -> Result<Response, Problem> {
    let product = find(&state.checkout, &id)?;
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let stage = Stage::from_name(query.get("stage"));
    Ok(html(StatusCode::OK, preview(&state.leptos, shop_info(&state), &product, stage, state.checkout.now())))
}
