//! What the server runs by: flags, the environment and `.env`, typed and checked once, at the start. Whatever is wrong
//! or missing is named in one message; nobody fixes settings one restart at a time.

mod args;
pub mod secret;
mod values;

pub use args::{CommonArgs, ServeArgs};

use http::HeaderValue;
use ipnet::IpNet;
use secret::{JwtKey, Secret};
use std::{
    ffi::OsString,
    fmt,
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};

/// The shortest key that signs tokens in production: as long as the digest (RFC 7518 §3.2).
const MIN_JWT_SECRET: usize = 32;
/// The shortest webhook secret in production, and the shortest token that reads the metrics.
const MIN_WEBHOOK_SECRET: usize = 16;
/// How often all stock is recounted, unless told otherwise.
const DEFAULT_AUDIT_INTERVAL: Duration = Duration::from_mins(15);
/// Connections at once, unless told otherwise: ten thousand who watch, and room for those who buy.
const DEFAULT_MAX_CONNECTIONS: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();
/// As many as may be asked for.
const MAX_CONNECTIONS: usize = 1_000_000;

/// What the server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Secrets make themselves, the payment provider is the sandbox, cookies travel over plain HTTP.
    Development,
    /// Everything that guards money is given.
    Production,
}

/// How many requests a second one client may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimit {
    /// As many as it likes.
    Off,
    /// As many as it likes, but for tokens, which are costly to give out.
    TokensOnly,
    /// This many.
    PerSecond(NonZeroU32),
}

/// The sites whose scripts may call the API from a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CorsOrigins {
    /// None but our own.
    None,
    /// Whichever.
    Any,
    /// These.
    These(Vec<HeaderValue>),
}

/// What every command needs.
#[derive(Clone)]
pub struct Common {
    /// What the server is for.
    pub env: Environment,
    /// The folder of everything that is kept.
    pub data_dir: PathBuf,
    /// May hold a password; goes to the store and nowhere else.
    pub database_url: String,
}

/// What the server needs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What every command needs.
    pub common: Common,
    /// Where it listens.
    pub addr: SocketAddr,
    /// Verify webhooks; the first signs the sandbox's.
    pub webhook_secrets: Vec<Secret>,
    /// Verify Stripe's webhooks.
    pub stripe_secrets: Vec<Secret>,
    /// Verify tokens; the first signs.
    pub jwt_keys: Vec<JwtKey>,
    /// The built-in payment provider is open.
    pub sandbox: bool,
    /// What one client may ask.
    pub rate_limit: RateLimit,
    /// Proxies whose word on a client's address counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Whose scripts may call the API.
    pub cors_origins: CorsOrigins,
    /// Connections at once.
    pub max_connections: NonZeroUsize,
    /// Reads the metrics from elsewhere.
    pub metrics_token: Option<Secret>,
    /// How often all stock is recounted, if at all.
    pub audit_interval: Option<Duration>,
    /// Where traces are collected; may hold a password.
    pub traces: Option<Secret>,
    /// The storefront's files, where they were named.
    pub site_root: Option<PathBuf>,
}

/// Everything that is wrong with the settings, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("these settings are wrong or missing:")?;
        self.0.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Debug for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { env, data_dir, database_url: _ } = self;
        f.debug_struct("Common").field("env", env).field("data_dir", data_dir).finish_non_exhaustive()
    }
}

impl Common {
    /// Reads what every command needs.
    pub fn read(args: CommonArgs) -> Result<Self, ConfigError> {
        let mut wrong = Wrong::default();
        let common = Self::collect(args, &mut wrong);
        wrong.or(common)
    }

    fn collect(args: CommonArgs, wrong: &mut Wrong) -> Self {
        let env = wrong.read("HOLDFAST_ENV", args.env, values::environment).unwrap_or(Environment::Development);
        let data_dir = args.data_dir.filter(|d| !d.is_empty()).map_or_else(|| PathBuf::from("./data"), PathBuf::from);
        let database_url = wrong
            .read("DATABASE_URL", args.database_url, values::database_url)
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("holdfast.db").display()));
        Self { env, data_dir, database_url }
    }
}

