//! The public JSON API. One file for each kind of thing, as the addresses have it.

pub mod events;
pub mod holds;
pub mod orders;
pub mod products;
pub mod token;

use crate::{problem::Problem, state::AppState, webhooks};
use axum::{
    Json, Router,
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, get, post},
};
use checkout::{
    Replayed,
    model::{Owner, Shopper},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

/// What an API handler answers.
pub type Answer<T> = Result<T, Problem>;

const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Everything under `/api`, by whole paths: nested, each request's address would be cut and put together again. What
/// places holds is handed in, so that the benchmark can measure all the rest without it.
pub fn routes(place_hold: MethodRouter<AppState>) -> Router<AppState> {
    let nothing = any(async || Problem::no_route());
    Router::new()
        .route("/api/products", get(products::list))
        .route("/api/products/events", get(events::all))
        .route("/api/products/{product}", get(products::one))
        .route("/api/products/{product}/events", get(events::one))
        .route("/api/holds", place_hold)
        .route("/api/holds/{hold}", get(holds::one).delete(holds::release))
        .route("/api/orders", post(orders::place))
        .route("/api/orders/{order}", get(orders::one))
        .route("/api/orders/{order}/events", get(orders::events))
        .route("/api/orders/{order}/cancel", post(orders::cancel))
        .route("/api/token", post(token::issue))
        .route("/api/webhooks/payment", post(webhooks::payment::receive))
        .route("/api/webhooks/payments", post(webhooks::payment::receive))
        .route("/api", nothing.clone())
        .route("/api/", nothing.clone())
        .route("/api/{*nothing}", nothing)
        .method_not_allowed_fallback(async || Problem::method())
}

/// 201 with the address of what was made; a repetition says that it is one.
fn created<T: Serialize>(location: &str, replayed: bool, body: T) -> Response {
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    mark_replay(replayed, &mut response);
    response
}

/// 200; a repetition says that it is one.
fn done<T, B: Serialize>(answer: Replayed<T>, body: impl FnOnce(T) -> B) -> Response {
    let mut response = Json(body(answer.value)).into_response();
    mark_replay(answer.replayed, &mut response);
    response
}

/// The client's name for its customer. Where the owner is the shopper, as on the storefront, it is no name but an id of
/// ours, and stays with us.
fn named(shopper: Option<Shopper>, owner: Owner) -> Option<Shopper> {
    shopper.filter(|shopper| *shopper != Shopper::from(owner))
}

fn mark_replay(replayed: bool, response: &mut Response) {
    if replayed {
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
}
