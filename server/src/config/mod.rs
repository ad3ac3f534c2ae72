//! Settings: flags, the environment and `.env`, parsed once at startup. One message lists every invalid or missing
//! setting, so that all of them can be fixed before the next start.

mod args;
pub mod dotenv;
#[cfg(test)]
mod env_example;
mod errors;
mod mail;
mod payments;
pub mod secret;
mod values;

pub use args::{CommonArgs, ServeArgs};
pub use errors::ConfigError;
pub use mail::{MailArgs, MailConfig};
pub use payments::{PaymentArgs, PaymentConfig, PaymentProvider, StripeConfig};

use errors::SettingErrors;
use http::HeaderValue;
use ipnet::IpNet;
use secret::{JwtKey, Secret};
use std::{
    fmt,
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};

/// Minimum length of a key that signs tokens in production, in bytes: the length of the digest (RFC 7518 §3.2).
const MIN_JWT_SECRET_LENGTH: usize = 32;
/// Minimum length of a webhook secret and of the metrics token in production, in bytes.
const MIN_SECRET_LENGTH: usize = 16;
/// Default interval between audits of the stock.
const DEFAULT_AUDIT_INTERVAL: Duration = Duration::from_mins(15);
/// Default maximum of open connections: enough for ten thousand watchers and for those who buy.
const DEFAULT_MAX_CONNECTIONS: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();
/// Longest retention of contacts that can be configured, in days.
const MAX_CONTACT_DAYS: u32 = 3650;
/// Largest maximum of open connections that can be configured.
const MAX_CONNECTIONS: usize = 1_000_000;

/// The environment that the server runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Secrets are generated, the sandbox is the payment provider, and cookies work over plain HTTP.
    Development,
    /// Secrets must be configured, the sandbox is off by default, and cookies need TLS.
    Production,
}

/// Limit of one client's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimit {
    /// No limits.
    Off,
    /// Only token requests are limited, because each costs a slow hash.
    TokensOnly,
    /// Requests per second, besides the limit of token requests.
    PerSecond(NonZeroU32),
}

/// Other origins whose scripts may call the API from a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorsOrigins {
    /// No other origin.
    None,
    /// Every origin.
    Any,
    /// The listed origins.
    These(Vec<HeaderValue>),
}

/// Settings of every command.
#[derive(Clone)]
pub struct Common {
    /// The environment.
    pub env: Environment,
    /// Folder of the embedded database and of generated secrets.
    pub data_dir: PathBuf,
    /// URL of the database. It may contain a password, so it is never logged.
    pub database_url: String,
    /// Address under which browsers reach the server, without a path.
    pub public_url: Option<String>,
    /// Whether webhooks may be sent to private and reserved addresses, and over plain HTTP.
    pub webhooks_allow_private: bool,
}

/// Settings of the server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Settings of every command.
    pub common: Common,
    /// Address to listen on.
    pub addr: SocketAddr,
    /// Secrets that verify webhooks. The sandbox signs with the first.
    pub webhook_secrets: Vec<Secret>,
    /// Secrets that verify Stripe's webhooks.
    pub stripe_secrets: Vec<Secret>,
    /// Keys that verify access tokens. The first signs.
    pub jwt_keys: Vec<JwtKey>,
    /// How payments are taken and returned.
    pub payments: PaymentConfig,
    /// Limit of one client's requests.
    pub rate_limit: RateLimit,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// Other origins whose scripts may call the API.
    pub cors_origins: CorsOrigins,
    /// Maximum number of open connections.
    pub max_connections: NonZeroUsize,
    /// Token for reading the metrics from other machines.
    pub metrics_token: Option<Secret>,
    /// Interval between audits of the stock; `None` for no audits.
    pub audit_interval: Option<Duration>,
    /// How long the contact of an order is kept; `None` for ever.
    pub contact_retention: Option<Duration>,
    /// Mail, and what shoppers read in it.
    pub mail: MailConfig,
    /// URL of the collector of traces. It may contain a password.
    pub traces: Option<Secret>,
    /// Folder of the storefront's files, if configured.
    pub site_root: Option<PathBuf>,
}

impl fmt::Debug for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { env, data_dir, database_url: _, public_url, webhooks_allow_private } = self;
        let mut shown = f.debug_struct("Common");
        shown.field("env", env).field("data_dir", data_dir).field("public_url", public_url);
        shown.field("webhooks_allow_private", webhooks_allow_private).finish_non_exhaustive()
    }
}

impl Common {
    /// Parses the settings of every command.
    ///
    /// # Errors
    ///
    /// Some settings are invalid.
    pub fn read(args: CommonArgs) -> Result<Self, ConfigError> {
        let mut errors = SettingErrors::default();
        let common = Self::parse(args, &mut errors);
        errors.none_or(common)
    }

