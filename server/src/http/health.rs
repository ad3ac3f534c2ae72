//! Health checks: is the process alive, and can it serve?

use axum::extract::State;
use checkout::{Checkout, Supervisor};
use http::StatusCode;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Time limit of the database's response.
const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// `GET /livez`: the process responds.
pub async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database responds, every essential task runs, and the server is not stopping.
pub async fn ready(
    State(checkout): State<Checkout>,
    State(tasks): State<Supervisor>,
    State(stopping): State<CancellationToken>,
) -> (StatusCode, &'static str) {
    if stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    if !checkout.dead_tasks().is_empty() || !tasks.dead().is_empty() {
        return (StatusCode::SERVICE_UNAVAILABLE, "a background task has ended\n");
    }
    match tokio::time::timeout(PING_TIMEOUT, checkout.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not respond\n"),
    }
}
