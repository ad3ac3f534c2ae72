//! Payment pages as operators see them.

use super::{AttemptState, PaymentProvider};
use checkout::model::{AttemptId, PaymentAttempt, SessionId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// An attempt to pay an order at a payment provider. The address of its page is for the shopper alone.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AdminPaymentAttempt)]
pub struct AdminAttemptView {
    /// Id of the attempt, also its idempotency key at the provider.
    #[schema(value_type = Uuid)]
    pub id: AttemptId,
    /// The provider.
    pub provider: PaymentProvider,
    /// Current state.
    pub state: AttemptState,
    /// The provider's id of the payment page; `null` until the provider has told it.
    #[schema(value_type = Option<String>)]
    pub session: Option<SessionId>,
    /// Time at which the page was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Time at which its state changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<PaymentAttempt> for AdminAttemptView {
    fn from(attempt: PaymentAttempt) -> Self {
        Self {
            id: attempt.id,
            provider: attempt.provider.into(),
            state: attempt.state.into(),
            session: attempt.session,
            created_at: attempt.created_at,
            updated_at: attempt.updated_at,
        }
    }
}
