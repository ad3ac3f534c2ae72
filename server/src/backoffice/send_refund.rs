//! Sends a refund to the payment provider at once, for the admin API and the command line.

use checkout::{
    Error, OperationContext,
    model::{Refund, RefundState, Refusal},
};
use integrations::payments::{Payments, SendNow};

/// Why a refund is not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendRefundError {
    /// The payment provider did not take the money, or there is none.
    #[error("the shop's payment provider did not take this refund's money, so it cannot return it")]
    NotAtProvider,
    /// The refund is not due, or the engine failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Makes a due refund's job due, with an entry of the audit log, `refund.send_now`. Returns the refund as it was before its
/// attempt, and whether an earlier request sends it already: then nothing changes.
///
/// # Errors
///
/// [`Refusal::RefundState`] if the refund is neither due nor being sent, or the provider cannot return its money.
pub async fn send(
    payments: &Payments,
    refund: Refund,
    context: OperationContext,
) -> Result<(Refund, bool), SendRefundError> {
    match refund.state {
        RefundState::Due => {}
        // A worker was faster than the repeated request.
        RefundState::Sending if refund.automatic => return Ok((refund, true)),
        state => return Err(Error::from(Refusal::RefundState { state, attempt: refund.attempt }).into()),
    }
    match payments.send_now(&refund, context).await? {
        SendNow::Started => Ok((refund, false)),
        SendNow::UnderWay => Ok((refund, true)),
        SendNow::NotPossible => Err(SendRefundError::NotAtProvider),
    }
}
