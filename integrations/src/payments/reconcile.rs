//! The reconciliation with the provider: its events since the last run are read, and pages and refunds whose end is still not
//! known are looked up. A lost webhook only delays its effect.

use super::{Payments, Received, calls::Calls, stored};
use checkout::{Error, PaymentVerdict, model::Timestamp, store::ReconciliationRun};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// The time between two periodic runs.
pub(super) const INTERVAL: Duration = Duration::from_mins(5);

/// How often a node looks whether a run is due. Nodes take turns.
const CHECK_INTERVAL: Duration = Duration::from_secs(30);

/// The lease of a run.
const LEASE: Duration = Duration::from_mins(3);

/// The time after which a run renews its lease. A call in between takes less than the rest of the lease.
const RENEW_INTERVAL: Duration = Duration::from_mins(1);

/// Longest reason that is kept, in characters.
const MAX_REASON_CHARS: usize = 500;

/// The result of a reconciliation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reconciled {
    /// Number of attempts to pay that were looked up.
    pub attempts_looked_up: u64,
    /// Number of payments that were recorded, and that no webhook had told.
    pub payments_recorded: u64,
    /// Number of refunds that were looked up.
    pub refunds_looked_up: u64,
    /// Number of refunds that changed.
    pub refunds_recorded: u64,
    /// Number of events that were read, also such as were known before.
    pub events_read: u64,
    /// Number of events that cannot be used. The log has their ids.
    pub events_skipped: u64,
    /// Number of calls of the provider that failed.
    pub calls_failed: u64,
    /// Why the run ended before it had read all events; `None` if it has.
    pub stopped: Option<String>,
}

/// The last reconciliation, for operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastReconciliation {
    /// When the last run began.
    pub started_at: Timestamp,
    /// Whether it is under way.
    pub running: bool,
    /// When the last run ended that was finished.
    pub ended_at: Option<Timestamp>,
    /// The result of that run.
    pub result: Option<Reconciled>,
    /// Events are read up to this time.
    pub cursor_at: Option<Timestamp>,
}

/// Why a reconciliation did not take place.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// No payment provider is configured.
    #[error("no payment provider is configured")]
    NoProvider,
    /// Another run is under way.
    #[error("another reconciliation is under way")]
    Running,
    /// The engine failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Payments {
    /// Reconciles now, for a person who asks for it: pages that were opened a moment ago are looked up too. One node does it at a
    /// time.
    pub async fn reconcile(&self) -> Result<Reconciled, ReconcileError> {
        self.reconcile_if(None, Reach::All).await
    }

    /// Reconciles now as a periodic run does, which leaves young pages to webhooks.
    #[doc(hidden)]
    pub async fn reconcile_periodically(&self) -> Result<Reconciled, ReconcileError> {
        self.reconcile_if(None, Reach::Rested).await
    }

    /// The last reconciliation; `None` before the first, and without a provider.
    pub async fn last_reconciliation(&self) -> Result<Option<LastReconciliation>, Error> {
        let Some(provider) = self.provider_name() else { return Ok(None) };
        let state = stored(self.store().reconciliations().reconciliation(provider).await)?;
        let now = self.checkout().now();
        Ok(state.map(|state| LastReconciliation {
            started_at: state.started_at,
            running: state.leased_until.is_some_and(|until| until > now),
            ended_at: state.ended_at,
            // An older version may have stored another form.
            result: state.result.and_then(|json| serde_json::from_str(&json).ok()),
            cursor_at: state.cursor_at,
        }))
    }

    /// Reconciles every five minutes, on one of the nodes, until it is dropped. Without a provider it waits for ever.
    pub async fn run_reconciliation(self) {
        self.reconcile_when_due(CHECK_INTERVAL).await;
    }

    /// As [`Payments::run_reconciliation`], with another time between two looks whether a run is due.
    #[doc(hidden)]
    pub async fn reconcile_when_due(self, check_interval: Duration) {
        if self.calls().is_none() {
            std::future::pending::<()>().await;
        }
        loop {
            tokio::time::sleep(check_interval).await;
            match self.reconcile_if(Some(self.checkout().now() - INTERVAL), Reach::Rested).await {
                Ok(result) if result.stopped.is_some() => tracing::warn!(?result, "reconciliation stopped early"),
                Ok(result) => tracing::info!(?result, "reconciled with the payment provider"),
                Err(ReconcileError::Running) => tracing::debug!("no reconciliation is due"),
                Err(error) => tracing::warn!(%error, "could not reconcile with the payment provider"),
            }
        }
    }

    /// Reconciles, unless the last run began at `last_before` or later.
    async fn reconcile_if(&self, last_before: Option<Timestamp>, reach: Reach) -> Result<Reconciled, ReconcileError> {
        let calls = self.calls().ok_or(ReconcileError::NoProvider)?;
        let (now, claim) = (self.checkout().now(), self.parts.ids.generate());
        let run = ReconciliationRun { provider: calls.name(), claim, now, until: now + LEASE, last_before };
        let state = stored(self.store().reconciliations().begin_run(run).await)?.ok_or(ReconcileError::Running)?;
        let mut run =
            Run { payments: self, calls, claim, reach, started_at: now, renewed_at: now, done: Reconciled::default() };
        match run.steps(state.cursor_at).await {
            Ok(()) => {}
            Err(Stop::Failed(error)) => run.done.stopped = Some(short(&error.to_string())),
            Err(Stop::LostLease) => return Err(ReconcileError::Running),
        }
        let result = serde_json::to_string(&run.done).map_err(|_| Error::Internal)?;
        let ended = self.store().reconciliations().end_run(calls.name(), claim, &result, self.checkout().now());
        if stored(ended.await)? { Ok(run.done) } else { Err(ReconcileError::Running) }
    }
}

