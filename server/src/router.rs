//! All addresses.

use crate::{api, health, state::AppState, storefront};
use axum::{
    Router,
    routing::{MethodRouter, get},
};

/// The whole server, with `place_hold` at `POST /api/holds`.
pub fn build(state: AppState, place_hold: MethodRouter<AppState>) -> Router {
    api::routes(place_hold)
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .merge(storefront::routes(&state))
        .with_state(state)
}
