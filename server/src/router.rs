//! All addresses, and what every request passes through on its way: outermost first, its line in the log, the net under
//! panics, the headers, the door against other sites, the time limit.

use crate::{api, health, problem::Problem, security, state::AppState, storefront, telemetry};
use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, get},
};
use std::{any::Any, time::Duration};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;

/// How long an answer may take to begin. Streams begin at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// The whole server, with `place_hold` at `POST /api/holds`.
pub fn build(state: AppState, place_hold: MethodRouter<AppState>) -> Router {
    let passage = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(state.clone(), telemetry::observe))
        .layer(middleware::from_fn_with_state(state.clone(), security::headers))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(security::same_site))
        .layer(middleware::from_fn(within_time));
    Router::new()
        .nest("/api", api::routes(place_hold))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .merge(storefront::routes(&state))
        .layer(passage)
        .with_state(state)
}

/// What takes too long is cut off. Its effect, if it was sent to the writer, happens all the same (P9), so the answer
/// cannot say that nothing was done.
async fn within_time(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(PATIENCE, next.run(request)).await;
    answer.unwrap_or_else(|_| Problem::unknown_outcome().into_response())
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let said = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    Problem::fault(said.unwrap_or("a panic that said nothing")).into_response()
}
