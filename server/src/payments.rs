//! Builds the service that takes and returns money from the settings, for the server and for commands.

use crate::{
    backoffice::store_failed,
    config::{Common, PaymentConfig, PaymentProvider},
    startup::StartupError,
    storefront::sandbox::reachable,
};
use app::shop::payment::PaymentService;
use async_trait::async_trait;
use checkout::{
    Checkout, Clock, Error,
    model::{AttemptState, Order, OrderId, Owner},
    store::Store,
};
use integrations::{
    payments::{PaymentSettings, Payments},
    provider::{
        SharedProvider,
        sandbox::SandboxProvider,
        stripe::{StripeProvider, StripeSettings},
    },
};
use std::{net::SocketAddr, sync::Arc};

/// Builds the service. Shoppers return to `shop_url`.
///
/// # Errors
///
/// The provider's client cannot be built.
pub fn build(
    config: &PaymentConfig,
    shop_url: &ShopUrl,
    checkout: &Checkout,
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
) -> Result<Payments, StartupError> {
    let provider: Option<SharedProvider> = match &config.provider {
        PaymentProvider::None => None,
        PaymentProvider::Sandbox => Some(Arc::new(SandboxProvider::new(store.clone(), clock.clone()))),
        PaymentProvider::Stripe(stripe) => {
            let settings =
                StripeSettings { key: stripe.key_text(), api: stripe.api.clone(), account: stripe.account.clone() };
            let stripe = StripeProvider::new(settings).map_err(|error| StartupError::Unexpected(error.to_string()))?;
            Some(Arc::new(stripe))
        }
    };
    let PaymentConfig { accepts_other_intents, auto_refund, .. } = *config;
    let settings = PaymentSettings { shop_url: shop_url.0.to_string(), auto_refund, accepts_other_intents };
    Ok(Payments::new(checkout.clone(), store.clone(), provider, settings))
}

/// The address under which browsers reach the shop, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopUrl(Arc<str>);

impl ShopUrl {
    /// The configured address, or that of a server that listens on `addr`, as browsers of the same machine reach it.
    pub fn new(common: &Common, addr: SocketAddr) -> Self {
        Self(common.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(addr))).into())
    }

    /// Returns the address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the complete address of a page, which may be relative to the shop's.
    pub fn absolute(&self, page: &str) -> String {
        if page.starts_with('/') { format!("{}{page}", self.0) } else { page.to_owned() }
    }
}

/// Takes money for the storefront's pages.
pub struct StorefrontPayments(pub Arc<dyn Store>, pub Payments);

#[async_trait]
impl PaymentService for StorefrontPayments {
    fn has_provider(&self) -> bool {
        self.1.provider_name().is_some()
    }

    async fn is_processing(&self, order: OrderId) -> Result<bool, Error> {
        let attempts = self.0.payment_attempts().of_order(order).await.map_err(|error| store_failed(&error))?;
        Ok(attempts.iter().any(|attempt| attempt.state == AttemptState::Completed))
    }

    async fn look_up_returned(&self, order: OrderId) -> Result<bool, Error> {
        self.1.look_up_returned(order).await
    }

    async fn cancel_order(&self, order: OrderId, owner: Owner) -> Result<Order, Error> {
        Ok(self.1.cancel_order(order, owner, None).await?.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Environment;
    use std::path::PathBuf;

    fn shop_url(public_url: Option<&str>, addr: &str) -> String {
        let common = Common {
            env: Environment::Development,
            data_dir: PathBuf::from("."),
            database_url: String::new(),
            public_url: public_url.map(str::to_owned),
            webhooks_allow_private: false,
        };
        ShopUrl::new(&common, addr.parse().unwrap()).absolute("/orders")
    }

    #[test]
    fn links_lead_to_an_address_that_a_browser_can_open() {
        for (public_url, addr, expected) in [
            (Some("https://shop.example"), "0.0.0.0:3000", "https://shop.example/orders"),
            (None, "192.0.2.7:3000", "http://192.0.2.7:3000/orders"),
            (None, "0.0.0.0:3000", "http://127.0.0.1:3000/orders"),
            (None, "[::]:3000", "http://[::1]:3000/orders"),
        ] {
            assert_eq!(shop_url(public_url, addr), expected);
        }
    }
}
