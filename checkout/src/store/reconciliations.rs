//! The reconciliation with payment providers. One node at a time reconciles: a run begins by taking the lease of its provider's
//! row, and each of its writes counts only while it has the lease.

use crate::{
    error::StoreError,
    model::{ProviderName, Timestamp},
};
use async_trait::async_trait;
use uuid::Uuid;

/// The state of the reconciliation with one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    /// The provider.
    pub provider: ProviderName,
    /// The run that is under way, or that died; `None` after it was finished.
    pub claim: Option<Uuid>,
    /// The end of its lease.
    pub leased_until: Option<Timestamp>,
    /// When the last event was created that was processed.
    pub cursor_at: Option<Timestamp>,
    /// When the last run began.
    pub started_at: Timestamp,
    /// When the last run ended that was finished.
    pub ended_at: Option<Timestamp>,
    /// The result of that run, as JSON. At most 8 KiB.
    pub result: Option<String>,
}

/// A run that wants to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReconciliationRun {
    /// The provider.
    pub provider: ProviderName,
    /// The run's id.
    pub claim: Uuid,
    /// Now.
    pub now: Timestamp,
    /// The end of the lease.
    pub until: Timestamp,
    /// Begin only if the last run began before this time; `None` to begin at once.
    pub last_before: Option<Timestamp>,
}

/// The state of reconciliations.
#[async_trait]
pub trait Reconciliations: Send + Sync {
    /// Takes the lease. Returns the state with it; `None` while another run has the lease, or if the last run is too recent.
    async fn begin_run(&self, run: ReconciliationRun) -> Result<Option<Reconciliation>, StoreError>;

    /// Moves the cursor forward, and the end of the lease. Returns `false` if the run has lost the lease.
    async fn renew_run(
        &self,
        provider: ProviderName,
        claim: Uuid,
        cursor: Option<Timestamp>,
        until: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Stores the result, and gives the lease back. Returns `false` if the run has lost the lease.
    async fn end_run(
        &self,
        provider: ProviderName,
        claim: Uuid,
        result: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// The state; `None` before the first run.
    async fn reconciliation(&self, provider: ProviderName) -> Result<Option<Reconciliation>, StoreError>;
}

/// Implements [`Reconciliations`] for a store. Both databases understand the statements. `$instant` converts a timestamp to the
/// driver's type.
macro_rules! impl_reconciliations {
    ($store:ty, $reader:ident, $writer:ident, $instant:expr) => {
        #[async_trait]
        impl Reconciliations for $store {
            async fn begin_run(&self, run: ReconciliationRun) -> Result<Option<Reconciliation>, StoreError> {
                let ReconciliationRun { provider, claim, now, until, last_before } = run;
                let columns = sql::select::<Reconciliation>("reconciliations");
                let statement = format!(
                    "INSERT INTO reconciliations (provider, claim, leased_until, started_at) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (provider) DO UPDATE SET claim = $2, leased_until = $3, started_at = $4
                     WHERE (reconciliations.leased_until IS NULL OR reconciliations.leased_until <= $4)
                       AND reconciliations.started_at < $5
                     RETURNING {columns}"
                );
                let last_before = last_before.unwrap_or(Timestamp::from_millis(i64::MAX));
                let query = sqlx::query_as::<_, ReconciliationRow>(AssertSqlSafe(statement)).bind(provider.name());
                let query = query.bind(claim).bind($instant(until)).bind($instant(now)).bind($instant(last_before));
                let row = query.fetch_optional(&self.$writer).with_timeout().await?;
                row.map(Reconciliation::try_from).transpose()
            }

            async fn renew_run(
                &self,
                provider: ProviderName,
                claim: Uuid,
                cursor: Option<Timestamp>,
                until: Timestamp,
            ) -> Result<bool, StoreError> {
                let query = sqlx::query(
                    "UPDATE reconciliations SET leased_until = $3,
                         cursor_at = CASE WHEN cursor_at > $4 THEN cursor_at ELSE coalesce($4, cursor_at) END
                     WHERE provider = $1 AND claim = $2",
                );
                let query = query.bind(provider.name()).bind(claim).bind($instant(until)).bind(cursor.map($instant));
                Ok(query.execute(&self.$writer).with_timeout().await?.rows_affected() == 1)
            }

            async fn end_run(
                &self,
                provider: ProviderName,
                claim: Uuid,
                result: &str,
                now: Timestamp,
            ) -> Result<bool, StoreError> {
                let query = sqlx::query(
                    "UPDATE reconciliations SET claim = NULL, leased_until = NULL, ended_at = $3, result = $4
                     WHERE provider = $1 AND claim = $2",
                );
                let query = query.bind(provider.name()).bind(claim).bind($instant(now)).bind(result);
                Ok(query.execute(&self.$writer).with_timeout().await?.rows_affected() == 1)
            }

            async fn reconciliation(&self, provider: ProviderName) -> Result<Option<Reconciliation>, StoreError> {
                let columns = sql::select::<Reconciliation>("reconciliations");
                let select = format!("SELECT {columns} FROM reconciliations WHERE provider = $1");
                let query = sqlx::query_as::<_, ReconciliationRow>(AssertSqlSafe(select)).bind(provider.name());
                let row = query.fetch_optional(&self.$reader).with_timeout().await?;
                row.map(Reconciliation::try_from).transpose()
            }
        }
    };
}
pub(super) use impl_reconciliations;
