//! Trace context of requests (W3C): a request continues the caller's trace, or begins one where traces are collected.
//! Without a collector, a request without trace context costs one header look-up.

use super::request_log::truncated;
use http::{HeaderMap, HeaderName, Method};
use opentelemetry::{
    Context,
    propagation::TextMapPropagator as _,
    trace::{TraceContextExt as _, TraceId},
};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// Target of the spans that go to the collector and to no log.
pub const TARGET: &str = "trace";

/// Header of the caller's trace context.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The span of one request in a trace.
pub struct Trace {
    span: Span,
    id: Option<Id>,
}

/// A trace id in hexadecimal.
struct Id([u8; 32]);

impl Trace {
    /// Starts the span of a request.
    pub fn begin(method: &Method, path: &str, route: &str, headers: &HeaderMap) -> Self {
        let caller = headers
            .contains_key(TRACEPARENT)
            .then(|| TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(headers)));
        let (name, method) = if is_known(method) { (method.as_str(), method.as_str()) } else { ("HTTP", "_OTHER") };
        let span = tracing::debug_span!(
            target: TARGET,
            parent: None,
            "request",
            otel.name = %format_args!("{name} {route}"),
            otel.kind = "server",
            otel.status_code = Empty,
            http.request.method = method,
            http.route = route,
            http.response.status_code = Empty,
            url.path = truncated(path),
        );
        if let Some(caller) = caller.clone() {
            // Fails only without a collector.
            let _ = span.set_parent(caller);
        }
        let known = if span.is_disabled() { caller } else { Some(span.context()) };
        Self { id: known.and_then(|context| Id::of(context.span().span_context().trace_id())), span }
    }

    /// Returns the span.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Returns the trace id, for the log.
    pub fn id(&self) -> Option<&str> {
        self.id.as_ref().map(Id::text)
    }

    /// Records the status of the response.
    pub fn end(&self, status: u16) {
        if self.span.is_disabled() {
            return;
        }
        self.span.record("http.response.status_code", status);
        if status >= 500 {
            self.span.record("otel.status_code", "ERROR");
        }
    }
}

/// Whether the method may name a span. Span names should be few (OpenTelemetry's HTTP conventions).
fn is_known(method: &Method) -> bool {
    use Method as M;
    [M::GET, M::HEAD, M::POST, M::PUT, M::PATCH, M::DELETE, M::OPTIONS, M::TRACE, M::CONNECT].contains(method)
}

impl Id {
    fn of(trace: TraceId) -> Option<Self> {
        let mut text = [0; 32];
        hex::encode_to_slice(trace.to_bytes(), &mut text).ok()?;
        (trace != TraceId::INVALID).then_some(Self(text))
    }

    fn text(&self) -> &str {
        // Hexadecimal digits are valid UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}
