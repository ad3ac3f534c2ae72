//! Attempts to pay orders at a payment provider. Each is on disk before the provider is called.

use crate::{
    error::StoreError,
    model::{AttemptId, AttemptState, OrderId, PaymentAttempt, ProviderName, SessionId, Timestamp},
};
use async_trait::async_trait;

/// What came of beginning an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BeginOutcome {
    /// The order's live attempt: the new one, or one that was made before.
    Live(PaymentAttempt),
    /// The order cannot be paid: there is no such order, or it is no longer pending.
    NotPending,
}

/// Attempts to pay.
#[async_trait]
pub trait PaymentAttempts: Send + Sync {
    /// Adds an attempt, if its order is pending and has no live attempt. It is in the state `opening`, or `open` with its page
    /// where the provider is local and has made it already. The order's row is locked meanwhile, so that an order that ends at
    /// the same time has no attempt that nobody closes.
    async fn begin_attempt(&self, attempt: &PaymentAttempt) -> Result<BeginOutcome, StoreError>;

    /// Records the page of an attempt that is opening. Returns `false` if it is no longer opening, or its order is no longer
    /// pending: then the caller closes the page.
    async fn opened(&self, id: AttemptId, session: &SessionId, url: &str, now: Timestamp) -> Result<bool, StoreError>;

    /// Records the page of an attempt whose response was lost, as a webhook tells it. It has an effect while no page is recorded.
    async fn adopt(&self, id: AttemptId, session: &SessionId, now: Timestamp) -> Result<bool, StoreError>;