    fn parse(args: CommonArgs, errors: &mut SettingErrors) -> Self {
        let env = errors.parse("HOLDFAST_ENV", args.env, values::environment).unwrap_or(Environment::Development);
        errors.parse("RUST_LOG", std::env::var_os("RUST_LOG"), values::log_filter);
        let data_dir = args.data_dir.filter(|d| !d.is_empty()).map_or_else(|| PathBuf::from("./data"), PathBuf::from);
        let database_url = errors
            .parse("DATABASE_URL", args.database_url, values::database_url)
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("holdfast.db").display()));
        let public_url = errors.parse("HOLDFAST_PUBLIC_URL", args.public_url, values::public_url);
        let webhooks_allow_private =
            errors.parse("HOLDFAST_WEBHOOKS_ALLOW_PRIVATE", args.webhooks_allow_private, values::switch);
        let webhooks_allow_private = webhooks_allow_private.unwrap_or(false);
        Self { env, data_dir, database_url, public_url, webhooks_allow_private }
    }
}

impl PaymentConfig {
    /// Parses the settings of a command that asks the payment provider.
    ///
    /// # Errors
    ///
    /// Some settings are invalid, or are missing in production.
    pub fn read(common: CommonArgs, args: PaymentArgs) -> Result<(Common, Self), ConfigError> {
        let mut errors = SettingErrors::default();
        let common = Common::parse(common, &mut errors);
        let payments = Self::parse(args, &common, &mut errors);
        errors.none_or((common, payments))
    }
}

impl Settings {
    /// Parses the settings of the server. In development, missing secrets are generated.
    ///
    /// # Errors
    ///
    /// Some settings are invalid, or are missing in production.
    pub fn read(common: CommonArgs, args: ServeArgs) -> Result<Self, ConfigError> {
        let mut errors = SettingErrors::default();
        let common = Common::parse(common, &mut errors);
        let is_production = common.env == Environment::Production;
        let (min_secret, min_jwt) = if is_production { (MIN_SECRET_LENGTH, MIN_JWT_SECRET_LENGTH) } else { (1, 1) };

        let addr = errors.parse("HOLDFAST_ADDR", args.addr, values::address);
        let webhook_secrets =
            errors.parse("HOLDFAST_WEBHOOK_SECRETS", args.webhook_secrets, |v| values::webhook_secrets(v, min_secret));
        let stripe_secrets =
            errors.parse("HOLDFAST_STRIPE_SECRETS", args.stripe_secrets, |v| values::secrets(v, min_secret));
        let jwt_keys = errors.parse("HOLDFAST_JWT_KEYS", args.jwt_keys, |v| values::jwt_keys(v, min_jwt));
        let payments = PaymentConfig::parse(args.payments, &common, &mut errors);
        let has_stripe = matches!(payments.provider, PaymentProvider::Stripe(_));
        if has_stripe && is_production && stripe_secrets.is_none() && !errors.has("HOLDFAST_STRIPE_SECRETS") {
            errors.add("HOLDFAST_STRIPE_SECRETS", "is required in production with the payment provider stripe");
        }
        let rate_limit = errors.parse("HOLDFAST_RATE_LIMIT", args.rate_limit, values::rate_limit);
        let trusted_proxies = errors.parse("HOLDFAST_TRUSTED_PROXIES", args.trusted_proxies, values::trusted_proxies);
        let cors_origins = errors.parse("HOLDFAST_CORS_ORIGINS", args.cors_origins, values::cors_origins);
        let max_connections = errors.parse("HOLDFAST_MAX_CONNECTIONS", args.max_connections, values::max_connections);
        let metrics_token =
            errors.parse("HOLDFAST_METRICS_TOKEN", args.metrics_token, |v| values::metrics_token(v, min_secret));
        let audit_interval = errors.parse("HOLDFAST_AUDIT_EVERY", args.audit_every, values::audit_interval);
        let contact_retention = errors.parse("HOLDFAST_CONTACT_DAYS", args.contact_days, values::contact_days);
        let base = errors.parse("OTEL_EXPORTER_OTLP_ENDPOINT", args.otlp_endpoint, values::collector);
        let traces = errors.parse("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", args.otlp_traces_endpoint, values::collector);
        let traces = traces.or_else(|| base.map(|base| format!("{}/v1/traces", base.trim_end_matches('/'))));
        let site_root = args.site_root.filter(|d| !d.is_empty()).map(PathBuf::from);
        if let Some(missing) = site_root.as_ref().filter(|root| !root.is_dir()) {
            errors.add(
                "HOLDFAST_SITE_ROOT",
                &format!("must name an existing folder, which this is not: {}", missing.display()),
            );
        }

        let mail = MailConfig::parse(args.mail, &common, &mut errors);
        let (webhook_secrets, jwt_keys) = errors.required_secrets(&common, webhook_secrets, jwt_keys);
        errors.none_or(Self {
            common,
            addr: addr.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000))),
            webhook_secrets,
            stripe_secrets: stripe_secrets.unwrap_or_default(),
            jwt_keys,
            payments,
            rate_limit: rate_limit.unwrap_or(RateLimit::TokensOnly),
            trusted_proxies: trusted_proxies.unwrap_or_default(),
            cors_origins: cors_origins.unwrap_or(CorsOrigins::None),
            max_connections: max_connections.unwrap_or(DEFAULT_MAX_CONNECTIONS),
            metrics_token,
            audit_interval: audit_interval.unwrap_or(Some(DEFAULT_AUDIT_INTERVAL)),
            contact_retention,
            mail,
            traces: traces.map(|url| Secret::new(&url)),
            site_root,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;
    use tempfile::TempDir;

