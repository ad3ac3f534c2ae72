//! Cancels orders. Whoever cancels one goes through here, because its payment page must be closed first.

use super::{Payments, calls::CallError};
use checkout::{
    Error, Idempotency, Idempotent, OperationContext,
    model::{Order, OrderId, Owner},
};
use std::time::Duration;

/// Time that a cancellation waits for the provider.
const CANCEL_BUDGET: Duration = Duration::from_secs(5);

impl Payments {
    /// Closes an unpaid order's payment page, and cancels the order for its owner. Without a provider it only cancels.
    ///
    /// # Errors
    ///
    /// The order is unknown, belongs to somebody else or is paid, perhaps just now; or the engine failed.
    pub async fn cancel_order(
        &self,
        order: OrderId,
        owner: Owner,
        idempotency: Option<Idempotency>,
    ) -> Result<Idempotent<Order>, Error> {
        // Nobody closes the page of somebody else's order.
        self.checkout().order(order, owner).await?;
        self.close_before_cancel(order).await?;
        self.checkout().cancel_order(order, owner, idempotency).await
    }

    /// Closes an unpaid order's payment page, and cancels the order for an operator. Without a provider it only cancels.
    ///
    /// # Errors
    ///
    /// The order is unknown or paid, perhaps just now; or the engine failed.
    pub async fn cancel_order_by_operator(
        &self,
        order: OrderId,
        context: impl Into<OperationContext>,
    ) -> Result<Idempotent<Order>, Error> {
        self.close_before_cancel(order).await?;
        self.checkout().cancel_order_by_operator(order, context).await
    }

    /// Closes the pages of an order that is about to be cancelled. If the shopper has just paid there, the payment is recorded, so
    /// that the cancellation finds a paid order, and nobody is told that nothing was charged. A provider that does not answer in
    /// time does not keep the order from being cancelled: the outbox closes the pages later.
    async fn close_before_cancel(&self, order: OrderId) -> Result<(), Error> {
        let Some(calls) = self.calls() else { return Ok(()) };
        match tokio::time::timeout(CANCEL_BUDGET, self.close_pages(calls, order)).await {
            Ok(Err(CallError::Checkout(error))) => Err(error),
            Ok(Err(CallError::Provider(error))) => {
                tracing::warn!(%order, %error, "a payment page is not closed yet, and its order is cancelled");
                Ok(())
            }
            Ok(Ok(_)) => Ok(()),
            Err(_) => {
                tracing::warn!(%order, "the payment provider is slow to close a page, and its order is cancelled");
                Ok(())
            }
        }
    }
}