/// The attempts to pay that a run looks up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// All that are live.
    All,
    /// Those that have not changed for a while, and that no webhook has told of.
    Rested,
}

/// Why a run ends early.
pub(super) enum Stop {
    /// Another run has the lease.
    LostLease,
    /// The engine failed: what was read is not on disk.
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// A run under its lease.
pub(super) struct Run<'a> {
    pub(super) payments: &'a Payments,
    pub(super) calls: &'a Calls,
    claim: Uuid,
    pub(super) reach: Reach,
    pub(super) started_at: Timestamp,
    renewed_at: Timestamp,
    pub(super) done: Reconciled,
}

impl Run<'_> {
    async fn steps(&mut self, cursor: Option<Timestamp>) -> Result<(), Stop> {
        // One call reads a hundred events, so that they come first and leave few pages to look up.
        let read = self.events(cursor).await;
        if matches!(read, Err(Stop::LostLease)) {
            return read;
        }
        // An event that is not on disk keeps no page and no refund from its turn.
        self.look_up_attempts().await?;
        self.look_up_refunds().await?;
        self.send_due_refunds().await?;
        read
    }

    /// Renews the lease if its last renewal is a while ago.
    pub(super) async fn keep_lease(&mut self) -> Result<(), Stop> {
        let is_fresh = self.payments.checkout().now() < self.renewed_at + RENEW_INTERVAL;
        if is_fresh { Ok(()) } else { self.renew(None).await }
    }

    /// Renews the lease, and moves the cursor to the last event that is processed.
    pub(super) async fn renew(&mut self, cursor: Option<Timestamp>) -> Result<(), Stop> {
        let now = self.payments.checkout().now();
        let until = now + LEASE;
        let rows = self.payments.store().reconciliations();
        let renewed = rows.renew_run(self.calls.name(), self.claim, cursor, until).await;
        if !stored(renewed)? {
            return Err(Stop::LostLease);
        }
        self.renewed_at = now;
        Ok(())
    }

    /// Counts the change by a look-up or an event.
    pub(super) fn count(&mut self, received: Option<&Received>) {
        match received {
            Some(Received::Payment(reply)) => match reply.verdict {
                PaymentVerdict::Processed | PaymentVerdict::Parked | PaymentVerdict::RefundDue(_) => {
                    self.done.payments_recorded += 1;
                }
                PaymentVerdict::Duplicate | PaymentVerdict::Ignored => {}
            },
            Some(Received::Refund(Some(refund))) if refund.updated_at >= self.started_at => {
                self.done.refunds_recorded += 1;
            }
            Some(Received::Refund(_) | Received::Ignored { .. }) | None => {}
        }
    }
}

/// A reason as it is kept.
pub(super) fn short(reason: &str) -> String {
    reason.chars().take(MAX_REASON_CHARS).collect()
}
