//! Refunds that the sandbox has made. They move no money.

use crate::{
    error::StoreError,
    model::{Money, RefundId, RefundReference, ReportedRefundState, Timestamp, TransactionId},
};
use async_trait::async_trait;

/// A refund of the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxRefund {
    /// The sandbox's id.
    pub id: RefundReference,
    /// The transaction.
    pub transaction: TransactionId,
    /// The shop's refund.
    pub refund: RefundId,
    /// The refund's attempt, from 1.
    pub attempt: u32,
    /// The amount.
    pub amount: Money,
    /// The state.
    pub state: ReportedRefundState,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Refunds of the sandbox.
#[async_trait]
pub trait SandboxRefunds: Send + Sync {
    /// Adds a refund, unless its attempt has one. Returns the attempt's refund.
    async fn add_sandbox_refund(&self, refund: &SandboxRefund) -> Result<SandboxRefund, StoreError>;

    /// Moves a pending refund to `state`. A refund that is not pending stays as it is.
    async fn finish_sandbox_refund(&self, id: &RefundReference, state: ReportedRefundState) -> Result<(), StoreError>;

    /// The refund with this id.
    async fn sandbox_refund(&self, id: &RefundReference) -> Result<Option<SandboxRefund>, StoreError>;

    /// The refunds of a transaction, in the order of their ids, at most 1000.
    async fn sandbox_refunds_of(&self, transaction: &TransactionId) -> Result<Vec<SandboxRefund>, StoreError>;
}

/// Implements [`SandboxRefunds`] for a store. Both databases understand the statements.
macro_rules! impl_sandbox_refunds {
    ($store:ty, $reader:ident, $writer:ident) => {
        #[async_trait]
        impl SandboxRefunds for $store {
            async fn add_sandbox_refund(&self, refund: &SandboxRefund) -> Result<SandboxRefund, StoreError> {
                let refund = refund.clone();
                let work = self.in_transaction(move |connection| {
                    Box::pin(async move {
                        insert(connection, &refund, " ON CONFLICT (refund_id, attempt) DO NOTHING").await?;
                        let columns = sql::select::<SandboxRefund>("sandbox_refunds");
                        let select =
                            format!("SELECT {columns} FROM sandbox_refunds WHERE refund_id = $1 AND attempt = $2");
                        let query = sqlx::query_as::<_, SandboxRefundRow>(AssertSqlSafe(select));
                        let query = query.bind(refund.refund.0).bind(i64::from(refund.attempt));
                        let row = query.fetch_optional(&mut *connection).await.map_err(classify)?;
                        row.map(TryInto::try_into).transpose()
                    })
                });
                work.await?.ok_or_else(|| StoreError::Corrupt("a refund of the sandbox is missing".to_owned()))
            }

            async fn finish_sandbox_refund(
                &self,
                id: &RefundReference,
                state: ReportedRefundState,
            ) -> Result<(), StoreError> {
                let query = sqlx::query("UPDATE sandbox_refunds SET state = $2 WHERE id = $1 AND state = 'pending'");
                let query = query.bind(id.as_str()).bind(state.name());
                query.execute(&self.$writer).with_timeout().await.map(|_| ())
            }

            async fn sandbox_refund(&self, id: &RefundReference) -> Result<Option<SandboxRefund>, StoreError> {
                let columns = sql::select::<SandboxRefund>("sandbox_refunds");
                let select = format!("SELECT {columns} FROM sandbox_refunds WHERE id = $1");
                let query = sqlx::query_as::<_, SandboxRefundRow>(AssertSqlSafe(select)).bind(id.as_str());
                query.fetch_optional(&self.$reader).with_timeout().await?.map(TryInto::try_into).transpose()
            }

            async fn sandbox_refunds_of(&self, transaction: &TransactionId) -> Result<Vec<SandboxRefund>, StoreError> {
                let columns = sql::select::<SandboxRefund>("sandbox_refunds");
                let select =
                    format!("SELECT {columns} FROM sandbox_refunds WHERE transaction_id = $1 ORDER BY id LIMIT 1000");
                let query = sqlx::query_as::<_, SandboxRefundRow>(AssertSqlSafe(select)).bind(transaction.as_str());
                into_all(query.fetch_all(&self.$reader).with_timeout().await?)
            }
        }
    };
}
pub(super) use impl_sandbox_refunds;
