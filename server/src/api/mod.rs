//! The public JSON API: one file for each resource.

pub mod enums;
pub mod events;
pub mod holds;
pub mod orders;
pub mod pagination;
pub mod products;
pub mod token;

use crate::{problem::Problem, state::AppState, webhooks};
use axum::{
    Json, Router,
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, get, post},
};
use checkout::{
    Idempotent,
    model::{Owner, Shopper},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

/// The result of an API handler.
pub type ApiResult<T> = Result<T, Problem>;

const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The catalogue: public reads, served from memory.
pub fn catalog() -> Router<AppState> {
    Router::new()
        .route("/api/products", get(products::list))
        .route("/api/products/events", get(events::watch_products))
        .route("/api/products/{product}", get(products::get))
        .route("/api/products/{product}/events", get(events::watch_product))
}

/// Access tokens.
pub fn tokens() -> Router<AppState> {
    Router::new().route("/api/token", post(token::issue))
}

/// Holds and orders of API clients. `place_hold` serves `POST /api/holds`, so that a benchmark can replace it.
pub fn checkout(place_hold: MethodRouter<AppState>) -> Router<AppState> {
    Router::new()
        .route("/api/holds", place_hold)
        .route("/api/holds/{hold}", get(holds::get).delete(holds::release))
        .route("/api/holds/{hold}/extend", post(holds::extend))
        .route("/api/orders", get(orders::list).post(orders::place))
        .route("/api/orders/{order}", get(orders::get))
        .route("/api/orders/{order}/events", get(orders::watch))
        .route("/api/orders/{order}/cancel", post(orders::cancel))
}

/// Inbound payment webhooks.
pub fn payment_webhooks() -> Router<AppState> {
    Router::new()
        .route("/api/webhooks/payment", post(webhooks::payment::receive))
        .route("/api/webhooks/payments", post(webhooks::payment::receive))
}

/// Answers 404 for every other path below `/api`.
pub fn unknown_routes() -> Router<AppState> {
    let not_found = any(async || Problem::no_route());
    Router::new().route("/api", not_found.clone()).route("/api/", not_found.clone()).route("/api/{*path}", not_found)
}

/// Builds a 201 with the address of the new resource. A replayed response says so in a header.
fn created<T: Serialize>(location: &str, replayed: bool, body: T) -> Response {
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    mark_replay(replayed, &mut response);
    response
}

/// Builds a 200. A replayed response says so in a header.
fn updated<T, B: Serialize>(result: Idempotent<T>, body: impl FnOnce(T) -> B) -> Response {
    let mut response = Json(body(result.value)).into_response();
    mark_replay(result.replayed, &mut response);
    response
}

/// Returns the client's identifier for its customer. On the storefront the shopper is the owner's own id, which stays
/// private.
fn named(shopper: Option<Shopper>, owner: Owner) -> Option<Shopper> {
    shopper.filter(|shopper| *shopper != Shopper::from(owner))
}

fn mark_replay(replayed: bool, response: &mut Response) {
    if replayed {
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
}
