//! What every request passes through on its way in, and every answer on its way out: the line in the log, the limits, the door
//! against other sites, the time limit, the net under panics, the headers. One step, and not a layer for each: a layer costs
//! every request an allocation and a dispatch.

use crate::{
    apology,
    compression::compress,
    cors, extract,
    limits::{self, Peer},
    problem::Problem,
    security,
    state::AppState,
    telemetry::{self, Line},
};
use axum::{
    Router,
    body::HttpBody as _,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use futures::FutureExt as _;
use http::header;
use std::{any::Any, convert::Infallible, panic::AssertUnwindSafe, pin::pin, task::Poll, time::Duration};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::cors::CorsLayer;

/// How long an answer may take to begin. Streams begin at once.
const PATIENCE: Duration = Duration::from_secs(30);
/// When to come back, for whom there was no room.
const SOON: Duration = Duration::from_secs(1);

/// All addresses, and what lies before them.
#[derive(Clone)]
pub struct Passage {
    state: AppState,
    router: Router,
    /// For the API's answers, where other sites' scripts may have them.
    cors: Option<CorsLayer>,
}

impl Passage {
    /// Before `router`.
    pub fn new(state: AppState, router: Router) -> Self {
        let cors = cors::layer(&state.settings.cors_origins);
        Self { state, router, cors }
    }

    /// Answers a request, whatever happens.
    pub async fn pass(self, peer: Peer, request: Request) -> Response {
        let Self { state, router, cors } = self;
        let line = Line::begin(&state, &request);
        let accepted = request.headers().get(header::ACCEPT_ENCODING).cloned();
        let in_words = apology::is_wanted(&request);
        // Where it is: it is large, and to hand it on would be to copy it each time.
        let answering = pin!(async {
            match cors.filter(|_| security::is_api(request.uri().path())) {
                Some(cors) => open_to_scripts(cors, &state, router, peer, request).await,
                None => admit(&state, router, peer, request).await,
            }
        });
        let mut response = line.along(answering).await;
        if in_words {
            response = apology::instead_of(response, &state);
        }
        let mut response = compress(accepted, response).await;
        security::headers(&state, line.path(), &mut response);
        line.end(&mut response);
        response
    }
}

/// As [`admit`], and tells the browser that the script may have the answer, whatever it is.
async fn open_to_scripts(cors: CorsLayer, state: &AppState, router: Router, peer: Peer, request: Request) -> Response {
    let admit = service_fn(|request| admit(state, router.clone(), peer, request).map(Ok::<_, Infallible>));
    cors.layer(admit).oneshot(request).await.unwrap_or_else(|never| match never {})
}

/// Answers a request, if its client may ask and there is room for it.
async fn admit(state: &AppState, router: Router, peer: Peer, request: Request) -> Response {
    if let Some(refusal) = security::unclear_target(&request).or_else(|| security::same_site(&request)) {
        return refusal.into_response();
    }
    let standing = match state.rates.admit(state, peer, &request) {
        Ok(standing) => standing,
        Err(refusal) => return refusal.into_response(),
    };
    let mut response = match arrived(state, peer, request).await {
        Ok(request) => answer_in_turn(state, router, peer, request).await,
        Err(refusal) => refusal.into_response(),
    };
    if let Some(standing) = standing {
        standing.tell(response.headers_mut());
    }
    response
}

/// The request with all of its body, which nobody waits for who has a place among those that are answered.
async fn arrived(state: &AppState, peer: Peer, request: Request) -> Result<Request, Problem> {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return Ok(Request::from_parts(parts, body));
    }
    let mut arriving = pin!(extract::body(body));
    let mut arrived = futures::poll!(arriving.as_mut());
    if arrived.is_pending() {
        // It is there, and its connection has yet to hand it on; or else it is not.
        tokio::task::yield_now().await;
        arrived = futures::poll!(arriving.as_mut());
    }
    let body = if let Poll::Ready(body) = arrived {
        body?
    } else {
        let from = limits::of_request(state, peer, &parts.headers);
        let _place = state.arrivals.enter(from).ok_or_else(|| Problem::busy(SOON))?;
        arriving.await?
    };
    Ok(Request::from_parts(parts, body.into()))
}

/// Answers a request, if not too many are being answered. Whoever looks after the server is told how it is, however it is.
async fn answer_in_turn(state: &AppState, router: Router, peer: Peer, mut request: Request) -> Response {
    let place = state.crowd.enter();
    if place.is_none() && !telemetry::is_probe(request.uri().path()) {
        return Problem::busy(SOON).into_response();
    }
    request.extensions_mut().insert(peer);
    answer(router, request).await
}

async fn answer(router: Router, request: Request) -> Response {
    let answering = AssertUnwindSafe(router.oneshot(request)).catch_unwind();
    match tokio::time::timeout(PATIENCE, answering).await {
        Ok(Ok(Ok(response))) => response,
        Ok(Ok(Err(never))) => match never {},
        Ok(Err(panic)) => panicked(panic.as_ref()).into_response(),
        // Its effect, if it was sent to the writer, happens all the same (P9), so nobody can say that nothing was done.
        Err(_) => Problem::unknown_outcome().into_response(),
    }
}

fn panicked(cause: &(dyn Any + Send)) -> Problem {
    let said = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    Problem::fault(said.unwrap_or("a panic that said nothing"))
}
