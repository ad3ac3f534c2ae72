//! The payment provider, as the pages need to know it.

use super::form_error::FormError;
use crate::paths;
use async_trait::async_trait;
use checkout::model::OrderId;
use std::sync::Arc;

/// The payment provider, provided as Leptos context where the shop has one.
#[derive(Clone)]
pub struct PaymentProvider(pub Arc<dyn PaymentProgress>);

/// Knows how far the payment of an order is.
#[async_trait]
pub trait PaymentProgress: Send + Sync {
    /// Whether the shopper has finished the payment page of a pending order, so that the money is on its way.
    async fn is_processing(&self, order: OrderId) -> Result<bool, checkout::Error>;

    /// Closes the payment page of an order that its shopper cancels, and records a payment that was just made there.
    async fn close_before_cancel(&self, order: OrderId) -> Result<(), checkout::Error>;
}

/// Reason why a shopper cannot be led to a payment page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentProblem {
    /// The shop has no payment provider.
    NoProvider,
    /// The provider is slow or does not respond.
    Busy,
    /// The provider refused to make a page.
    Refused,
    /// The shopper has paid, and the money is on its way.
    Processing,
    /// The shop failed.
    Internal,
}

impl PaymentProblem {
    /// Returns the URL of the order's page, which explains the problem.
    pub fn order_page(self, order: OrderId) -> String {
        let error = match self {
            Self::NoProvider => FormError::NoPaymentProvider,
            Self::Busy => FormError::PaymentBusy,
            Self::Refused => FormError::PaymentRefused,
            Self::Processing => FormError::PaymentProcessing,
            Self::Internal => FormError::Internal,
        };
        error.add_to_url(&paths::order(&order.to_string()))
    }
}
