//! Settings of the payment provider.

use super::{
    Common, Environment,
    errors::SettingErrors,
    secret::{Secret, SensitiveArg},
    values,
};
use clap::Args;
use std::{ffi::OsString, net::IpAddr};
use url::{Host, Url};

/// The origin of Stripe's payment pages.
const STRIPE_PAGES: &str = "https://checkout.stripe.com";
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
                PaymentProvider::Stripe(StripeConfig { key: key.unwrap_or_else(|| Secret::new("")), api, account })
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
    pub fn is_test_mode(&self) -> bool {
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
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn parse(env: Environment, args: PaymentArgs, public_url: Option<&str>) -> Result<PaymentConfig, String> {
        let public_url = public_url.map(str::to_owned);
        let common = Common {
            env,
            data_dir: PathBuf::from("."),
            database_url: String::new(),
            public_url,
            webhooks_allow_private: false,
        };
        let mut errors = SettingErrors::default();
        let config = PaymentConfig::parse(args, &common, &mut errors);
        errors.none_or(config).map_err(|error| error.to_string())
    }

    fn stripe(key: &str) -> PaymentArgs {
        PaymentArgs {
            payment_provider: Some("stripe".into()),
            stripe_key: Some(OsString::from(key).into()),
            ..PaymentArgs::default()
        }
    }

    const SHOP: Option<&str> = Some("https://shop.example");

    #[test]
    fn stripe_needs_a_key_and_in_production_an_address_to_lead_back_to() {
        let without_key = PaymentArgs { stripe_key: None, ..stripe("") };
        let message = parse(Environment::Development, without_key, None).unwrap_err();
        assert!(message.contains("HOLDFAST_STRIPE_KEY is required"), "{message}");
        for key in ["pk_live_hush", "sk_", "hush", "sk_live_hush hush", "rk_hüsh"] {
            let message = parse(Environment::Development, stripe(key), None).unwrap_err();
            assert_eq!(message.matches("HOLDFAST_STRIPE_KEY").count(), 1, "{message}");
            assert!(!message.contains("hush"), "{message}");
        }
        let message = parse(Environment::Production, stripe("sk_live_1"), None).unwrap_err();
        assert!(message.contains("HOLDFAST_PUBLIC_URL is required"), "{message}");
        assert!(parse(Environment::Development, stripe("rk_test_1"), None).is_ok());
        let config = parse(Environment::Production, stripe("sk_live_1"), SHOP).unwrap();
        let PaymentProvider::Stripe(stripe) = &config.provider else { panic!("{config:?}") };
        assert_eq!((stripe.key_text().as_str(), stripe.is_test_mode()), ("sk_live_1", false));
        assert!(!format!("{config:?}").contains("sk_live_1"));
        assert_eq!(config.page_origins(), [STRIPE_PAGES]);
    }

    #[test]
    fn a_test_key_is_recognised() {
        for (key, expected) in [("sk_test_1", true), ("rk_test_1", true), ("sk_live_1", false), ("rk_live_1", false)] {
            let config = StripeConfig { key: Secret::new(key), api: None, account: None };
            assert_eq!(config.is_test_mode(), expected, "{key}");
        }
    }

    #[test]
    fn payments_of_others_count_unless_stripe_is_the_provider() {
        let with = |args: PaymentArgs| parse(Environment::Production, args, SHOP).unwrap();
        let switch = |text: &str| Some(OsString::from(text));
        assert!(with(PaymentArgs::default()).accepts_other_intents);
        assert!(!with(stripe("sk_live_1")).accepts_other_intents);
        let on = PaymentArgs { stripe_other_intents: switch("on"), ..stripe("sk_live_1") };
        assert!(with(on).accepts_other_intents);
        let off = PaymentArgs { stripe_other_intents: switch("off"), ..PaymentArgs::default() };
        assert!(!with(off).accepts_other_intents);
        assert!(with(PaymentArgs::default()).auto_refund);
        assert!(!with(PaymentArgs { auto_refund: switch("off"), ..PaymentArgs::default() }).auto_refund);
        let wrong = PaymentArgs { auto_refund: switch("yes"), ..PaymentArgs::default() };
        assert!(parse(Environment::Production, wrong, SHOP).unwrap_err().contains("HOLDFAST_AUTO_REFUND"));
    }

    #[test]
    fn the_key_is_sent_over_tls_or_stays_on_this_machine() {
        for (url, is_valid) in [
            ("https://stripe.example/v1", true),
            ("http://127.0.0.1:12111", true),
            ("http://[::1]:12111", true),
            ("http://localhost:12111", true),
            ("http://10.0.0.1:12111", false),
            ("http://stripe.example", false),
            ("http://localhost.example", false),
            ("ftp://127.0.0.1", false),
            ("https://user:hush@stripe.example", false),
            ("stripe.example", false),
        ] {
            assert_eq!(stripe_api(url).is_ok(), is_valid, "{url}");
        }
        let args = PaymentArgs { stripe_api: Some("http://127.0.0.1:12111/x".into()), ..stripe("sk_test_1") };
        let config = parse(Environment::Development, args, None).unwrap();
        assert_eq!(config.page_origins(), [STRIPE_PAGES, "http://127.0.0.1:12111"]);
    }

    #[test]
    fn an_account_has_the_form_of_stripes_ids() {
        for (text, is_valid) in
            [("acct_1Nv0FGQ9RKHgCVdK", true), ("acct_", false), ("cus_1", false), ("acct_1\n", false)]
        {
            assert_eq!(stripe_account(text).is_ok(), is_valid, "{text}");
        }
    }
}
