//! Taking money, as the pages need to know it.

use super::{form_error::FormError, sandbox::SandboxProvider};
use crate::paths;
use async_trait::async_trait;
use checkout::{
    Error,
    model::{Order, OrderId, Owner},
};
use leptos::prelude::use_context;
use std::sync::Arc;

/// The service that takes money, provided as Leptos context.
#[derive(Clone)]
pub struct Payments(pub Arc<dyn PaymentService>);

/// Takes money at the payment provider, if the shop has one.
#[async_trait]
pub trait PaymentService: Send + Sync {
    /// Whether the shop has a payment provider.
    fn has_provider(&self) -> bool;

    /// Whether the shopper has finished the payment page of a pending order, so that the money is on its way.
    async fn is_processing(&self, order: OrderId) -> Result<bool, Error>;

    /// Asks the provider about the page from which the shopper returned, and records a payment. Returns `false` if the page still
    /// waits for the shopper.
    async fn look_up_returned(&self, order: OrderId) -> Result<bool, Error>;

    /// Cancels an unpaid order, after its payment page is closed. A payment that was just made there is recorded, and refuses the
    /// cancellation.
    async fn cancel_order(&self, order: OrderId, owner: Owner) -> Result<Order, Error>;
}

/// How the shop takes a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PaymentTaker {
    /// Another system takes it.
    Elsewhere,
    /// The payment provider's page follows the checkout.
    Provider,
    /// The built-in test provider's page follows the checkout.
    Sandbox,
}

impl PaymentTaker {
    /// Returns how this shop takes payments, from the contexts of its pages.
    pub(crate) fn of_shop() -> Self {
        if use_context::<SandboxProvider>().is_some() {
            Self::Sandbox
        } else if use_context::<Payments>().is_some_and(|payments| payments.0.has_provider()) {
            Self::Provider
        } else {
            Self::Elsewhere
        }
    }
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
