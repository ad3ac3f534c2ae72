//! The reconciliation with the payment provider.

use super::examples;
use crate::{
    api::ApiResult,
    backoffice::reconciliation::{self, ReconciliationView},
    problem::{Kind, Problem},
};
use axum::{Json, extract::State};
use checkout::Supervisor;
use integrations::payments::{Payments, ReconcileError};

/// Reconciles with the payment provider now.
///
/// The shop reconciles every five minutes by itself: it looks up payments and refunds whose end is not known, and reads the
/// provider's events since the last run. Call this after an outage of your webhooks, if you cannot wait. The response is the state
/// after the run, or has `running` true if it takes longer than 20 seconds.
#[utoipa::path(
    post,
    path = "/api/admin/reconcile",
    operation_id = "adminReconcile",
    tag = "Admin payments",
    summary = "Reconcile with the payment provider",
    responses((
        status = OK,
        description = "The run has ended, or goes on.",
        body = ReconciliationView,
        example = json!(examples::reconciliation()),
    )),
    extensions(("x-problems" = json!([Kind::NoPaymentProvider, Kind::ReconciliationRunning]))),
)]
pub async fn run(
    State(payments): State<Payments>,
    State(tasks): State<Supervisor>,
) -> ApiResult<Json<ReconciliationView>> {
    reconciliation::run(&payments, &tasks).await?;
    let last = payments.last_reconciliation().await?;
    let last = last.ok_or_else(|| Problem::internal_error("a reconciliation that has taken place is not stored"))?;
    Ok(Json(last.into()))
}

impl From<ReconcileError> for Problem {
    fn from(error: ReconcileError) -> Self {
        match error {
            ReconcileError::NoProvider => {
                Self::new(Kind::NoPaymentProvider, "This shop has no payment provider that could be asked.")
            }
            ReconcileError::Running => Self::new(
                Kind::ReconciliationRunning,
                "A run is under way, here or on another server. Try again later.",
            ),
            ReconcileError::Failed(error) => error.into(),
        }
    }
}
