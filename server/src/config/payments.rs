//! Settings of the payment provider.

use super::{
    Common, Environment,
    errors::SettingErrors,
    secret::{Secret, SensitiveArg},
    values,
};
use checkout::model::ProviderName;
use clap::Args;
use std::{ffi::OsString, net::IpAddr};
use url::{Host, Url};

/// The origin of Stripe's payment pages.
const STRIPE_PAGES: &str = "https://checkout.stripe.com";
/// Why a key of Stripe's test mode is an error in production.
const TEST_KEY_IN_PRODUCTION: &str =
    "is a key of test mode, with which anybody pays without money: set the live key in production";
/// Longest key of Stripe's API that is accepted, in bytes.
const MAX_KEY_LENGTH: usize = 255;

/// Raw settings of the payment provider, which the server and the commands that ask the provider share.
#[derive(Debug, Clone, Default, Args)]
pub struct PaymentArgs {
    /// `sandbox` for the built-in provider, `stripe` for Stripe, `none` for your own [default: sandbox in development, else
    /// none]
    #[arg(long, env = "HOLDFAST_PAYMENT_PROVIDER", value_name = "NAME")]
    pub payment_provider: Option<OsString>,
    /// Secret or restricted key of Stripe's API: `sk_…` or `rk_…`
    #[arg(long, env = "HOLDFAST_STRIPE_KEY", value_name = "KEY", hide_env_values = true)]
    pub stripe_key: Option<SensitiveArg>,
    /// Address of Stripe's API, for test doubles: https, or http on this machine [default: Stripe's own]
    #[arg(long, env = "HOLDFAST_STRIPE_API", value_name = "URL")]
    pub stripe_api: Option<OsString>,
    /// Connected account that Stripe acts for: `acct_…` [default: the key's own account]
    #[arg(long, env = "HOLDFAST_STRIPE_ACCOUNT", value_name = "ID")]
    pub stripe_account: Option<OsString>,
    /// Whether payments at Stripe that the shop did not open may pay for orders: `on` or `off` [default: off with the provider
    /// stripe, else on]
    #[arg(long, env = "HOLDFAST_STRIPE_OTHER_INTENTS", value_name = "SWITCH")]
    pub stripe_other_intents: Option<OsString>,
    /// Whether due refunds are sent to the provider at once: `on` or `off` [default: on]
    #[arg(long, env = "HOLDFAST_AUTO_REFUND", value_name = "SWITCH")]
    pub auto_refund: Option<OsString>,
}

/// How the shop takes payments and returns them.
#[derive(Debug, Clone)]
pub struct PaymentConfig {
    /// The provider.
    pub provider: PaymentProvider,
    /// Whether events of Stripe about payments that the shop did not open may pay for orders.
    pub accepts_other_intents: bool,
    /// Whether due refunds are sent to the provider at once.
    pub auto_refund: bool,
}

/// The payment provider.
#[derive(Debug, Clone)]
pub enum PaymentProvider {
    /// None: the shop's own systems take payments.
    None,
    /// The built-in one, which moves no money.
    Sandbox,
    /// Stripe.
    Stripe(StripeConfig),
}

/// Settings of Stripe.
#[derive(Debug, Clone)]
pub struct StripeConfig {
    /// The key of its API.
    pub key: Secret,
    /// The address of a test double.
    pub api: Option<Url>,
    /// The connected account.
    pub account: Option<String>,
}

impl PaymentConfig {
    /// Settings for a shop with this provider.
    pub fn of(provider: PaymentProvider) -> Self {
        let accepts_other_intents = !matches!(provider, PaymentProvider::Stripe(_));
        Self { provider, accepts_other_intents, auto_refund: true }
    }

    /// Whether the sandbox is the provider.
    pub fn has_sandbox(&self) -> bool {
        matches!(self.provider, PaymentProvider::Sandbox)
    }

    /// The name of the provider.
    pub fn provider_name(&self) -> Option<ProviderName> {
        match self.provider {
            PaymentProvider::None => None,
            PaymentProvider::Sandbox => Some(ProviderName::Sandbox),
            PaymentProvider::Stripe(_) => Some(ProviderName::Stripe),
        }
    }

    /// The connected account of Stripe whose events count.
    pub fn stripe_account(&self) -> Option<&str> {
        match &self.provider {
            PaymentProvider::Stripe(stripe) => stripe.account.as_deref(),
            PaymentProvider::None | PaymentProvider::Sandbox => None,
        }
    }