    /// Moves an attempt to `state`, if it is in one of `from`. Returns whether it was.
    async fn advance(
        &self,
        id: AttemptId,
        from: &[AttemptState],
        state: AttemptState,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// The attempt with this id.
    async fn attempt(&self, id: AttemptId) -> Result<Option<PaymentAttempt>, StoreError>;

    /// The attempt with this page.
    async fn of_session(&self, session: &SessionId) -> Result<Option<PaymentAttempt>, StoreError>;

    /// The attempts of an order, oldest first.
    async fn of_order(&self, order: OrderId) -> Result<Vec<PaymentAttempt>, StoreError>;

    /// The attempts of these orders, oldest first.
    async fn of_orders(&self, orders: &[OrderId]) -> Result<Vec<PaymentAttempt>, StoreError>;

    /// At most `limit` live attempts at this provider that last changed before `before`, in the order of their ids, beginning
    /// after `after`. A completed attempt is among them only while its order waits for the payment.
    async fn live(
        &self,
        provider: ProviderName,
        before: Timestamp,
        after: Option<AttemptId>,
        limit: u32,
    ) -> Result<Vec<PaymentAttempt>, StoreError>;
}

/// Implements [`PaymentAttempts`] for a store. Both databases understand the statements. `$instant` converts a timestamp to the
/// driver's type, and `$lock` ends a selection of rows that a transaction locks.
macro_rules! impl_payment_attempts {
    ($store:ty, $database:ident, $reader:ident, $writer:ident, $instant:expr, lock: $lock:literal) => {
        impl $store {
            async fn attempts(&self, condition: &str, value: AttemptValue) -> Result<Vec<PaymentAttempt>, StoreError> {
                let columns = sql::select::<PaymentAttempt>("payment_attempts");
                let select = format!("SELECT {columns} FROM payment_attempts WHERE {condition} ORDER BY id");
                let query = sqlx::query_as::<_, AttemptRow>(AssertSqlSafe(select));
                let query = match value {
                    AttemptValue::Id(id) => query.bind(id),
                    AttemptValue::Text(text) => query.bind(text),
                };
                into_all(query.fetch_all(&self.$reader).with_timeout().await?)
            }
        }

        /// What attempts are looked up by.
        enum AttemptValue {
            Id(Uuid),
            Text(String),
        }

        #[async_trait]
        impl PaymentAttempts for $store {
            async fn begin_attempt(&self, attempt: &PaymentAttempt) -> Result<BeginOutcome, StoreError> {
                let attempt = attempt.clone();
                let work = self.in_transaction(move |connection| {
                    Box::pin(async move {
                        let order = concat!("SELECT status FROM orders WHERE id = $1", $lock);
                        let order = sqlx::query_scalar::<_, String>(order).bind(attempt.order_id.0);
                        let status = order.fetch_optional(&mut *connection).await.map_err(classify)?;
                        if status.as_deref() != Some(OrderStatus::Pending.name()) {
                            return Ok(None);
                        }
                        let columns = sql::select::<PaymentAttempt>("payment_attempts");
                        let live = format!(
                            "SELECT {columns} FROM payment_attempts
                             WHERE order_id = $1 AND state IN ('opening', 'open', 'completed')"
                        );
                        let live = sqlx::query_as::<_, AttemptRow>(AssertSqlSafe(live)).bind(attempt.order_id.0);
                        if let Some(row) = live.fetch_optional(&mut *connection).await.map_err(classify)? {
                            return Ok(Some(row.try_into()?));
                        }
                        insert(connection, &attempt, "").await?;
                        Ok(Some(attempt))
                    })
                });
                Ok(work.await?.map_or(BeginOutcome::NotPending, BeginOutcome::Live))
            }

            async fn opened(
                &self,
                id: AttemptId,
                session: &SessionId,
                url: &str,
                now: Timestamp,
            ) -> Result<bool, StoreError> {
                let query = sqlx::query(
                    "UPDATE payment_attempts SET state = 'open', session_id = $2, url = $3, updated_at = $4
                     WHERE id = $1 AND state = 'opening' AND (session_id IS NULL OR session_id = $2)
                       AND EXISTS (SELECT 1 FROM orders o WHERE o.id = payment_attempts.order_id AND o.status = 'pending')",
                );
                let query = query.bind(id.0).bind(session.as_str()).bind(url).bind($instant(now));
                Ok(query.execute(&self.$writer).with_timeout().await?.rows_affected() == 1)
            }

            async fn adopt(&self, id: AttemptId, session: &SessionId, now: Timestamp) -> Result<bool, StoreError> {
                let query = sqlx::query(
                    "UPDATE payment_attempts SET session_id = $2, updated_at = $3 WHERE id = $1 AND session_id IS NULL",
                );
                let query = query.bind(id.0).bind(session.as_str()).bind($instant(now));
                Ok(query.execute(&self.$writer).with_timeout().await?.rows_affected() == 1)
            }

            async fn advance(
                &self,
                id: AttemptId,
                from: &[AttemptState],
                state: AttemptState,
                now: Timestamp,
            ) -> Result<bool, StoreError> {
                let mut query = QueryBuilder::<$database>::new("UPDATE payment_attempts SET state = ");
                query.push_bind(state.name()).push(", updated_at = ").push_bind($instant(now));
                query.push(" WHERE id = ").push_bind(id.0).push(" AND state IN (");
                let mut states = query.separated(", ");
                for state in from {
                    states.push_bind(state.name());
                }
                query.push(")");
                let query = query.build().persistent(false);
                Ok(query.execute(&self.$writer).with_timeout().await?.rows_affected() == 1)
            }

            async fn attempt(&self, id: AttemptId) -> Result<Option<PaymentAttempt>, StoreError> {
                Ok(self.attempts("id = $1", AttemptValue::Id(id.0)).await?.pop())
            }

            async fn of_session(&self, session: &SessionId) -> Result<Option<PaymentAttempt>, StoreError> {
                let session = AttemptValue::Text(session.as_str().to_owned());
                Ok(self.attempts("session_id = $1", session).await?.pop())
            }

            async fn of_order(&self, order: OrderId) -> Result<Vec<PaymentAttempt>, StoreError> {
                self.attempts("order_id = $1", AttemptValue::Id(order.0)).await
            }

            async fn of_orders(&self, orders: &[OrderId]) -> Result<Vec<PaymentAttempt>, StoreError> {
                if orders.is_empty() {
                    return Ok(Vec::new());
                }
                let columns = sql::select::<PaymentAttempt>("payment_attempts");
                let head = format!("SELECT {columns} FROM payment_attempts WHERE order_id IN (");
                let mut query = QueryBuilder::<$database>::new(head);
                let mut ids = query.separated(", ");
                for order in orders {
                    ids.push_bind(order.0);
                }
                query.push(") ORDER BY id");
                let query = query.build_query_as::<AttemptRow>().persistent(false);
                into_all(query.fetch_all(&self.$reader).with_timeout().await?)
            }

            async fn live(
                &self,
                provider: ProviderName,
                before: Timestamp,
                after: Option<AttemptId>,
                limit: u32,
            ) -> Result<Vec<PaymentAttempt>, StoreError> {
                let columns = sql::select::<PaymentAttempt>("payment_attempts");
                let select = format!(
                    "SELECT {columns} FROM payment_attempts
                     WHERE state IN ('opening', 'open', 'completed') AND provider = $1 AND updated_at < $2 AND id > $3
                       AND (state <> 'completed' OR EXISTS (
                           SELECT 1 FROM orders o WHERE o.id = payment_attempts.order_id AND o.status = 'pending'))
                     ORDER BY id LIMIT $4"
                );
                let query = sqlx::query_as::<_, AttemptRow>(AssertSqlSafe(select)).bind(provider.name());
                let query = query.bind($instant(before)).bind(after.map_or(Uuid::nil(), |id| id.0)).bind(i64::from(limit));
                into_all(query.fetch_all(&self.$reader).with_timeout().await?)
            }
        }
    };
}
pub(super) use impl_payment_attempts;
