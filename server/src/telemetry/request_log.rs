//! The request log: a line, a trace span and metrics for each request. A line shows method and path, and never the query,
//! headers, cookies or body.

use super::{metrics::Metrics, traces::Trace};
use crate::{http::RouteKind, problem::ErrorCode};
use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use checkout::IdGenerator;
use http::{HeaderName, HeaderValue, Method, Uri};
use std::{sync::Arc, time::Instant};
use tower_http::request_id::{MakeRequestId, RequestId};
use tracing::{Instrument as _, Span};
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

/// Removes a request id that is unfit for a log, so that a new one is made.
pub fn discard_invalid_id(mut request: Request) -> Request {
    let is_valid = |id: &HeaderValue| {
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_.".contains(b);
        (1..=MAX_ID_LENGTH).contains(&id.len()) && id.as_bytes().iter().all(plain)
    };
    if request.headers().get(REQUEST_ID).is_some_and(|id| !is_valid(id)) {
        request.headers_mut().remove(REQUEST_ID);
    }
    request
}

/// Makes request ids for requests that have none.
#[derive(Clone)]
pub struct RequestIds(pub IdGenerator);

impl MakeRequestId for RequestIds {
    fn make_request_id<B>(&mut self, _request: &http::Request<B>) -> Option<RequestId> {
        let id: Uuid = self.0.generate();
        let mut text = Uuid::encode_buffer();
        HeaderValue::from_str(id.hyphenated().encode_lower(&mut text)).ok().map(RequestId::new)
    }
}

/// What the log needs to know of a route.
#[derive(Clone)]
pub struct Context {
    /// The kind of the route.
    pub kind: RouteKind,
    /// Counts the requests.
    pub metrics: Arc<Metrics>,
}

/// Middleware: logs, traces and counts a request.
pub async fn record(State(context): State<Context>, request: Request, next: Next) -> Response {
    let record = Record::new(context, &request);
    let response = next.run(request).instrument(record.span()).instrument(record.trace.span().clone()).await;
    record.finish(&response);
    response
}

/// One request on its way.
struct Record {
    context: Context,
    id: Option<RequestId>,
    route: Option<MatchedPath>,
    method: Method,
    uri: Uri,
    started: Instant,
    trace: Trace,
    responded: bool,
}

impl Record {
    fn new(context: Context, request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let name = route_name(route.as_ref(), context.kind, None);
        let trace = Trace::begin(&method, uri.path(), name, request.headers());
        let id = request.extensions().get::<RequestId>().cloned();
        Self { context, id, route, method, uri, started: Instant::now(), trace, responded: false }
    }

    /// Returns the span for what is logged while the request is handled. Routine requests have one at debug level only,
    /// since there are thousands a second; their own line has the id in any case.
    fn span(&self) -> Span {
        let (id, trace) = (self.id(), self.trace.id());
        if self.context.kind.is_routine() {
            tracing::debug_span!("request", id, trace)
        } else {
            tracing::info_span!("request", id, trace)
        }
    }

    fn id(&self) -> &str {
        self.id.as_ref().and_then(|id| id.header_value().to_str().ok()).unwrap_or_default()
    }

    fn finish(mut self, response: &Response) {
        self.responded = true;
        let problem = response.extensions().get::<ErrorCode>().map(|kind| kind.0);
        let status = response.status().as_u16();
        self.write(Some(status), problem);
        self.trace.end(status);
    }

    /// Counts the request and writes its line. Refusals of the API are counted, and logged at debug level only.
    fn write(&self, status: Option<u16>, problem: Option<&str>) {
        let latency = self.started.elapsed();
        let route = route_name(self.route.as_ref(), self.context.kind, status);
        self.context.metrics.requests.record(route, &self.method, status, latency);
        let latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        let (id, trace, method) = (self.id(), self.trace.id(), truncated(self.method.as_str()));
        let path = truncated(self.uri.path());
        macro_rules! line {
            ($level:ident, $message:literal) => {
                tracing::$level!(id, trace, method, path, status, latency_ms, problem, $message)
            };
        }
        match (status, self.context.kind.is_routine()) {
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
