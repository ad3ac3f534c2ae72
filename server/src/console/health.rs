//! The screen of this server's health, and the recount.

use super::{Access, ConsoleRoute, form, html, page};
use crate::{
    backoffice::recount::{RecountError, RecountResult},
    operators::SignedIn,
    problem::{Problem, whole_seconds},
    state::AppState,
};
use app::admin::{
    health::{self as view, HealthPage, Recount},
    layout::Flash,
};
use axum::{extract::State, response::Response};
use checkout::{Limits, StoreError, store::operators::Permission};
use http::{HeaderValue, StatusCode, header};
use std::time::{Duration, Instant};

/// Time limit of each read. The page says which one had no result.
const READ_TIMEOUT: Duration = Duration::from_secs(2);

/// The routes. A recount changes nothing, so every operator may start one, with a pause after each.
pub(super) fn routes() -> Vec<ConsoleRoute> {
    let see = Access::With(Permission::See);
    vec![page(view::PATH, see, show), form("/admin/health/recount", see, recount)]
}

/// `GET /admin/health`
async fn show(State(state): State<AppState>, signed_in: SignedIn) -> Response {
    let last = state.recounts.last().map(shown);
    html(StatusCode::OK, view::health(signed_in.page_operator().await, read(&state, last, None).await))
}

/// `POST /admin/health/recount`
async fn recount(State(state): State<AppState>, signed_in: SignedIn) -> Result<Response, Problem> {
    let (status, text, wait) = match state.recounts.run(&state.checkout, &state.tasks).await {
        // The result is shown at once: a redirect may lead to another node, which does not know it.
        Ok(result) => {
            let page = read(&state, Some(shown(result)), None).await;
            return Ok(html(StatusCode::OK, view::health(signed_in.page_operator().await, page)));
        }
        Err(RecountError::Running) => {
            let text = "A recount is under way. Its result will be here when it is done.";
            (StatusCode::CONFLICT, text.to_owned(), None)
        }
        Err(RecountError::TooSoon { wait }) => {
            let wait = whole_seconds(wait);
            let text = format!("A recount has only just ended. Try again in {wait} s.");
            (StatusCode::TOO_MANY_REQUESTS, text, Some(wait))
        }
        Err(RecountError::Failed(error)) => return Err(error.into()),
    };
    let page = read(&state, state.recounts.last().map(shown), Some(Flash::error(text))).await;
    let mut response = html(status, view::health(signed_in.page_operator().await, page));
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    Ok(response)
}

fn shown(result: RecountResult) -> Recount {
    Recount { audit: result.audit, started_at: result.started_at, duration: result.duration }
}

/// Reads the facts, each with a time limit of its own.
async fn read(state: &AppState, recount: Option<Recount>, flash: Option<Flash>) -> HealthPage {
    let checkout = &state.checkout;
    let database = async {
        let started = Instant::now();
        let database = state.store.database().await?;
        Ok((database, started.elapsed()))
    };
    let (database, overdue, refunds_due) =
        tokio::join!(read_one(database), read_one(checkout.overdue()), read_one(checkout.refunds_due()));
    HealthPage {
        version: env!("CARGO_PKG_VERSION"),
        tasks: checkout.tasks().into_iter().chain(state.tasks.snapshot()).collect(),
        queue: (checkout.queue_depth(), Limits::default().queue_capacity),
        watchers: state.metrics.watchers(),
        database,
        overdue,
        refunds_due,
        last_audit: state.metrics.last_audit.get().map(|audit| (audit.at, audit.duration, audit.drift)),
        recount,
        flash,
    }
}

async fn read_one<T>(read: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
    let result = tokio::time::timeout(READ_TIMEOUT, read).await.ok()?;
    result.inspect_err(|error| tracing::warn!(%error, cause = error.cause(), "the health screen could not read")).ok()
}