    /// The origins of the provider's payment pages, to which the shop's forms may lead.
    pub fn page_origins(&self) -> Vec<String> {
        match &self.provider {
            PaymentProvider::None | PaymentProvider::Sandbox => Vec::new(),
            PaymentProvider::Stripe(stripe) => {
                let double = stripe.api.iter().map(|api| api.origin().ascii_serialization());
                std::iter::once(STRIPE_PAGES.to_owned()).chain(double).collect()
            }
        }
    }

    pub(super) fn parse(args: PaymentArgs, common: &Common, errors: &mut SettingErrors) -> Self {
        let is_production = common.env == Environment::Production;
        let name = errors.parse("HOLDFAST_PAYMENT_PROVIDER", args.payment_provider, provider);
        let key = errors.parse("HOLDFAST_STRIPE_KEY", args.stripe_key, stripe_key);
        let api = errors.parse("HOLDFAST_STRIPE_API", args.stripe_api, stripe_api);
        let account = errors.parse("HOLDFAST_STRIPE_ACCOUNT", args.stripe_account, stripe_account);
        let other_intents = errors.parse("HOLDFAST_STRIPE_OTHER_INTENTS", args.stripe_other_intents, values::switch);
        let auto_refund = errors.parse("HOLDFAST_AUTO_REFUND", args.auto_refund, values::switch);
        let provider = match name.unwrap_or(if is_production { Name::None } else { Name::Sandbox }) {
            Name::None => PaymentProvider::None,
            Name::Sandbox => PaymentProvider::Sandbox,
            Name::Stripe => {
                if key.is_none() && !errors.has("HOLDFAST_STRIPE_KEY") {
                    errors.add("HOLDFAST_STRIPE_KEY", "is required with the payment provider stripe");
                }
                let missing_url = common.public_url.is_none() && !errors.has("HOLDFAST_PUBLIC_URL");
                if is_production && missing_url {
                    let message =
                        "is required in production with the payment provider stripe, which leads shoppers back";
                    errors.add("HOLDFAST_PUBLIC_URL", message);
                }
                // Without a key there is an error, and the settings are not used.
                let stripe = StripeConfig { key: key.unwrap_or_else(|| Secret::new("")), api, account };
                if is_production && stripe.is_test_mode() && stripe.api.is_none() && !errors.has("HOLDFAST_STRIPE_API")
                {
                    errors.add("HOLDFAST_STRIPE_KEY", TEST_KEY_IN_PRODUCTION);
                }
                PaymentProvider::Stripe(stripe)
            }
        };
        let defaults = Self::of(provider);
        Self {
            accepts_other_intents: other_intents.unwrap_or(defaults.accepts_other_intents),
            auto_refund: auto_refund.unwrap_or(defaults.auto_refund),
            ..defaults
        }
    }
}

impl StripeConfig {
    /// The key, for the provider's client.
    pub fn key_text(&self) -> String {
        String::from_utf8_lossy(self.key.expose()).into_owned()
    }

    /// Whether the key is one of Stripe's test mode, in which no money moves.
    fn is_test_mode(&self) -> bool {
        let key = self.key.expose();
        key.starts_with(b"sk_test_") || key.starts_with(b"rk_test_")
    }
}

/// A provider by name.
#[derive(Clone, Copy)]
enum Name {
    None,
    Sandbox,
    Stripe,
}

fn provider(text: &str) -> Result<Name, String> {
    match text {
        "none" => Ok(Name::None),
        "sandbox" => Ok(Name::Sandbox),
        "stripe" => Ok(Name::Stripe),
        _ => Err("must be sandbox, stripe or none".to_owned()),
    }
}

/// The key is sent in a header, so it is visible ASCII.
fn stripe_key(text: &str) -> Result<Secret, String> {
    let rest = text.strip_prefix("sk_").or_else(|| text.strip_prefix("rk_"));
    let is_key = rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic()));
    (is_key && text.len() <= MAX_KEY_LENGTH)
        .then(|| Secret::new(text))
        .ok_or_else(|| "must be a key of Stripe's API, which begins with sk_ or rk_".to_owned())
}

/// The key must not cross a network without TLS.
fn stripe_api(text: &str) -> Result<Url, String> {
    let is_local = |url: &Url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    };
    let is_safe = |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && is_local(url));
    let is_plain = |url: &Url| url.username().is_empty() && url.password().is_none() && url.has_host();
    let url = text.parse::<Url>().ok().filter(|url| is_safe(url) && is_plain(url));
    url.ok_or_else(|| "must be a URL with https, or with http on this machine".to_owned())
}

fn stripe_account(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("acct_").filter(|rest| (1..=64).contains(&rest.len()));
    let is_account = rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_alphanumeric()));
    is_account
        .then(|| text.to_owned())
        .ok_or_else(|| "must be the id of an account, which begins with acct_".to_owned())
}

#[cfg(test)]
mod tests;
