//! What the log says: text in development, JSON in production, one line for each request. Of a request it shows method
//! and path; never its query, headers, cookies or body.

use crate::{config::Environment, problem::ProblemKind, state::AppState};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::{
    io::{self, IsTerminal as _},
    time::Instant,
};
use tracing::Instrument as _;
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids than this are not passed on.
const LONGEST_ID: usize = 64;
/// What is longer is cut.
const LONGEST_PATH: usize = 200;
/// What is logged unless `RUST_LOG` says otherwise.
const USUAL: &str = "info,sqlx=warn,hyper=warn,tower_sessions=warn,tower_sessions_core=warn";

/// Starts the log, on standard error: standard output belongs to what commands print. A second start changes nothing.
pub fn start(env: Environment) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(USUAL));
    let colours = io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours);
    // The error is that there is a log already, which is fine.
    let _ = match env {
        Environment::Development => log.try_init(),
        Environment::Production => log.json().flatten_event(true).with_span_list(false).try_init(),
    };
}

/// Gives each request its id and its line.
pub async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let id = given_id(request.headers()).unwrap_or_else(|| new_id(&state));
    let (method, path) = (request.method().clone(), shown(request.uri().path()));
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| line(method.as_str(), &path, &response, latency_ms));
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

fn line(method: &str, path: &str, response: &Response, latency_ms: u64) {
    let status = response.status();
    let problem = response.extensions().get::<ProblemKind>().map(|kind| kind.0);
    let quiet = matches!(path, "/livez" | "/readyz") || is_file(path);
    match (status.as_u16(), quiet) {
        (500.., _) if status != StatusCode::SERVICE_UNAVAILABLE => {
            tracing::error!(method, path, status = status.as_u16(), latency_ms, problem, "answered");
        }
        (500.., _) => tracing::warn!(method, path, status = status.as_u16(), latency_ms, problem, "answered"),
        (..400, true) => tracing::debug!(method, path, status = status.as_u16(), latency_ms, "answered"),
        _ => tracing::info!(method, path, status = status.as_u16(), latency_ms, problem, "answered"),
    }
}

/// The path, as far as a line of the log has room for it.
fn shown(path: &str) -> String {
    path.chars().take(LONGEST_PATH).collect()
}

fn is_file(path: &str) -> bool {
    path.starts_with("/pkg/") || path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}

/// The caller's own id for the request, if it is one that a log can hold.
fn given_id(headers: &HeaderMap) -> Option<HeaderValue> {
    let given = headers.get(REQUEST_ID)?;
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_.".contains(b);
    let fine = (1..=LONGEST_ID).contains(&given.len()) && given.as_bytes().iter().all(plain);
    fine.then(|| given.clone())
}

fn new_id(state: &AppState) -> HeaderValue {
    let id: Uuid = state.mint.id();
    // Hexadecimal and dashes are always a header's value.
    HeaderValue::from_str(&id.to_string()).unwrap_or(HeaderValue::from_static("unknown"))
}