impl Settings {
    /// Reads what the server needs; in development what is missing is made.
    pub fn read(common: CommonArgs, args: ServeArgs) -> Result<Self, ConfigError> {
        let mut wrong = Wrong::default();
        let common = Common::collect(common, &mut wrong);
        let production = common.env == Environment::Production;
        let (least_webhook, least_jwt) = if production { (MIN_WEBHOOK_SECRET, MIN_JWT_SECRET) } else { (1, 1) };

        let addr = wrong.read("HOLDFAST_ADDR", args.addr, values::address);
        let webhook_secrets =
            wrong.read("HOLDFAST_WEBHOOK_SECRETS", args.webhook_secrets, |v| values::webhook_secrets(v, least_webhook));
        let stripe_secrets =
            wrong.read("HOLDFAST_STRIPE_SECRETS", args.stripe_secrets, |v| values::secrets(v, least_webhook));
        let jwt_keys = wrong.read("HOLDFAST_JWT_KEYS", args.jwt_keys, |v| values::jwt_keys(v, least_jwt));
        let sandbox = wrong.read("HOLDFAST_PAYMENT_PROVIDER", args.payment_provider, values::payment_provider);
        let rate_limit = wrong.read("HOLDFAST_RATE_LIMIT", args.rate_limit, values::rate_limit);
        let trusted_proxies = wrong.read("HOLDFAST_TRUSTED_PROXIES", args.trusted_proxies, values::trusted_proxies);
        let cors_origins = wrong.read("HOLDFAST_CORS_ORIGINS", args.cors_origins, values::cors_origins);
        let max_connections = wrong.read("HOLDFAST_MAX_CONNECTIONS", args.max_connections, values::max_connections);
        let metrics_token =
            wrong.read("HOLDFAST_METRICS_TOKEN", args.metrics_token, |v| values::metrics_token(v, least_webhook));
        let audit_interval = wrong.read("HOLDFAST_AUDIT_EVERY", args.audit_every, values::audit_interval);
        let base = wrong.read("OTEL_EXPORTER_OTLP_ENDPOINT", args.otlp_endpoint, values::collector);
        let traces = wrong.read("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", args.otlp_traces_endpoint, values::collector);
        let traces = traces.or_else(|| base.map(|base| format!("{}/v1/traces", base.trim_end_matches('/'))));
        let site_root = args.site_root.filter(|d| !d.is_empty()).map(PathBuf::from);
        if let Some(missing) = site_root.as_ref().filter(|root| !root.is_dir()) {
            wrong.add("HOLDFAST_SITE_ROOT", &format!("names no folder: {}", missing.display()));
        }

        let (webhook_secrets, jwt_keys) = wrong.required_secrets(&common, webhook_secrets, jwt_keys);
        wrong.or(Self {
            common,
            addr: addr.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000))),
            webhook_secrets,
            stripe_secrets: stripe_secrets.unwrap_or_default(),
            jwt_keys,
            sandbox: sandbox.unwrap_or(!production),
            rate_limit: rate_limit.unwrap_or(RateLimit::TokensOnly),
            trusted_proxies: trusted_proxies.unwrap_or_default(),
            cors_origins: cors_origins.unwrap_or(CorsOrigins::None),
            max_connections: max_connections.unwrap_or(DEFAULT_MAX_CONNECTIONS),
            metrics_token,
            audit_interval: audit_interval.unwrap_or(Some(DEFAULT_AUDIT_INTERVAL)),
            traces: traces.map(|url| Secret::new(&url)),
            site_root,
        })
    }
}

/// Collects what is wrong, and goes on.
#[derive(Default)]
struct Wrong(Vec<(&'static str, String)>);

impl Wrong {
    fn add(&mut self, name: &'static str, why: &str) {
        self.0.push((name, why.to_owned()));
    }

    /// Reads one setting; `None` when it is absent, empty or wrong. Nothing that was given is repeated here: what
    /// stands in the wrong place may be a secret.
    fn read<T>(
        &mut self,
        name: &'static str,
        given: Option<impl Into<OsString>>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let given = given.map(Into::into).filter(|v| !v.is_empty())?;
        let parsed = given.to_str().ok_or_else(|| "is not UTF-8".to_owned()).and_then(|v| parse(v.trim()));
        parsed.map_err(|why| self.add(name, &why)).ok()
    }

    /// In production what guards money must be given; in development it is made once, in the data folder.
    fn required_secrets(
        &mut self,
        common: &Common,
        webhook: Option<Vec<Secret>>,
        jwt: Option<Vec<JwtKey>>,
    ) -> (Vec<Secret>, Vec<JwtKey>) {
        let mut made = Vec::new();
        let unclear = self.0.iter().any(|(name, _)| *name == "HOLDFAST_ENV");
        if common.env == Environment::Development && !unclear && (webhook.is_none() || jwt.is_none()) {
            match secret::for_development(&common.data_dir) {
                Ok(settings) => made = settings,
                Err(error) => {
                    self.add("HOLDFAST_DATA_DIR", &format!("cannot be used: {}: {error}", common.data_dir.display()));
                }
            }
        }
        let find = |name: &str| made.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let webhook = webhook.or_else(|| values::webhook_secrets(find("HOLDFAST_WEBHOOK_SECRETS")?, 1).ok());
        let jwt = jwt.or_else(|| values::jwt_keys(find("HOLDFAST_JWT_KEYS")?, 1).ok());
        for (name, absent) in [("HOLDFAST_WEBHOOK_SECRETS", webhook.is_none()), ("HOLDFAST_JWT_KEYS", jwt.is_none())] {
            let told = |(n, _): &(&str, String)| *n == name;
            if absent && common.env == Environment::Production && !self.0.iter().any(told) {
                self.add(name, "is missing, and production needs it");
            }
        }
        (webhook.unwrap_or_default(), jwt.unwrap_or_default())
    }

    fn or<T>(self, settings: T) -> Result<T, ConfigError> {
        if self.0.is_empty() {
            return Ok(settings);
        }
        Err(ConfigError(self.0.into_iter().map(|(name, why)| format!("{name} {why}")).collect()))
    }
}
