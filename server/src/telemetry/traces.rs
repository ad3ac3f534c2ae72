//! A request's place in a trace (W3C Trace Context): it continues the caller's, or begins one where traces are collected. Where
//! they are not, a request that comes without one costs the look for a header.

use super::line::shown;
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

/// The target of spans that go to the collector, and into no log.
pub const TARGET: &str = "trace";

/// Where the caller's trace stands.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// One request's part of a trace.
pub struct Trace {
    span: Span,
    id: Option<Id>,
}

/// A trace's name in hexadecimal.
struct Id([u8; 32]);

impl Trace {
    /// As the request comes in.
    pub fn begin<'r>(method: &Method, path: &str, route: impl Fn() -> &'r str, headers: &HeaderMap) -> Self {
        let caller = headers
            .contains_key(TRACEPARENT)
            .then(|| TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(headers)));
        let (name, method) = if is_known(method) { (method.as_str(), method.as_str()) } else { ("HTTP", "_OTHER") };
        let span = tracing::debug_span!(
            target: TARGET,
            parent: None,
            "request",
            otel.name = %format_args!("{name} {}", route()),
            otel.kind = "server",
            otel.status_code = Empty,
            http.request.method = method,
            http.route = route(),
            http.response.status_code = Empty,
            url.path = shown(path),
        );
        if let Some(caller) = caller.clone() {
            // Refused only where nobody collects.
            let _ = span.set_parent(caller);
        }
        let known = if span.is_disabled() { caller } else { Some(span.context()) };
        Self { id: known.and_then(|context| Id::of(context.span().span_context().trace_id())), span }
    }

    /// What happens on the request's way lies under this.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// The trace's name, for the log.
    pub fn shown(&self) -> Option<&str> {
        self.id.as_ref().map(Id::text)
    }

    /// As the answer goes out.
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

/// Names of spans are to be few, and a method may be any word (OpenTelemetry's conventions for HTTP).
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
        // It is made of hexadecimal digits.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}
