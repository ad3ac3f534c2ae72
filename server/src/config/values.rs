//! What each setting may be. Each function reads one, or says what it should have been, without repeating it.

use super::{CorsOrigins, Environment, MAX_CONNECTIONS, RateLimit};
use crate::config::secret::{JwtKey, Secret};
use http::{HeaderValue, Uri};
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    num::{NonZeroU32, NonZeroUsize},
    time::Duration,
};

pub(super) fn environment(text: &str) -> Result<Environment, String> {
    match text {
        "development" => Ok(Environment::Development),
        "production" => Ok(Environment::Production),
        _ => Err("is development or production".to_owned()),
    }
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "is an IP address and a port, such as 127.0.0.1:3000".to_owned())
}

pub(super) fn database_url(text: &str) -> Result<String, String> {
    let known = ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme));
    if known { Ok(text.to_owned()) } else { Err("begins with sqlite:// or postgres://".to_owned()) }
}

pub(super) fn payment_provider(text: &str) -> Result<bool, String> {
    match text {
        "sandbox" => Ok(true),
        "none" => Ok(false),
        _ => Err("is sandbox or none".to_owned()),
    }
}

pub(super) fn rate_limit(text: &str) -> Result<RateLimit, String> {
    if text == "off" {
        return Ok(RateLimit::Off);
    }
    text.parse().map(RateLimit::PerSecond).map_err(|_| "is off, or a whole number from 1".to_owned())
}

pub(super) fn secrets(text: &str, least: usize) -> Result<Vec<Secret>, String> {
    let all: Vec<_> = text.split(',').map(str::trim).collect();
    if all.iter().any(|s| s.len() < least) {
        return Err(format!("needs at least {least} characters in each comma-separated secret"));
    }
    Ok(all.into_iter().map(Secret::new).collect())
}

/// Standard Webhooks reads a secret by its prefix; one that cannot be read so would verify nothing, and not say why.
pub(super) fn webhook_secrets(text: &str, least: usize) -> Result<Vec<Secret>, String> {
    let all = secrets(text, least)?;
    let readable = |secret: &Secret| secret.standard_webhooks_key().is_some_and(|key| key.len() >= least);
    if all.iter().all(readable) {
        return Ok(all);
    }
    Err(format!("needs base64 of at least {least} bytes after each whsec_; Stripe's go to HOLDFAST_STRIPE_SECRETS"))
}

pub(super) fn jwt_keys(text: &str, least: usize) -> Result<Vec<JwtKey>, String> {
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

/// It travels in a header.
pub(super) fn metrics_token(text: &str, least: usize) -> Result<Secret, String> {
    let fits = text.len() >= least && text.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| Secret::new(text))
        .ok_or_else(|| format!("needs at least {least} visible ASCII characters, and no spaces"))
}

pub(super) fn audit_interval(text: &str) -> Result<Option<Duration>, String> {
    if text == "off" {
        return Ok(None);
    }
    let seconds = text.parse::<NonZeroU32>().map_err(|_| "is off, or a whole number of seconds from 1".to_owned())?;
    Ok(Some(Duration::from_secs(seconds.get().into())))
}

/// The collector is a neighbour, or has one: there is no TLS on the way to it.
pub(super) fn collector(text: &str) -> Result<String, String> {
    let url = text.parse::<Uri>().ok().filter(|url| url.scheme_str() == Some("http") && url.host().is_some());
    url.map(|_| text.to_owned()).ok_or_else(|| "is a URL of plain HTTP, such as http://127.0.0.1:4318".to_owned())
}

pub(super) fn trusted_proxies(text: &str) -> Result<Vec<IpNet>, String> {
    let network = |one: &str| one.parse().or_else(|_| one.parse::<IpAddr>().map(IpNet::from)).ok();
    let all = text.split(',').map(|one| network(one.trim()));
    all.collect::<Option<_>>()
        .ok_or_else(|| "is IP addresses or networks such as 10.0.0.0/8, comma-separated".to_owned())
}

pub(super) fn cors_origins(text: &str) -> Result<CorsOrigins, String> {
    if text == "*" {
        return Ok(CorsOrigins::Any);
    }
    let all = text.split(',').map(|one| origin(one.trim())).collect::<Option<_>>();
    let wanted = || "is * or origins such as https://shop.example, comma-separated, with no path".to_owned();
    all.map(CorsOrigins::These).ok_or_else(wanted)
}

/// What a browser calls a site: scheme, host and port in lower case, and nothing after it.
fn origin(text: &str) -> Option<HeaderValue> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:[]".contains(&b);
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let is_host = !host.is_empty() && host.bytes().all(plain);
    HeaderValue::from_str(text).ok().filter(|_| is_host)
}

pub(super) fn max_connections(text: &str) -> Result<NonZeroUsize, String> {
    let within = text.parse().ok().filter(|most: &NonZeroUsize| most.get() <= MAX_CONNECTIONS);
    within.ok_or_else(|| format!("is a whole number from 1 to {MAX_CONNECTIONS}"))
}
