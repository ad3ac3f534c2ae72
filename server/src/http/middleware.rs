//! The middleware stack: one list, in order, for every route. The first layer sees the request first and the response
//! last. Layers come from tower and tower-http where they have one; docs/decisions/middleware.md says what is ours and
//! why.

use super::{
    RouteKind, body, cors, error_page,
    limits::{PendingBodies, RateLimiter},
    security,
};
use crate::{
    problem::Problem,
    state::AppState,
    telemetry::request_log::{self, REQUEST_ID},
};
use axum::{
    BoxError, Router,
    error_handling::HandleErrorLayer,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use http::{Method, StatusCode};
use std::{any::Any, sync::Arc, time::Duration};
use tower::{
    ServiceBuilder,
    limit::GlobalConcurrencyLimitLayer,
    load_shed::{LoadShedLayer, error::Overloaded},
    timeout::{TimeoutLayer, error::Elapsed},
    util::option_layer,
};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate as _, SizeAbove},
    },
    cors::CorsLayer,
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
};

/// Time until a response must begin. Streams begin at once.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);
/// `Retry-After` of a rejected request.
const BUSY_RETRY_AFTER: Duration = Duration::from_secs(1);
/// Requests that are answered at once. Twice the writer's queue: when that is full, as much room is left for reads.
const MAX_CONCURRENT_REQUESTS: usize = 8192;
/// Smaller responses fit one packet either way, in bytes.
const MIN_COMPRESSED_SIZE: u16 = 1024;
/// Quality of 9 for gzip and 11 for brotli. Beyond it, time grows faster than the responses shrink.
const COMPRESSION_LEVEL: CompressionLevel = CompressionLevel::Precise(4);

/// The parts of the stack that all routes share.
pub struct Middleware {
    state: AppState,
    cors: Option<CorsLayer>,
    rate_limiter: Arc<RateLimiter>,
    pending_bodies: Arc<PendingBodies>,
    concurrency: GlobalConcurrencyLimitLayer,
}

impl Middleware {
    /// Creates the shared parts.
    pub fn new(state: AppState, rate_limiter: Arc<RateLimiter>) -> Self {
        Self {
            cors: cors::layer(&state.settings.cors_origins),
            pending_bodies: Arc::new(PendingBodies::new(state.settings.trusted_proxies.clone())),
            concurrency: GlobalConcurrencyLimitLayer::new(MAX_CONCURRENT_REQUESTS),
            rate_limiter,
            state,
        }
    }

    /// Wraps the routes of one kind in the stack.
    pub fn wrap(&self, kind: RouteKind, routes: Router<AppState>) -> Router<AppState> {
        let state = &self.state;
        let log = request_log::Context { kind, metrics: state.metrics.clone() };
        let headers = security::ResponseHeaders::new(kind, state.settings.common.env, state.leptos.hash_files);
        let compression = CompressionLayer::new()
            .quality(COMPRESSION_LEVEL)
            .compress_when(DefaultPredicate::new().and(SizeAbove::new(MIN_COMPRESSED_SIZE)));
        let error_pages = kind.has_error_pages().then(|| from_fn_with_state(state.leptos.clone(), error_page::render));
        let csrf = (kind == RouteKind::Page).then(|| from_fn(security::reject_cross_site));
        let rate_limit = self.rate_limiter.applies_to(kind).then(|| {
            let state = (self.rate_limiter.clone(), kind);
            from_fn_with_state(state, super::limits::limit_rate)
        });
        let shed = kind.is_shed().then(|| (LoadShedLayer::new(), self.concurrency.clone()));

        let stack = ServiceBuilder::new()
            .map_request(request_log::discard_invalid_id)
            .layer(SetRequestIdLayer::new(REQUEST_ID, request_log::RequestIds(state.ids.clone())))
            .layer(PropagateRequestIdLayer::new(REQUEST_ID))
            .layer(from_fn_with_state(log, request_log::record))
            .map_response(move |response| headers.apply(response))
            .layer(compression)
            .layer(option_layer(error_pages))
            .layer(option_layer(self.cors.clone().filter(|_| kind.is_api())))
            .layer(from_fn(security::require_host))
            .layer(option_layer(csrf))
            .layer(option_layer(rate_limit))
            .layer(from_fn_with_state(self.pending_bodies.clone(), body::buffer))
            .layer(HandleErrorLayer::new(rejected))
            .option_layer(shed)
            .layer(TimeoutLayer::new(RESPONSE_TIMEOUT))
            .layer(CatchPanicLayer::custom(panicked));
        let routes = if kind.is_api() { routes.method_not_allowed_fallback(method_not_allowed) } else { routes };
        routes.layer(stack)
    }
}

/// Maps the errors of load shedding and of the timeout to responses.
async fn rejected(error: BoxError) -> Response {
    if error.is::<Overloaded>() {
        Problem::busy(BUSY_RETRY_AFTER).into_response()
    } else if error.is::<Elapsed>() {
        // The command may still be carried out (P9), so the outcome is unknown.
        Problem::unknown_outcome().into_response()
    } else {
        Problem::fault(&error.to_string()).into_response()
    }
}

fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let message = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    Problem::fault(message.unwrap_or("a panic without a message")).into_response()
}

/// Answers a method that a route of the API does not have. axum adds `Allow`.
async fn method_not_allowed(method: Method) -> Response {
    if method == Method::OPTIONS { StatusCode::NO_CONTENT.into_response() } else { Problem::method().into_response() }
}
