//! The public JSON API: one file for each resource.

pub mod admin;
pub mod contact;
pub mod enums;
pub mod events;
pub mod examples;
pub mod holds;
mod order_payment;
pub mod order_view;
pub mod orders;
pub mod pagination;
pub mod products;
pub mod token;

use crate::{problem::Problem, state::AppState};
use axum::{
    Json, Router,
    response::{IntoResponse, Response},
    routing::{MethodRouter, any},
};
use checkout::{
    Idempotent,
    model::{Owner, Shopper},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt as _},
    routes,
};

/// The result of an API handler.
pub type ApiResult<T> = Result<T, Problem>;

const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The catalogue: public reads, served from memory.
pub fn catalog() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(products::list))
        .routes(routes!(events::watch_products))
        .routes(routes!(products::get))
        .routes(routes!(events::watch_product))
}

/// Access tokens.
pub fn tokens() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(token::issue))
}

/// Holds and orders of API clients. `place_hold` serves `POST /api/holds`, so that a benchmark can replace it.
pub fn checkout(place_hold: MethodRouter<AppState>) -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(holds::place).map(|_| place_hold))
        .routes(routes!(holds::get, holds::release))
        .routes(routes!(holds::extend))
        .routes(routes!(orders::list, orders::place))
        .routes(routes!(orders::get))
        .routes(routes!(orders::watch))
        .routes(routes!(orders::cancel))
        .routes(routes!(order_payment::open))
}

/// Responds with 404 to every other path below `/api`.
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
