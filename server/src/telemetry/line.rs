//! A request's line in the log, and the id that its answer carries. Of a request it shows method and path; never its query,
//! headers, cookies or body.

use super::traces::Trace;
use crate::{problem::ProblemKind, state::AppState};
use axum::{extract::Request, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use std::time::Instant;
use tracing::{Instrument as _, Span};
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids than this are not passed on.
const LONGEST_ID: usize = 64;
/// Paths and methods that are longer are cut.
const LONGEST_SHOWN: usize = 200;

/// A request's line in the log, and the id that its answer carries.
pub struct Line<'s> {
    state: &'s AppState,
    id: HeaderValue,
    method: Method,
    uri: Uri,
    started: Instant,
    trace: Trace,
    answered: bool,
}

impl<'s> Line<'s> {
    /// As the request comes in.
    pub fn begin(state: &'s AppState, request: &Request) -> Self {
        let id = given_id(request.headers()).unwrap_or_else(|| new_id(state));
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let route = || state.metrics.requests.name_of(uri.path());
        let trace = Trace::begin(&method, uri.path(), route, request.headers());
        Self { state, id, method, uri, started: Instant::now(), trace, answered: false }
    }

    /// The path that was asked for.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// What is done on the way to the answer belongs to the request's trace, and what is logged has the request's id.
    pub fn along<F: Future>(&self, way: F) -> impl Future<Output = F::Output> {
        way.instrument(self.span()).instrument(self.trace.span().clone())
    }

    /// A routine call logs nothing on its way unless somebody looks for it, and thousands a second are spared the
    /// bookkeeping; its last line names the id in any case.
    fn span(&self) -> Span {
        let (id, trace) = (self.id(), self.trace.shown());
        if is_routine(self.path()) {
            tracing::debug_span!("request", id, trace)
        } else {
            tracing::info_span!("request", id, trace)
        }
    }

    fn id(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }

    /// As the answer goes out.
    pub fn end(mut self, response: &mut Response) {
        self.answered = true;
        let problem = response.extensions().get::<ProblemKind>().map(|kind| kind.0);
        let status = response.status().as_u16();
        self.write(Some(status), problem);
        self.trace.end(status);
        response.headers_mut().insert(REQUEST_ID, self.id.clone());
    }

    /// What an API client was told, "sold out" and "not like that" included, is not worth a line each when thousands ask in
    /// the same second: it is counted, and development logs it.
    fn write(&self, status: Option<u16>, problem: Option<&str>) {
        let took = self.started.elapsed();
        self.state.metrics.requests.note(self.path(), &self.method, status, took);
        let latency_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let (id, method, path, trace) = (self.id(), shown(self.method.as_str()), self.path(), self.trace.shown());
        macro_rules! line {
            ($level:ident, $what:literal) => {
                tracing::$level!(id, trace, method, path = shown(path), status, latency_ms, problem, $what)
            };
        }
        match (status, is_routine(path)) {
            (None, true) => line!(debug, "not answered"),
            (None, false) => line!(info, "not answered"),
            (Some(503), _) => line!(warn, "answered"),
            (Some(500..), _) => line!(error, "answered"),
            (Some(_), true) => line!(debug, "answered"),
            (Some(_), false) => line!(info, "answered"),
        }
    }
}

/// Whoever asked has gone before the answer came, or the server stops. What was asked for may happen all the same (P9).
impl Drop for Line<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.write(None, None);
        }
    }
}

/// What the caller chose, as far as a line of the log has room for it.
pub(super) fn shown(text: &str) -> &str {
    let end = text.char_indices().nth(LONGEST_SHOWN).map_or(text.len(), |(end, _)| end);
    &text[..end]
}

/// Asked for over and over: probes, files, and the API, except for what the payment provider says.
fn is_routine(path: &str) -> bool {
    let is_call = path.starts_with("/api/") && !path.starts_with("/api/webhooks/");
    is_call || is_probe(path) || is_file(path)
}

/// Is it asked by whoever looks after this server?
pub fn is_probe(path: &str) -> bool {
    matches!(path, "/livez" | "/readyz" | "/metrics")
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
