//! Settings as raw text, from flags or the environment, and their help texts.

use crate::config::{payments::PaymentArgs, secret::SensitiveArg};
use clap::Args;
use std::ffi::OsString;

/// Raw settings of every command.
#[derive(Debug, Clone, Default, Args)]
pub struct CommonArgs {
    /// Environment of the server: `development` or `production` [default: development]
    #[arg(long, env = "HOLDFAST_ENV", global = true, help_heading = "Settings of every command", value_name = "NAME")]
    pub env: Option<OsString>,
    /// Folder of the embedded database and of generated secrets [default: ./data]
    #[arg(
        long,
        env = "HOLDFAST_DATA_DIR",
        global = true,
        help_heading = "Settings of every command",
        value_name = "DIR"
    )]
    pub data_dir: Option<OsString>,
    /// The database: `sqlite://PATH` or `postgres://…` [default: holdfast.db in the data folder]
    #[arg(
        long,
        env = "DATABASE_URL",
        global = true,
        help_heading = "Settings of every command",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_url: Option<SensitiveArg>,
    /// Address under which browsers reach the server, for links that are handed over [default: http:// and the address to
    /// listen on]
    #[arg(
        long,
        env = "HOLDFAST_PUBLIC_URL",
        global = true,
        help_heading = "Settings of every command",
        value_name = "URL"
    )]
    pub public_url: Option<OsString>,
    /// Whether webhooks may be sent to private and reserved addresses and over plain HTTP: `on` or `off` [default: off]
    #[arg(
        long,
        env = "HOLDFAST_WEBHOOKS_ALLOW_PRIVATE",
        global = true,
        help_heading = "Settings of every command",
        value_name = "ON_OR_OFF"
    )]
    pub webhooks_allow_private: Option<OsString>,
}

/// Raw settings of `holdfast serve`.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeArgs {
    /// Address to listen on; port 0 selects a free port [default: 127.0.0.1:3000]
    #[arg(long, env = "HOLDFAST_ADDR", value_name = "IP:PORT")]
    pub addr: Option<OsString>,
    /// Secrets shared with the payment provider, comma-separated; all verify, and the sandbox signs with the first
    #[arg(long, env = "HOLDFAST_WEBHOOK_SECRETS", value_name = "SECRETS", hide_env_values = true)]
    pub webhook_secrets: Option<SensitiveArg>,
    /// Signing secrets of Stripe's webhooks, comma-separated
    #[arg(long, env = "HOLDFAST_STRIPE_SECRETS", value_name = "SECRETS", hide_env_values = true)]
    pub stripe_secrets: Option<SensitiveArg>,
    /// Keys of access tokens as `kid:secret`, comma-separated; all verify, and the first signs
    #[arg(long, env = "HOLDFAST_JWT_KEYS", value_name = "KEYS", hide_env_values = true)]
    pub jwt_keys: Option<SensitiveArg>,
    /// Settings of the payment provider.
    #[command(flatten)]
    pub payments: PaymentArgs,
    /// Requests per second of one client, or `off` for no limits at all [default: only token requests are limited]
    #[arg(long, env = "HOLDFAST_RATE_LIMIT", value_name = "LIMIT")]
    pub rate_limit: Option<OsString>,
    /// Proxies whose X-Forwarded-For is trusted: addresses or networks, comma-separated [default: none]
    #[arg(long, env = "HOLDFAST_TRUSTED_PROXIES", value_name = "NETWORKS")]
    pub trusted_proxies: Option<OsString>,
    /// Other origins whose scripts may call the API, such as `https://shop.example`, comma-separated, or * [default: none]
    #[arg(long, env = "HOLDFAST_CORS_ORIGINS", value_name = "ORIGINS")]
    pub cors_origins: Option<OsString>,
    /// Maximum number of open connections; further ones get a 503 [default: 16384]
    #[arg(long, env = "HOLDFAST_MAX_CONNECTIONS", value_name = "NUMBER")]
    pub max_connections: Option<OsString>,
    /// Bearer token for reading /metrics from other machines [default: only this machine may read /metrics]
    #[arg(long, env = "HOLDFAST_METRICS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub metrics_token: Option<SensitiveArg>,
    /// Seconds between audits of the stock, or `off` [default: 900]
    #[arg(long, env = "HOLDFAST_AUDIT_EVERY", value_name = "SECONDS")]
    pub audit_every: Option<OsString>,
    /// Days that the contact of an order is kept, 1 to 3650; it is erased afterwards [default: for ever]
    #[arg(long, env = "HOLDFAST_CONTACT_DAYS", value_name = "DAYS")]
    pub contact_days: Option<OsString>,
    #[command(flatten)]
    pub mail: super::MailArgs,
    /// Base URL of an OTLP collector for traces, over plain HTTP; `/v1/traces` is appended [default: no traces]
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL", hide_env_values = true)]
    pub otlp_endpoint: Option<SensitiveArg>,
    /// Complete URL for traces; it takes precedence over the base URL
    #[arg(long, env = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value_name = "URL", hide_env_values = true)]
    pub otlp_traces_endpoint: Option<SensitiveArg>,
    /// Folder of the storefront's files [default: target/site, or `site` next to the program]
    #[arg(long, env = "HOLDFAST_SITE_ROOT", value_name = "DIR")]
    pub site_root: Option<OsString>,
}
