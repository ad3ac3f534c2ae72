//! The preview of a product's page in the shop.

use super::find;
use crate::{
    console::{Fields, html},
    http::security::console_csp_with_style,
    problem::Problem,
    state::AppState,
    storefront::provide_contexts,
};
use app::admin::preview::{Stage, preview};
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::{HeaderValue, StatusCode, Uri, header};
use uuid::Uuid;

/// `GET /admin/products/{id}/preview`
pub(super) async fn page(State(state): State<AppState>, Path(id): Path<String>, uri: Uri) -> Result<Response, Problem> {
    let product = find(&state.checkout, &id)?;
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let stage = Stage::from_name(query.get("stage"));
    let nonce = Uuid::new_v4().simple().to_string();
    let contexts = provide_contexts(state.clone());
    let page = preview(&state.leptos, &product, stage, state.checkout.now(), &nonce, contexts);
    let mut response = html(StatusCode::OK, page);
    let csp = HeaderValue::from_str(&console_csp_with_style(&nonce))
        .map_err(|error| Problem::internal_error(&error.to_string()))?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, csp);
    Ok(response)
}
