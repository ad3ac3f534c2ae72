//! The request log: a line, a trace span and metrics for each request. A line shows method and path, and never the query,
//! headers, cookies or body.

use super::{metrics::Metrics, traces::Trace};
use crate::{http::RouteKind, problem::ErrorCode};
use axum::{
    extract::{MatchedPath, Request},
    response::Response,
};
use checkout::IdGenerator;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use std::{sync::Arc, time::Instant};
use tracing::Span;
use uuid::Uuid;

/// The header that carries a request's id, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest request id that is accepted from a client.
const MAX_ID_LENGTH: usize = 64;
/// Longest path and method in a log line, in characters.
const MAX_LOGGED_LENGTH: usize = 200;
/// Route of requests that match none.
const NO_ROUTE: &str = "(none)";
/// Route of all static files.
const FILES: &str = "(files)";

/// Logs and counts the requests of one kind of routes.
pub struct RequestLog {
    kind: RouteKind,
    metrics: Arc<Metrics>,
    ids: IdGenerator,
}

impl RequestLog {
    /// Logs requests to routes of this kind, and counts them in `metrics`.
    pub fn new(kind: RouteKind, metrics: Arc<Metrics>, ids: IdGenerator) -> Self {
        Self { kind, metrics, ids }
    }

    /// Returns the client's id for the request if it is fit for a log, or else a new one.
    fn request_id(&self, headers: &HeaderMap) -> HeaderValue {
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_.".contains(b);
        let given = headers.get(REQUEST_ID);
        if let Some(id) = given.filter(|id| (1..=MAX_ID_LENGTH).contains(&id.len()) && id.as_bytes().iter().all(plain))
        {
            return id.clone();
        }
        let id: Uuid = self.ids.generate();
        let mut text = Uuid::encode_buffer();
        // Hexadecimal and dashes are always a valid header value.
        HeaderValue::from_str(id.hyphenated().encode_lower(&mut text)).unwrap_or(HeaderValue::from_static("unknown"))
    }
}

/// One request on its way.
pub struct Record {
    log: Arc<RequestLog>,
    id: HeaderValue,
    route: Option<MatchedPath>,
    method: Method,
    uri: Uri,
    started: Instant,
    trace: Trace,
    responded: bool,
}

impl Record {
    /// Starts the record of a request.
    pub fn new(log: Arc<RequestLog>, request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let name = route_name(route.as_ref(), log.kind, None);
        let trace = Trace::begin(&method, logged_path(log.kind, route.as_ref(), &uri), name, request.headers());
        let id = log.request_id(request.headers());
        Self { log, id, route, method, uri, started: Instant::now(), trace, responded: false }
    }

    /// Returns the span for what is logged while the request is handled. Routine requests have one at debug level only,
    /// since there are thousands a second; their own line has the id in any case.
    pub fn span(&self) -> Span {
        let (id, trace) = (self.id(), self.trace.id());
        if self.log.kind.is_routine() {
            tracing::debug_span!("request", id, trace)
        } else {
            tracing::info_span!("request", id, trace)
        }
    }

    /// Returns the span that is exported to the collector.
    pub fn trace_span(&self) -> Span {
        self.trace.span().clone()
    }

    fn id(&self) -> &str {
        self.id.to_str().unwrap_or_default()
    }

    /// Logs and counts the response, and adds the request's id to it.
    pub fn finish(mut self, response: &mut Response) {
        self.responded = true;
        let problem = response.extensions().get::<ErrorCode>().map(|kind| kind.0);
        let status = response.status().as_u16();
        self.write(Some(status), problem);
        self.trace.end(status);
        response.headers_mut().insert(REQUEST_ID, self.id.clone());
    }

    /// Counts the request and writes its line. Refusals of the API are counted, and logged at debug level only.
    fn write(&self, status: Option<u16>, problem: Option<&str>) {
        let latency = self.started.elapsed();
        let route = route_name(self.route.as_ref(), self.log.kind, status);
        self.log.metrics.requests.record(route, &self.method, status, latency);
        let latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        let (id, trace, method) = (self.id(), self.trace.id(), truncated(self.method.as_str()));
        let path = truncated(logged_path(self.log.kind, self.route.as_ref(), &self.uri));
        macro_rules! line {
            ($level:ident, $message:literal) => {
                tracing::$level!(id, trace, method, path, status, latency_ms, problem, $message)
            };
        }
        match (status, self.log.kind.is_routine()) {
            (None, true) => line!(debug, "client disconnected before the response"),
            (None, false) => line!(info, "client disconnected before the response"),
            (Some(503), _) => line!(warn, "response"),
            (Some(500..), _) => line!(error, "response"),
            (Some(_), true) => line!(debug, "response"),
            (Some(_), false) => line!(info, "response"),
        }
    }
}

/// The client disconnected before the response, or the server stopped. The request may still have its effect (P9).
impl Drop for Record {
    fn drop(&mut self) {
        if !self.responded {
            self.write(None, None);
        }
    }
}

/// Returns the path for logs and traces. Some paths of the console contain a one-time token, so that it is the route there.
fn logged_path<'a>(kind: RouteKind, route: Option<&'a MatchedPath>, uri: &'a Uri) -> &'a str {
    match route {
        Some(route) if kind.is_console() => route.as_str(),
        _ => uri.path(),
    }
}

/// Returns the name under which a request is counted: its route's path, or one name for all files and one for all
/// unknown paths, so that clients cannot make up names.
fn route_name(route: Option<&MatchedPath>, kind: RouteKind, status: Option<u16>) -> &str {
    match route {
        Some(_) if kind.is_file() => {
            if status.is_some_and(|status| status >= 400) {
                NO_ROUTE
            } else {
                FILES
            }
        }
        Some(route) if !route.as_str().contains("{*") => route.as_str(),
        _ => NO_ROUTE,
    }
}

/// Shortens what the client chose to what a log line has room for.
pub(super) fn truncated(text: &str) -> &str {
    let end = text.char_indices().nth(MAX_LOGGED_LENGTH).map_or(text.len(), |(end, _)| end);
    &text[..end]
}
