//! Settings as they are given: by flag or environment, with what `--help` says of each.

use crate::config::secret::SensitiveArg;
use clap::Args;
use std::ffi::OsString;

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
    pub database_url: Option<SensitiveArg>,
}

/// Settings of `holdfast serve`, as they were given.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeArgs {
    /// The address to listen on; port 0 takes any free one [default: 127.0.0.1:3000]
    #[arg(long, env = "HOLDFAST_ADDR", value_name = "IP:PORT")]
    pub addr: Option<OsString>,
    /// Secrets shared with the payment provider, comma-separated; the first signs
    #[arg(long, env = "HOLDFAST_WEBHOOK_SECRETS", value_name = "SECRETS", hide_env_values = true)]
    pub webhook_secrets: Option<SensitiveArg>,
    /// Signing secrets of Stripe's webhooks, comma-separated
    #[arg(long, env = "HOLDFAST_STRIPE_SECRETS", value_name = "SECRETS", hide_env_values = true)]
    pub stripe_secrets: Option<SensitiveArg>,
    /// Keys of access tokens, `kid:secret` comma-separated; the first signs, all verify
    #[arg(long, env = "HOLDFAST_JWT_KEYS", value_name = "KEYS", hide_env_values = true)]
    pub jwt_keys: Option<SensitiveArg>,
    /// `sandbox` for the built-in payment provider, `none` for your own [default: sandbox in development]
    #[arg(long, env = "HOLDFAST_PAYMENT_PROVIDER", value_name = "NAME")]
    pub payment_provider: Option<OsString>,
    /// Requests a second that one client may make, or `off` [default: only attempts to get a token are limited]
    #[arg(long, env = "HOLDFAST_RATE_LIMIT", value_name = "LIMIT")]
    pub rate_limit: Option<OsString>,
    /// Proxies whose X-Forwarded-For is believed: addresses or networks, comma-separated [default: none]
    #[arg(long, env = "HOLDFAST_TRUSTED_PROXIES", value_name = "NETWORKS")]
    pub trusted_proxies: Option<OsString>,
    /// Sites whose scripts may call the API: origins such as `https://shop.example`, comma-separated, or * [default: none]
    #[arg(long, env = "HOLDFAST_CORS_ORIGINS", value_name = "ORIGINS")]
    pub cors_origins: Option<OsString>,
    /// Connections that may be open at once; one more is turned away with 503 [default: 16384]
    #[arg(long, env = "HOLDFAST_MAX_CONNECTIONS", value_name = "NUMBER")]
    pub max_connections: Option<OsString>,
    /// What whoever reads /metrics from another machine must bring as a bearer token [default: none but this machine reads it]
    #[arg(long, env = "HOLDFAST_METRICS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub metrics_token: Option<SensitiveArg>,
    /// Seconds between two recounts of all stock, or `off` [default: 900]
    #[arg(long, env = "HOLDFAST_AUDIT_EVERY", value_name = "SECONDS")]
    pub audit_every: Option<OsString>,
    /// Where traces are collected, by OTLP over plain HTTP; `/v1/traces` is added [default: nowhere]
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL", hide_env_values = true)]
    pub otlp_endpoint: Option<SensitiveArg>,
    /// The same, whole
    #[arg(long, env = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value_name = "URL", hide_env_values = true)]
    pub otlp_traces_endpoint: Option<SensitiveArg>,
    /// The storefront's files [default: target/site, or `site` beside the program]
    #[arg(long, env = "HOLDFAST_SITE_ROOT", value_name = "DIR")]
    pub site_root: Option<OsString>,
}
