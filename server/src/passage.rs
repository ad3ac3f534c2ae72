//! What every request passes through on its way in, and every answer on its way out: the line in the log, the door against
//! other sites, the time limit, the net under panics, the headers. One step, and not a layer for each: a layer costs every
//! request an allocation and a dispatch.

use crate::{problem::Problem, security, state::AppState, telemetry::Line};
use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use futures::FutureExt as _;
use std::{any::Any, panic::AssertUnwindSafe, time::Duration};
use tower::ServiceExt as _;
use tracing::Instrument as _;

/// How long an answer may take to begin. Streams begin at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// All addresses, and what lies before them.
#[derive(Clone)]
pub struct Passage {
    state: AppState,
    router: Router,
}

impl Passage {
    /// Before `router`.
    pub fn new(state: AppState, router: Router) -> Self {
        Self { state, router }
    }

    /// Answers a request, whatever happens.
    pub async fn pass(self, request: Request) -> Response {
        let line = Line::begin(&self.state, &request);
        let span = line.span();
        let mut response = answer(self.router, request).instrument(span).await;
        security::headers(&self.state, line.path(), &mut response);
        line.end(&mut response);
        response
    }
}

async fn answer(router: Router, request: Request) -> Response {
    if let Some(refusal) = security::same_site(&request) {
        return refusal.into_response();
    }
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
