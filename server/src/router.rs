//! Merges the groups of routes, each with its kind. The middleware stack depends on the kind alone.

use crate::{
    api, cards, console,
    docs::{self, Document},
    http::{RouteKind, health, limits::RateLimiter, middleware::Middleware},
    pictures,
    state::AppState,
    storefront,
    telemetry::metrics,
    webhooks,
};
use axum::{
    Router,
    routing::{MethodRouter, get},
};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

/// Builds the server's router, with `place_hold` at `POST /api/holds`.
pub fn build(state: AppState, rate_limiter: Arc<RateLimiter>, place_hold: MethodRouter<AppState>) -> Router {
    let (calls, descriptions): (Vec<_>, Vec<_>) = calls(place_hold)
        .into_iter()
        .map(|(kind, group)| {
            let (routes, description) = group.split_for_parts();
            let routes = if kind.is_admin_api() { api::admin::guarded(&state, routes) } else { routes };
            ((kind, routes), (kind, description))
        })
        .unzip();
    let routes = [
        (RouteKind::Probe, probes()),
        (RouteKind::Api, api::unknown_routes()),
        (RouteKind::Docs, docs::routes(&Document::new(descriptions))),
        (RouteKind::File, storefront::files().merge(console::files()).merge(pictures::files()).merge(cards::files())),
        (RouteKind::HashedFile, storefront::hashed_files()),
        (RouteKind::VersionedFile, storefront::versioned_files()),
        (RouteKind::Console, console::routes(&state)),
        (RouteKind::ConsoleUpload, console::upload_routes(&state)),
        (RouteKind::Page, storefront::pages(&state)),
    ];
    let middleware = Middleware::new(state.clone(), rate_limiter);
    calls
        .into_iter()
        .chain(routes)
        .fold(Router::new(), |router, (kind, routes)| router.merge(middleware.wrap(kind, routes)))
        .with_state(state)
}

/// Returns the calls of the API with their descriptions, in the order of the OpenAPI document.
pub fn calls(place_hold: MethodRouter<AppState>) -> [(RouteKind, OpenApiRouter<AppState>); 6] {
    [
        (RouteKind::Token, api::tokens()),
        (RouteKind::PublicRead, api::catalog()),
        (RouteKind::Api, api::checkout(place_hold)),
        (RouteKind::Webhook, webhooks::routes()),
        (RouteKind::AdminApi, api::admin::routes()),
        (RouteKind::AdminUpload, api::admin::upload_routes()),
    ]
}

fn probes() -> Router<AppState> {
    Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::scrape))
}
