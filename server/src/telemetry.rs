//! What the log says: text in development, JSON in production, one line for each request. Of a request it shows method
//! and path; never its query, headers, cookies or body.

use crate::{config::Environment, problem::ProblemKind, state::AppState};
use axum::{extract::Request, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use std::{
    io::{self, IsTerminal as _},
    time::Instant,
};
use tracing::Span;
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids than this are not passed on.
const LONGEST_ID: usize = 64;
/// What is longer is cut.
const LONGEST_PATH: usize = 200;
/// What is logged unless `RUST_LOG` says otherwise.
const USUAL: &str = "info,sqlx=warn,hyper=warn,tower_sessions=warn,tower_sessions_core=warn";
/// In development, every call of the API too.
const USUAL_IN_DEVELOPMENT: &str =
    "info,server::telemetry=debug,sqlx=warn,hyper=warn,tower_sessions=warn,tower_sessions_core=warn";

/// Starts the log, on standard error: standard output belongs to what commands print. A second start changes nothing.
pub fn start(env: Environment) {
    let usual = match env {
        Environment::Development => USUAL_IN_DEVELOPMENT,
        Environment::Production => USUAL,
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let colours = io::stderr().is_terminal();
    // Where nobody reads the log any more, a line that cannot be written is no reason to complain on the same stream, which
    // would end whoever wrote it.
    let log = tracing_subscriber::fmt().log_internal_errors(false);
    let log = log.with_env_filter(filter).with_writer(io::stderr).with_ansi(colours);
    // The error is that there is a log already, which is fine.
    let _ = match env {
        Environment::Development => log.try_init(),
        Environment::Production => log.json().flatten_event(true).with_span_list(false).try_init(),
    };
}

/// A request's line in the log, and the id that its answer carries.
pub struct Line {
    id: HeaderValue,
    method: Method,
    uri: Uri,
    started: Instant,
}

impl Line {
    /// As the request comes in.
    pub fn begin(state: &AppState, request: &Request) -> Self {
        let id = given_id(request.headers()).unwrap_or_else(|| new_id(state));
        Self { id, method: request.method().clone(), uri: request.uri().clone(), started: Instant::now() }
    }

    /// The path that was asked for.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// Gives what is logged on the way the request's id. A routine call logs nothing on its way unless somebody looks for
    /// it, and thousands a second are spared the bookkeeping; its last line names the id in any case.
    pub fn span(&self) -> Span {
        let id = self.id();
        if is_routine(self.path()) { tracing::debug_span!("request", id) } else { tracing::info_span!("request", id) }
    }

    fn id(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }

    /// As the answer goes out. What an API client was told in the ordinary course of a sale, "sold out" included, is not
    /// worth a line each when thousands ask in the same second; development logs it.
    pub fn end(self, state: &AppState, response: &mut Response) {
        let (status, took) = (response.status().as_u16(), self.started.elapsed());
        state.metrics.requests.note(self.path(), &self.method, status, took);
        let problem = response.extensions().get::<ProblemKind>().map(|kind| kind.0);
        let latency_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let (id, method, path) = (self.id(), self.method.as_str(), self.path());
        match (status, is_routine(path)) {
            (503, _) => tracing::warn!(id, method, path = shown(path), status, latency_ms, problem, "answered"),
            (500.., _) => tracing::error!(id, method, path = shown(path), status, latency_ms, problem, "answered"),
            (..400 | 404 | 409 | 410, true) => {
                tracing::debug!(id, method, path = shown(path), status, latency_ms, problem, "answered");
            }
            _ => tracing::info!(id, method, path = shown(path), status, latency_ms, problem, "answered"),
        }
        response.headers_mut().insert(REQUEST_ID, self.id);
    }
}

/// The path, as far as a line of the log has room for it.
fn shown(path: &str) -> &str {
    let end = path.char_indices().nth(LONGEST_PATH).map_or(path.len(), |(end, _)| end);
    &path[..end]
}

/// Asked for over and over: probes, files, and the API, except for what the payment provider says.
fn is_routine(path: &str) -> bool {
    let is_call = path.starts_with("/api/") && !path.starts_with("/api/webhooks/");
    is_call || matches!(path, "/livez" | "/readyz" | "/metrics") || is_file(path)
}

/// Is this the path of a file, and not of a page?
pub fn is_file(path: &str) -> bool {
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
    let mut text = Uuid::encode_buffer();
    HeaderValue::from_str(id.hyphenated().encode_lower(&mut text)).unwrap_or(HeaderValue::from_static("unknown"))
}
