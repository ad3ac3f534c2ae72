//! What the server runs by: flags, the environment and `.env`, typed and checked once, at the start. Whatever is wrong
//! or missing is named in one message; nobody fixes settings one restart at a time.

use crate::{
    secret::{self, Given, JwtKey, Secret},
    webhooks::standard,
};
use clap::Args;
use std::{ffi::OsString, fmt, net::SocketAddr, num::NonZeroU32, path::PathBuf};

/// The shortest key that signs tokens in production: as long as the digest (RFC 7518 §3.2).
const MIN_JWT_SECRET: usize = 32;
/// The shortest webhook secret in production.
const MIN_WEBHOOK_SECRET: usize = 16;

/// Settings of every command, as they were given.
#[derive(Debug, Clone, Default, Args)]
pub struct CommonArgs {
    /// What this server is for: `development` or `production` [default: development]
    #[arg(long, env = "HOLDFAST_ENV", global = true, help_heading = "Settings of every command", value_name = "NAME")]
    pub env: Option<OsString>,
    /// Where the embedded database and generated secrets live [default: ./data]
    #[arg(
        long,
        env = "HOLDFAST_DATA_DIR",
        global = true,
        help_heading = "Settings of every command",
        value_name = "DIR"
    )]
    pub data_dir: Option<OsString>,
    /// The database, `sqlite://PATH` or `postgres://…` [default: holdfast.db in the data folder]
    #[arg(
        long,
        env = "DATABASE_URL",
        global = true,
        help_heading = "Settings of every command",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_url: Option<Given>,
}

/// Settings of `holdfast serve`, as they were given.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeArgs {
    /// The address to listen on; port 0 takes any free one [default: 127.0.0.1:3000]
    #[arg(long, env = "HOLDFAST_ADDR", value_name = "IP:PORT")]
    pub addr: Option<OsString>,
    /// Secrets shared with the payment provider, comma-separated; the first signs
    #[arg(long, env = "HOLDFAST_WEBHOOK_SECRETS", value_name = "SECRETS", hide_env_values = true)]
    pub webhook_secrets: Option<Given>,
    /// Signing secrets of Stripe's webhooks, comma-separated
    #[arg(long, env = "HOLDFAST_STRIPE_SECRETS", value_name = "SECRETS", hide_env_values = true)]
    pub stripe_secrets: Option<Given>,
    /// Keys of access tokens, `kid:secret` comma-separated; the first signs, all verify
    #[arg(long, env = "HOLDFAST_JWT_KEYS", value_name = "KEYS", hide_env_values = true)]
    pub jwt_keys: Option<Given>,
    /// `sandbox` for the built-in payment provider, `none` for your own [default: sandbox in development]
    #[arg(long, env = "HOLDFAST_PAYMENT_PROVIDER", value_name = "NAME")]
    pub payment_provider: Option<OsString>,
    /// Requests a second that one client may make, or `off` [default: off]
    #[arg(long, env = "HOLDFAST_RATE_LIMIT", value_name = "LIMIT")]
    pub rate_limit: Option<OsString>,
    /// The storefront's files [default: target/site, or `site` beside the program]
    #[arg(long, env = "HOLDFAST_SITE_ROOT", value_name = "DIR")]
    pub site_root: Option<OsString>,
}

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
    /// This many.
    PerSecond(NonZeroU32),
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
        let env = wrong.read("HOLDFAST_ENV", args.env, environment).unwrap_or(Environment::Development);
        let data_dir = args.data_dir.filter(|d| !d.is_empty()).map_or_else(|| PathBuf::from("./data"), PathBuf::from);
        let database_url = wrong
            .read("DATABASE_URL", args.database_url, database_url)
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

        let addr = wrong.read("HOLDFAST_ADDR", args.addr, address);
        let webhook_secrets =
            wrong.read("HOLDFAST_WEBHOOK_SECRETS", args.webhook_secrets, |v| webhook_secrets(v, least_webhook));
        let stripe_secrets = wrong.read("HOLDFAST_STRIPE_SECRETS", args.stripe_secrets, |v| secrets(v, least_webhook));
        let jwt_keys = wrong.read("HOLDFAST_JWT_KEYS", args.jwt_keys, |v| jwt_keys(v, least_jwt));
        let sandbox = wrong.read("HOLDFAST_PAYMENT_PROVIDER", args.payment_provider, payment_provider);
        let rate_limit = wrong.read("HOLDFAST_RATE_LIMIT", args.rate_limit, rate_limit);
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
            rate_limit: rate_limit.unwrap_or(RateLimit::Off),
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
        let webhook = webhook.or_else(|| webhook_secrets(find("HOLDFAST_WEBHOOK_SECRETS")?, 1).ok());
        let jwt = jwt.or_else(|| jwt_keys(find("HOLDFAST_JWT_KEYS")?, 1).ok());
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

fn environment(text: &str) -> Result<Environment, String> {
    match text {
        "development" => Ok(Environment::Development),
        "production" => Ok(Environment::Production),
        _ => Err("is development or production".to_owned()),
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "is an IP address and a port, such as 127.0.0.1:3000".to_owned())
}

fn database_url(text: &str) -> Result<String, String> {
    let known = ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme));
    if known { Ok(text.to_owned()) } else { Err("begins with sqlite:// or postgres://".to_owned()) }
}

fn payment_provider(text: &str) -> Result<bool, String> {
    match text {
        "sandbox" => Ok(true),
        "none" => Ok(false),
        _ => Err("is sandbox or none".to_owned()),
    }
}

fn rate_limit(text: &str) -> Result<RateLimit, String> {
    if text == "off" {
        return Ok(RateLimit::Off);
    }
    text.parse().map(RateLimit::PerSecond).map_err(|_| "is off, or a whole number from 1".to_owned())
}

fn secrets(text: &str, least: usize) -> Result<Vec<Secret>, String> {
    let all: Vec<_> = text.split(',').map(str::trim).collect();
    if all.iter().any(|s| s.len() < least) {
        return Err(format!("needs at least {least} characters in each comma-separated secret"));
    }
    Ok(all.into_iter().map(Secret::new).collect())
}

/// Standard Webhooks reads a secret by its prefix; one that cannot be read so would verify nothing, and not say why.
fn webhook_secrets(text: &str, least: usize) -> Result<Vec<Secret>, String> {
    let all = secrets(text, least)?;
    let readable = |secret: &Secret| standard::secret(secret.expose()).is_some_and(|key| key.len() >= least);
    if all.iter().all(readable) {
        return Ok(all);
    }
    Err(format!("needs base64 of at least {least} bytes after each whsec_; Stripe's go to HOLDFAST_STRIPE_SECRETS"))
}

fn jwt_keys(text: &str, least: usize) -> Result<Vec<JwtKey>, String> {
    let mut keys = Vec::<JwtKey>::new();
    for (nth, pair) in (1..).zip(text.split(',')) {
        let (kid, secret) = pair.trim().split_once(':').ok_or(format!("key {nth} is not of the form kid:secret"))?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        if kid.is_empty() || kid.len() > 64 || !kid.bytes().all(plain) {
            return Err(format!("key {nth} needs a name of letters, digits, dots and dashes before its colon"));
        }
        if secret.len() < least {
            return Err(format!("key {nth} needs a secret of at least {least} characters"));
        }
        if keys.iter().any(|k| k.kid == kid) {
            return Err(format!("key {nth} has the name of an earlier one"));
        }
        keys.push(JwtKey { kid: kid.to_owned(), secret: Secret::new(secret) });
    }
    Ok(keys)
}
