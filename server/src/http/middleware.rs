//! The middleware stack: one list, in order, for every route. The first layer sees the request first and the response
//! last. `record` and `admit` each do several steps in one layer, because a tower layer for each step costs a quarter
//! of the server's ceiling (docs/decisions/middleware.md).

use super::{
    RouteKind, body, cors, error_page,
    limits::{PendingBodies, RateLimiter},
    security::{self, ResponseHeaders},
};
use crate::{
    problem::Problem,
    state::AppState,
    telemetry::request_log::{self, RequestLog},
};
use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use checkout::supervisor::panic_message;
use futures::FutureExt as _;
use http::{Method, StatusCode};
use std::{net::SocketAddr, panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::timeout};
use tower::{ServiceBuilder, util::option_layer};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate as _, SizeAbove},
    },
    cors::CorsLayer,
};
use tracing::Instrument as _;

/// Time until a response must begin. Streams begin at once.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum number of requests in progress. Twice the writer's queue, so that reads find room when the queue is full.
const MAX_CONCURRENT_REQUESTS: usize = 8192;
/// Smallest response that is compressed, in bytes. Smaller ones fit into one packet anyway.
const MIN_COMPRESSED_SIZE: u16 = 1024;
/// Compression level, out of 9 for gzip and 11 for brotli. Above it, time grows faster than the responses shrink.
const COMPRESSION_LEVEL: CompressionLevel = CompressionLevel::Precise(4);

/// The parts of the stack that all routes share.
pub struct Middleware {
    state: AppState,
    cors: Option<CorsLayer>,
    rate_limiter: Arc<RateLimiter>,
    pending_bodies: Arc<PendingBodies>,
    permits: Arc<Semaphore>,
}

/// The parts of [`record`] for the routes of one kind.
#[derive(Clone)]
struct Recording {
    log: Arc<RequestLog>,
    headers: ResponseHeaders,
}

/// The parts of [`admit`] for the routes of one kind.
struct Admission {
    kind: RouteKind,
    rate_limiter: Option<Arc<RateLimiter>>,
    pending_bodies: Arc<PendingBodies>,
    permits: Arc<Semaphore>,
}

impl Middleware {
    /// Creates the shared parts.
    pub fn new(state: AppState, rate_limiter: Arc<RateLimiter>) -> Self {
        Self {
            cors: cors::layer(&state.settings.cors_origins),
            pending_bodies: Arc::new(PendingBodies::new(state.settings.trusted_proxies.clone())),
            permits: Arc::new(Semaphore::new(MAX_CONCURRENT_REQUESTS)),
            rate_limiter,
            state,
        }
    }

    /// Wraps the routes of one kind in the stack.
    pub fn wrap(&self, kind: RouteKind, routes: Router<AppState>) -> Router<AppState> {
        let state = &self.state;
        let recording = Recording {
            log: Arc::new(RequestLog::new(kind, state.metrics.clone(), state.ids.clone())),
            headers: ResponseHeaders::new(kind, state.settings.common.env, state.leptos.hash_files),
        };
        let compression = CompressionLayer::new()
            .quality(COMPRESSION_LEVEL)
            .compress_when(DefaultPredicate::new().and(SizeAbove::new(MIN_COMPRESSED_SIZE)));
        let error_pages = kind.has_error_pages().then(|| from_fn_with_state(state.leptos.clone(), error_page::render));
        let cors = self.cors.clone().filter(|_| kind.is_api());
        let admission = Arc::new(Admission {
            kind,
            rate_limiter: Some(self.rate_limiter.clone()).filter(|limiter| limiter.applies_to(kind)),
            pending_bodies: self.pending_bodies.clone(),
            permits: self.permits.clone(),
        });

        let stack = ServiceBuilder::new()
            .layer(from_fn_with_state(recording, record))
            .layer(compression)
            .layer(option_layer(error_pages))
            .layer(option_layer(cors))
            .layer(from_fn_with_state(admission, admit));
        let routes = if kind.is_api() { routes.method_not_allowed_fallback(method_not_allowed) } else { routes };
        routes.layer(stack)
    }
}

/// Layer: request id, trace span, log line, metrics, and the headers that browsers need.
async fn record(State(recording): State<Recording>, request: Request, next: Next) -> Response {
    let record = request_log::Record::new(&recording.log, &request);
    let response = next.run(request).instrument(record.span()).instrument(record.trace_span()).await;
    let mut response = recording.headers.apply(response);
    record.finish(&mut response);
    response
}

/// Layer: `Host`, cross-site requests, rate limit, body, load shedding, time limit, panics.
async fn admit(
    State(admission): State<Arc<Admission>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Admission { kind, rate_limiter, pending_bodies, permits } = &*admission;
    security::require_host(&request)?;
    if *kind == RouteKind::Page {
        security::reject_cross_site(&request)?;
    }
    let remaining = match rate_limiter {
        Some(limiter) => limiter.count(*kind, peer.ip(), &request)?,
        None => None,
    };
    let respond = async {
        let request = body::buffer(pending_bodies, peer.ip(), request).await?;
        // Dropped, and so released, when the response is ready.
        let permit = permits.try_acquire();
        if permit.is_err() && kind.is_shed() {
            return Err(Problem::overloaded());
        }
        run(next, request).await
    };
    let mut response = respond.await.unwrap_or_else(Problem::into_response);
    if let Some(remaining) = remaining {
        response.headers_mut().extend(remaining.headers());
    }
    Ok(response)
}

/// Runs the handler. Maps a panic to 500, and an exceeded time limit to an unknown outcome: the command may still be
/// carried out (P9).
async fn run(next: Next, request: Request) -> Result<Response, Problem> {
    match timeout(RESPONSE_TIMEOUT, AssertUnwindSafe(next.run(request)).catch_unwind()).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(panic)) => Err(Problem::internal_error(panic_message(&*panic))),
        Err(_) => Err(Problem::unknown_outcome()),
    }
}

/// Responds to a method that a route of the API does not have. axum adds `Allow`.
async fn method_not_allowed(method: Method) -> Response {
    if method == Method::OPTIONS { StatusCode::NO_CONTENT.into_response() } else { Problem::method_not_allowed().into_response() }
}
