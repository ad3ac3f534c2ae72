//! Parsers of the settings. An error says what the value must be, and never repeats the value.

use super::{CorsOrigins, Environment, MAX_CONNECTIONS, MAX_CONTACT_DAYS, RateLimit};
use crate::config::secret::{JwtKey, Secret};
use http::{HeaderValue, Uri};
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    num::{NonZeroU32, NonZeroUsize},
    time::Duration,
};
use tracing_subscriber::EnvFilter;
use url::Url;

/// Longest address of a page of the shop.
const MAX_PAGE_URL_BYTES: usize = 1000;

pub(super) fn environment(text: &str) -> Result<Environment, String> {
    match text {
        "development" => Ok(Environment::Development),
        "production" => Ok(Environment::Production),
        _ => Err("must be development or production".to_owned()),
    }
}

pub(super) fn log_filter(text: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(text);
    filter.map(drop).map_err(|_| "must be a log filter, such as info or info,server=debug".to_owned())
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "must be an IP address and a port, such as 127.0.0.1:3000".to_owned())
}

pub(super) fn database_url(text: &str) -> Result<String, String> {
    let known = ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme));
    if known { Ok(text.to_owned()) } else { Err("must begin with sqlite:// or postgres://".to_owned()) }
}

pub(super) fn public_url(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    origin(text)
        .map(|_| text.to_owned())
        .ok_or_else(|| "must be an address such as https://shop.example, in lower case and without a path".to_owned())
}

/// A page of the shop at another address. Credentials in it would reach every shopper.
pub(super) fn page_url(text: &str) -> Result<String, String> {
    let is_page = |url: &Url| url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    let url = Url::parse(text).ok().filter(|url| is_page(url) && text.len() <= MAX_PAGE_URL_BYTES);
    url.map(String::from).ok_or_else(|| {
        format!("must be an https address of at most {MAX_PAGE_URL_BYTES} bytes, such as https://shop.example/terms")
    })
}

pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("must be on or off".to_owned()),
    }
}

pub(super) fn rate_limit(text: &str) -> Result<RateLimit, String> {
    if text == "off" {
        return Ok(RateLimit::Off);
    }
    text.parse().map(RateLimit::PerSecond).map_err(|_| "must be off or a whole number from 1".to_owned())
}

pub(super) fn secrets(text: &str, min_length: usize) -> Result<Vec<Secret>, String> {
    let all: Vec<_> = text.split(',').map(str::trim).collect();
    if all.iter().any(|s| s.len() < min_length) {
        return Err(format!("must have at least {min_length} characters in each comma-separated secret"));
    }
    Ok(all.into_iter().map(Secret::new).collect())
}

/// Secrets with the prefix of Standard Webhooks must be base64. A malformed one would verify nothing and report nothing.
pub(super) fn webhook_secrets(text: &str, min_length: usize) -> Result<Vec<Secret>, String> {
    let all = secrets(text, min_length)?;
    let is_valid = |secret: &Secret| secret.standard_webhooks_key().is_some_and(|key| key.len() >= min_length);
    if all.iter().all(is_valid) {
        return Ok(all);
    }
    Err(format!(
        "must have base64 of at least {min_length} bytes after each whsec_; Stripe's secrets go to HOLDFAST_STRIPE_SECRETS"
    ))
}

pub(super) fn jwt_keys(text: &str, min_length: usize) -> Result<Vec<JwtKey>, String> {
    let mut keys = Vec::<JwtKey>::new();
    for (nth, pair) in (1..).zip(text.split(',')) {
        let (kid, secret) =
            pair.trim().split_once(':').ok_or(format!("must have the form kid:secret; key {nth} does not"))?;
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        if kid.is_empty() || kid.len() > 64 || !kid.bytes().all(is_plain) {
            return Err(format!(
                "must have 1 to 64 letters, digits, dots, dashes or underscores before the colon of key {nth}"
            ));
        }
        if secret.len() < min_length {
            return Err(format!("must have at least {min_length} characters after the colon of key {nth}"));
        }
        if keys.iter().any(|k| k.kid == kid) {
            return Err(format!("must not repeat a key id; key {nth} does"));
        }
        keys.push(JwtKey { kid: kid.to_owned(), secret: Secret::new(secret) });
    }
    Ok(keys)
}

/// The token is sent in a header, so it is visible ASCII.
pub(super) fn metrics_token(text: &str, min_length: usize) -> Result<Secret, String> {
    let fits = text.len() >= min_length && text.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| Secret::new(text))
        .ok_or_else(|| format!("must have at least {min_length} visible ASCII characters and no spaces"))
}

pub(super) fn audit_interval(text: &str) -> Result<Option<Duration>, String> {
    if text == "off" {
        return Ok(None);
    }
    let seconds =
        text.parse::<NonZeroU32>().map_err(|_| "must be off or a whole number of seconds from 1".to_owned())?;
    Ok(Some(Duration::from_secs(seconds.get().into())))
}

pub(super) fn contact_days(text: &str) -> Result<Duration, String> {
    let days = text.parse::<u32>().ok().filter(|days| (1..=MAX_CONTACT_DAYS).contains(days));
    let days = days.ok_or_else(|| format!("must be a whole number of days from 1 to {MAX_CONTACT_DAYS}"))?;
    Ok(Duration::from_hours(24 * u64::from(days)))
}

/// Traces are exported without TLS: the collector runs nearby, or another one nearby forwards to it.
pub(super) fn collector(text: &str) -> Result<String, String> {
    let url = text.parse::<Uri>().ok().filter(|url| url.scheme_str() == Some("http") && url.host().is_some());
    url.map(|_| text.to_owned())
        .ok_or_else(|| "must be a URL with the scheme http, such as http://127.0.0.1:4318".to_owned())
}

pub(super) fn trusted_proxies(text: &str) -> Result<Vec<IpNet>, String> {
    let network = |one: &str| one.parse().or_else(|_| one.parse::<IpAddr>().map(IpNet::from)).ok();
    let all = text.split(',').map(|one| network(one.trim()));
    all.collect::<Option<_>>()
        .ok_or_else(|| "must be IP addresses or networks such as 10.0.0.0/8, comma-separated".to_owned())
}

pub(super) fn cors_origins(text: &str) -> Result<CorsOrigins, String> {
    if text == "*" {
        return Ok(CorsOrigins::Any);
    }
    let all = text.split(',').map(|one| origin(one.trim())).collect::<Option<_>>();
    let expected = || "must be * or origins such as https://shop.example, comma-separated, without a path".to_owned();
    all.map(CorsOrigins::These).ok_or_else(expected)
}

/// Parses an origin as browsers send it: scheme, host and port in lower case, without a path.
fn origin(text: &str) -> Option<HeaderValue> {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:[]".contains(&b);
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let is_host = !host.is_empty() && host.bytes().all(is_plain);
    HeaderValue::from_str(text).ok().filter(|_| is_host)
}

pub(super) fn max_connections(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse().ok().filter(|number: &NonZeroUsize| number.get() <= MAX_CONNECTIONS);
    number.ok_or_else(|| format!("must be a whole number from 1 to {MAX_CONNECTIONS}"))
}
