//! All addresses.

use crate::{api, health, metrics, state::AppState, storefront};
use axum::{
    Router,
    routing::{MethodRouter, get},
};
use std::sync::LazyLock;

/// What is neither the API's nor the storefront's.
const OWN: [&str; 3] = ["/livez", "/readyz", "/metrics"];

/// The whole server, with `place_hold` at `POST /api/holds`.
pub fn build(state: AppState, place_hold: MethodRouter<AppState>) -> Router {
    api::routes(place_hold)
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::read))
        .merge(storefront::routes(&state))
        .with_state(state)
}

/// Where all of them are, by the names that [`build`] gives them; but for those that stand for any other address.
pub fn paths() -> &'static [String] {
    static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let own = OWN.iter().map(ToString::to_string);
        own.chain(api::paths()).chain(storefront::paths()).collect()
    });
    &PATHS
}