    /// Returns valid settings for `env`.
    fn args(env: &str, dir: &TempDir) -> (CommonArgs, ServeArgs) {
        let common = CommonArgs { env: Some(env.into()), data_dir: Some(dir.path().into()), ..CommonArgs::default() };
        let serve = ServeArgs {
            webhook_secrets: Some(OsString::from("a webhook secret of production").into()),
            jwt_keys: Some(OsString::from("one:a key that signs tokens and has 32 bytes").into()),
            ..ServeArgs::default()
        };
        (common, serve)
    }

    #[test]
    fn the_sandbox_is_on_by_default_in_development_only() {
        let dir = tempfile::tempdir().unwrap();
        for (env, provider, expected) in [
            ("development", None, true),
            ("development", Some("none"), false),
            ("production", None, false),
            ("production", Some(""), false),
            ("production", Some("none"), false),
            ("production", Some("sandbox"), true),
        ] {
            let (common, serve) = args(env, &dir);
            let payments = PaymentArgs { payment_provider: provider.map(OsString::from), ..PaymentArgs::default() };
            let settings = Settings::read(common, ServeArgs { payments, ..serve });
            assert_eq!(settings.unwrap().payments.has_sandbox(), expected, "{env} {provider:?}");
        }
    }

    #[test]
    fn stripe_needs_the_secrets_of_its_webhooks_in_production() {
        let dir = tempfile::tempdir().unwrap();
        let with = |env: &str, secrets: Option<&str>| {
            let (common, serve) = args(env, &dir);
            let common = CommonArgs { public_url: Some("https://shop.example".into()), ..common };
            let payments = PaymentArgs {
                payment_provider: Some("stripe".into()),
                stripe_key: Some(OsString::from("sk_live_1").into()),
                ..PaymentArgs::default()
            };
            let stripe_secrets = secrets.map(|text| OsString::from(text).into());
            Settings::read(common, ServeArgs { stripe_secrets, payments, ..serve })
        };
        let message = with("production", None).unwrap_err().to_string();
        assert!(message.contains("HOLDFAST_STRIPE_SECRETS is required"), "{message}");
        assert_eq!(
            with("production", Some("short")).unwrap_err().to_string().matches("HOLDFAST_STRIPE_SECRETS").count(),
            1
        );
        assert!(with("production", Some("whsec_a secret of stripe")).is_ok());
        assert!(with("development", None).is_ok());
    }

    #[test]
    fn contacts_are_kept_for_ever_or_for_whole_days() {
        let dir = tempfile::tempdir().unwrap();
        let days = |days: u64| Some(Duration::from_hours(24 * days));
        for (text, expected) in
            [(None, Some(None)), (Some(""), Some(None)), (Some("1"), Some(days(1))), (Some("3650"), Some(days(3650)))]
                .into_iter()
                .chain(["0", "3651", "1.5", "-1", "off", "30d"].map(|text| (Some(text), None)))
        {
            let (common, serve) = args("production", &dir);
            let settings = Settings::read(common, ServeArgs { contact_days: text.map(OsString::from), ..serve });
            assert_eq!(settings.map(|settings| settings.contact_retention).ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn secrets_are_required_in_production_and_generated_in_development() {
        let dir = tempfile::tempdir().unwrap();
        for (env, is_valid) in [("development", true), ("production", false), ("staging", false)] {
            let (common, _) = args(env, &dir);
            let settings = Settings::read(common, ServeArgs::default());
            assert_eq!(settings.is_ok(), is_valid, "{env}: {settings:?}");
            let secrets = settings.map_or(0, |settings| settings.webhook_secrets.len() + settings.jwt_keys.len());
            assert_eq!(secrets, if is_valid { 2 } else { 0 }, "{env}");
        }
        let (common, _) = args("production", &dir);
        let message = Settings::read(common, ServeArgs::default()).unwrap_err().to_string();
        assert!(message.contains("HOLDFAST_WEBHOOK_SECRETS is required"), "{message}");
        assert!(message.contains("HOLDFAST_JWT_KEYS is required"), "{message}");
    }
}
