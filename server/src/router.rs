//! All routes, each with its kind. The middleware stack depends on the kind alone.

use crate::{
    api, docs,
    http::{RouteKind, health, limits::RateLimiter, middleware::Middleware},
    state::AppState,
    storefront,
    telemetry::metrics,
};
use axum::{
    Router,
    routing::{MethodRouter, get},
};
use std::sync::Arc;

/// Builds the server's router, with `place_hold` at `POST /api/holds`.
pub fn build(state: AppState, rate_limiter: Arc<RateLimiter>, place_hold: MethodRouter<AppState>) -> Router {
    let routes = [
        (RouteKind::Probe, probes()),
        (RouteKind::PublicRead, api::catalog()),
        (RouteKind::Token, api::tokens()),
        (RouteKind::Api, api::checkout(place_hold)),
        (RouteKind::Api, api::unknown_routes()),
        (RouteKind::Webhook, api::payment_webhooks()),
        (RouteKind::Docs, docs::routes()),
        (RouteKind::File, storefront::files()),
        (RouteKind::HashedFile, storefront::hashed_files()),
        (RouteKind::Page, storefront::pages(&state)),
    ];
    let middleware = Middleware::new(state.clone(), rate_limiter);
    routes
        .into_iter()
        .fold(Router::new(), |router, (kind, routes)| router.merge(middleware.wrap(kind, routes)))
        .with_state(state)
}

fn probes() -> Router<AppState> {
    Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::scrape))
}
