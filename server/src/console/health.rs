//! The screen of this server's health, and the recount.

use super::{Access, ConsoleRoute, form, html, page};
use crate::{
    backoffice::{
        reconciliation,
        recount::{RecountError, RecountResult},
    },
    operators::SignedIn,
    problem::{Problem, whole_seconds},
    state::AppState,
};
use app::admin::{
    health::{self as view, HealthPage, LastRun, Reconciliation, ReconciliationRun, Recount},
    layout::Flash,
};
use axum::{extract::State, response::Response};
use checkout::{Limits, StoreError, model::ProviderName, store::operators::Permission};
use http::{HeaderValue, StatusCode, header};
use integrations::payments::{LastReconciliation, ReconcileError};
use std::time::{Duration, Instant};

/// Time limit of each read. The page says which one had no result.
const READ_TIMEOUT: Duration = Duration::from_secs(2);

/// The routes. A recount changes nothing, so every operator may start one, with a pause after each.
pub(super) fn routes() -> Vec<ConsoleRoute> {
    let see = Access::With(Permission::See);
    let payments = Access::With(Permission::Payments);
    vec![
        page(view::PATH, see, show),
        form("/admin/health/recount", see, recount),
        form(view::RECONCILE_PATH, payments, reconcile),
    ]
}

/// `POST /admin/health/reconcile`
async fn reconcile(State(state): State<AppState>, signed_in: SignedIn) -> Result<Response, Problem> {
    let (status, flash) = match reconciliation::run(&state.payments, &state.tasks).await {
        Ok(Some(_)) => {
            (StatusCode::OK, Flash::done("The shop has reconciled with the payment provider. See the result below."))
        }
        Ok(None) => {
            (StatusCode::ACCEPTED, Flash::done("The reconciliation goes on. Its result will be here when it is done."))
        }
        Err(ReconcileError::NoProvider) => {
            (StatusCode::CONFLICT, Flash::error("The shop has no payment provider to reconcile with."))
        }
        Err(ReconcileError::Running) => (
            StatusCode::CONFLICT,
            Flash::error("A reconciliation is under way. Its result will be here when it is done."),
        ),
        Err(ReconcileError::Failed(error)) => return Err(error.into()),
    };
    let page = read(&state, state.recounts.last().map(shown), Some(flash)).await;
    Ok(html(status, view::health(signed_in.page_operator().await, page)))
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
    let (database, overdue, refunds_due, reconciliation) = tokio::join!(
        read_one(database),
        read_one(checkout.overdue()),
        read_one(checkout.refunds_due()),
        read_reconciliation(state)
    );
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
        reconciliation,
        flash,
    }
}

/// Reads the last reconciliation. `None` without a payment provider.
async fn read_reconciliation(state: &AppState) -> Option<Reconciliation> {
    let provider = state.payments.provider_name()?;
    let last = tokio::time::timeout(READ_TIMEOUT, state.payments.last_reconciliation()).await;
    let last = match last {
        Ok(Ok(None)) => LastRun::Never,
        Ok(Ok(Some(last))) => LastRun::At(Box::new(run(last))),
        // The log has the cause.
        Ok(Err(_)) | Err(_) => LastRun::Unknown,
    };
    let provider = match provider {
        ProviderName::Sandbox => "its built-in test provider",
        ProviderName::Stripe => "Stripe",
    };
    Some(Reconciliation { provider, last })
}

fn run(last: LastReconciliation) -> ReconciliationRun {
    let LastReconciliation { started_at, running, ended_at, result, .. } = last;
    let numbers = result.as_ref().map(|done| {
        vec![
            ("Payment pages looked up", done.attempts_looked_up),
            ("Payments recorded", done.payments_recorded),
            ("Refunds looked up", done.refunds_looked_up),
            ("Refunds changed", done.refunds_recorded),
            ("Events read", done.events_read),
            ("Events skipped", done.events_skipped),
            ("Failed calls", done.calls_failed),
        ]
    });
    let stopped = result.and_then(|done| done.stopped);
    ReconciliationRun { started_at, running, ended_at, numbers: numbers.unwrap_or_default(), stopped }
}

async fn read_one<T>(read: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
    let result = tokio::time::timeout(READ_TIMEOUT, read).await.ok()?;
    result.inspect_err(|error| tracing::warn!(%error, cause = error.cause(), "the health screen could not read")).ok()
}
