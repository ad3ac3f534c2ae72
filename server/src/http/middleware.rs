//! The middleware stack: one list, in order, for every route. The first layer sees the request first and the response
//! last. `RecordService` and `AdmitService` each do several steps and box one future, because a layer for each step,
//! or axum's `from_fn`, costs a tenth to a quarter of the server's ceiling (docs/decisions/middleware.md). Pages have three more
//! layers inside (storefront/mod.rs).

use super::{
    RouteKind, body, cors, error_page,
    limits::{PendingBodies, RateLimiter},
    security::{self, ResponseHeaders},
};
use crate::{
    problem::Problem,
    state::AppState,
    storefront,
    telemetry::request_log::{self, RequestLog},
};
use axum::{
    Router,
    extract::{ConnectInfo, Request},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::Route,
};
use checkout::supervisor::panic_message;
use futures::{FutureExt as _, future::BoxFuture};
use http::{Extensions, Method, StatusCode};
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    panic::AssertUnwindSafe,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{sync::Semaphore, time::timeout};
use tower::{Service, ServiceBuilder, util::option_layer};
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
/// The same for an upload, whose body arrives meanwhile.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(3);
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

/// Layer: request id, trace span, log line, metrics, and the headers that browsers need.
#[derive(Clone)]
struct RecordService<S> {
    log: Arc<RequestLog>,
    headers: ResponseHeaders,
    inner: S,
}

/// Layer: `Host`, cross-site requests, rate limit, body, load shedding, time limit, panics.
#[derive(Clone)]
struct AdmitService {
    admission: Arc<Admission>,
    route: Arc<Route>,
}

/// The parts of [`AdmitService`] for the routes of one kind.
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
        let log = Arc::new(RequestLog::new(kind, state.metrics.clone(), state.ids.clone()));
        let headers = ResponseHeaders::new(kind, state.settings.common.env, state.leptos.hash_files);
        // The size comes first, because most responses are small.
        let compression = CompressionLayer::new()
            .quality(COMPRESSION_LEVEL)
            .compress_when(SizeAbove::new(MIN_COMPRESSED_SIZE).and(DefaultPredicate::new()));
        let error_pages = kind.has_error_pages().then(|| {
            let shop = Arc::new(storefront::shop_info(state));
            from_fn_with_state((state.leptos.clone(), shop, kind), error_page::render)
        });
        let cors = self.cors.clone().filter(|_| kind.is_cross_origin());
        let admission = Arc::new(Admission {
            kind,
            rate_limiter: Some(self.rate_limiter.clone()).filter(|limiter| limiter.applies_to(kind)),
            pending_bodies: self.pending_bodies.clone(),
            permits: self.permits.clone(),
        });

        let stack = ServiceBuilder::new()
            .layer_fn(move |inner| RecordService { log: log.clone(), headers, inner })
            .layer(compression)
            .layer(option_layer(error_pages))
            .layer(option_layer(cors))
            .layer_fn(move |route| AdmitService { admission: admission.clone(), route: Arc::new(route) });
        let routes = if kind.is_api() { routes.method_not_allowed_fallback(method_not_allowed) } else { routes };
        routes.layer(stack)
    }
}

impl<S, B> Service<Request> for RecordService<S>
where
    S: Service<Request, Response = Response<B>, Error = Infallible>,
    S::Future: Send + 'static,
    Response<B>: IntoResponse,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let record = request_log::Record::new(self.log.clone(), &request);
        let headers = self.headers;
        // Called before the box, so that nothing has to be cloned or moved into it.
        let response = self.inner.call(request).instrument(record.span()).instrument(record.trace_span());
        Box::pin(async move {
            let mut response = response.await?.into_response();
            headers.apply(&mut response);
            record.finish(&mut response);
            Ok(response)
        })
    }
}

impl Service<Request> for AdmitService {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Routes are always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Self { admission, route } = self.clone();
        Box::pin(async move { Ok(admission.admit(&route, request).await.unwrap_or_else(Problem::into_response)) })
    }
}

impl Admission {
    async fn admit(&self, route: &Route, request: Request) -> Result<Response, Problem> {
        security::require_host(&request)?;
        if self.kind.has_forms() {
            security::reject_cross_site(&request)?;
        }
        let peer = peer(request.extensions())?;
        let remaining = match &self.rate_limiter {
            Some(limiter) => limiter.count(self.kind, peer, &request)?,
            None => None,
        };
        let mut response = self.respond(route, peer, request).await.unwrap_or_else(Problem::into_response);
        if let Some(remaining) = remaining {
            response.headers_mut().extend(remaining.headers());
        }
        Ok(response)
    }

    async fn respond(&self, route: &Route, peer: IpAddr, mut request: Request) -> Result<Response, Problem> {
        let is_buffered = self.kind.has_buffered_body();
        if is_buffered {
            body::buffer(&self.pending_bodies, peer, &mut request).await?;
        }
        // Dropped, and so released, when the response is ready.
        let permit = self.permits.try_acquire();
        if permit.is_err() && self.kind.is_shed() {
            return Err(Problem::overloaded());
        }
        run(route.clone(), request, if is_buffered { RESPONSE_TIMEOUT } else { UPLOAD_TIMEOUT }).await
    }
}

/// Returns the address of the connection's other end, which the listener adds to each request.
pub fn peer(extensions: &Extensions) -> Result<IpAddr, Problem> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(peer)| peer.ip())
        .ok_or_else(|| Problem::internal_error("a request without its connection's address"))
}

/// Runs the handler. Maps a panic to 500, and an exceeded time limit to an unknown outcome: the command may still be
/// carried out (P9).
async fn run(mut route: Route, request: Request, limit: Duration) -> Result<Response, Problem> {
    let response = AssertUnwindSafe(route.call(request)).catch_unwind();
    match timeout(limit, response).await {
        Ok(Ok(Ok(response))) => Ok(response),
        Ok(Ok(Err(never))) => match never {},
        Ok(Err(panic)) => Err(Problem::internal_error(panic_message(&*panic))),
        Err(_) => Err(Problem::unknown_outcome()),
    }
}

/// Responds to a method that a route of the API does not have. axum adds `Allow`.
async fn method_not_allowed(method: Method) -> Response {
    if method == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        Problem::method_not_allowed().into_response()
    }
}
