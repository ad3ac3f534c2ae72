//! Reconciles with the payment provider when somebody asks for it, and shows the result.

use checkout::{Error, Supervisor, model::Timestamp};
use integrations::payments::{LastReconciliation, Payments, ReconcileError, Reconciled};
use serde::Serialize;
use std::time::Duration;
use tokio::sync::oneshot;
use utoipa::ToSchema;

/// How long the caller waits for the result. The run goes on afterwards.
const RESULT_TIMEOUT: Duration = Duration::from_secs(20);

/// Reconciles now, as one of `tasks`: a caller who goes away does not end a run that has begun. Returns `None` if the run takes
/// longer than a caller waits.
///
/// # Errors
///
/// There is no provider, another run is under way, or the engine failed.
pub async fn run(payments: &Payments, tasks: &Supervisor) -> Result<Option<Reconciled>, ReconcileError> {
    if payments.provider_name().is_none() {
        return Err(ReconcileError::NoProvider);
    }
    let payments = payments.clone();
    let (sender, result) = oneshot::channel();
    tasks.spawn_job("reconcile_now", async move {
        let result = payments.reconcile().await;
        if let Err(error) = &result {
            tracing::warn!(%error, "the reconciliation that was asked for did not take place");
        }
        // The caller may have gone away.
        let _ = sender.send(result);
    });
    match tokio::time::timeout(RESULT_TIMEOUT, result).await {
        Ok(Ok(result)) => result.map(Some),
        Ok(Err(_)) => Err(Error::Internal.into()),
        Err(_) => Ok(None),
    }
}

/// The last reconciliation with the payment provider.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reconciliation)]
pub struct ReconciliationView {
    /// Whether a run is under way.
    pub running: bool,
    /// Time at which the last run began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// Time at which the last finished run ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    pub ended_at: Option<Timestamp>,
    /// Result of the last finished run.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub result: Option<ReconciledView>,
}

/// The result of a run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reconciled)]
pub struct ReconciledView {
    /// Number of payment pages that were looked up.
    pub attempts_looked_up: u64,
    /// Number of payments that were recorded, and of which no webhook had told.
    pub payments_recorded: u64,
    /// Number of refunds that were looked up.
    pub refunds_looked_up: u64,
    /// Number of refunds that changed.
    pub refunds_recorded: u64,
    /// Number of events of the provider that were read, also such as were known before.
    pub events_read: u64,
    /// Number of events that cannot be used; the log has their ids.
    pub events_skipped: u64,
    /// Number of calls of the provider that failed.
    pub calls_failed: u64,
    /// Why the run ended before it had read all events.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub stopped: Option<String>,
}

impl From<LastReconciliation> for ReconciliationView {
    fn from(last: LastReconciliation) -> Self {
        let LastReconciliation { started_at, running, ended_at, result, .. } = last;
        Self { running, started_at, ended_at, result: result.map(Into::into) }
    }
}

impl From<Reconciled> for ReconciledView {
    fn from(done: Reconciled) -> Self {
        Self {
            attempts_looked_up: done.attempts_looked_up,
            payments_recorded: done.payments_recorded,
            refunds_looked_up: done.refunds_looked_up,
            refunds_recorded: done.refunds_recorded,
            events_read: done.events_read,
            events_skipped: done.events_skipped,
            calls_failed: done.calls_failed,
            stopped: done.stopped,
        }
    }
}
