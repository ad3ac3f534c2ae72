//! What every request passes through on its way in, and every answer on its way out: the line in the log, the limits, the door
//! against other sites, the time limit, the net under panics, the headers. One step, and not a layer for each: a layer costs
//! every request an allocation and a dispatch.

use crate::{
    apology, compression::compress, cors, limits::Peer, problem::Problem, security, state::AppState, telemetry::Line,
};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use futures::FutureExt as _;
use http::header;
use std::{any::Any, convert::Infallible, panic::AssertUnwindSafe, pin::pin, time::Duration};
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
        line.end(&state, &mut response);
        response
    }
}

/// As [`admit`], and tells the browser that the script may have the answer, whatever it is.
async fn open_to_scripts(cors: CorsLayer, state: &AppState, router: Router, peer: Peer, request: Request) -> Response {
    let admit = service_fn(|request| admit(state, router.clone(), peer, request).map(Ok::<_, Infallible>));
    cors.layer(admit).oneshot(request).await.unwrap_or_else(|never| match never {})
}

/// Answers a request, if there is room for it and its client may ask.
async fn admit(state: &AppState, router: Router, peer: Peer, mut request: Request) -> Response {
    let Some(_place) = state.crowd.enter() else { return Problem::busy(SOON).into_response() };
    if let Some(refusal) = security::same_site(&request) {
        return refusal.into_response();
    }
    let standing = match state.rates.admit(state, peer, &request) {
        Ok(standing) => standing,
        Err(refusal) => return refusal.into_response(),
    };
    request.extensions_mut().insert(peer);
    let mut response = answer(router, request).await;
    if let Some(standing) = standing {
        standing.tell(response.headers_mut());
    }
    response
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
