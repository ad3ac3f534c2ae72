//! The public JSON API. One file for each kind of thing, as the addresses have it.

pub mod events;
pub mod holds;
pub mod orders;
pub mod page;
pub mod products;
pub mod token;
pub mod words;

use crate::{
    docs::{
        self, calls as says,
        routes::{Calls, get, given, post},
    },
    problem::Problem,
    state::AppState,
    webhooks,
};
use axum::{
    Json, Router,
    response::{IntoResponse, Response},
    routing::{MethodRouter, any},
};
use checkout::{
    Replayed,
    model::{Owner, Shopper},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Serialize;

/// What an API handler answers.
pub type Answer<T> = Result<T, Problem>;

const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Everything under `/api`, by whole paths: nested, each request's address would be cut and put together again. What
/// places holds is handed in, so that the benchmark can measure all the rest without it.
pub fn routes(place_hold: MethodRouter<AppState>) -> Router<AppState> {
    let nothing = any(async || Problem::no_route());
    let (router, document) = calls(place_hold).finish();
    router
        .merge(docs::routes(&document))
        .route("/api", nothing.clone())
        .route("/api/", nothing.clone())
        .route("/api/{*nothing}", nothing)
        .method_not_allowed_fallback(async || Problem::method())
}

/// Where all of that is.
pub fn paths() -> Vec<String> {
    let (_, document) = calls(axum::routing::post(holds::place)).finish();
    document.paths().chain(docs::PATHS).map(str::to_owned).collect()
}

/// The table: each address, who answers there, and what the document says of it.
pub(crate) fn calls(place_hold: MethodRouter<AppState>) -> Calls {
    Calls::default()
        .at("/api/token", post(token::issue, says::token::issue()))
        .at("/api/products", get(products::list, says::products::list()))
        .at("/api/products/events", get(events::all, says::products::all_events()))
        .at("/api/products/{product}", get(products::one, says::products::one()))
        .at("/api/products/{product}/events", get(events::one, says::products::events()))
        .at("/api/holds", given(Method::POST, place_hold, says::holds::place()))
        .at("/api/holds/{hold}", get(holds::one, says::holds::one()).delete(holds::release, says::holds::release()))
        .at("/api/orders", get(orders::list, says::orders::list()).post(orders::place, says::orders::place()))
        .at("/api/orders/{order}", get(orders::one, says::orders::one()))
        .at("/api/orders/{order}/events", get(orders::events, says::orders::events()))
        .at("/api/orders/{order}/cancel", post(orders::cancel, says::orders::cancel()))
        .at("/api/webhooks/payment", post(webhooks::payment::receive, says::payments::receive()))
        .at("/api/webhooks/payments", post(webhooks::payment::receive, says::payments::receive_by_its_other_name()))
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
