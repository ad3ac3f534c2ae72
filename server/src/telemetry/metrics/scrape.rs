//! `GET /metrics`, for callers on this machine and for callers with the metrics token. Other callers get 404, or 401 where
//! a token is configured.

use super::Metrics;
use crate::{
    auth,
    config::{Settings, secret::Secret},
    problem::{Kind, Problem},
};
use axum::{
    extract::{ConnectInfo, State},
    response::{IntoResponse as _, Response},
};
use checkout::{Checkout, Supervisor};
use http::{HeaderMap, HeaderValue, header};
use prometheus::TEXT_FORMAT;
use sha2::{Digest as _, Sha256};
use std::{net::SocketAddr, sync::Arc};
use subtle::ConstantTimeEq as _;

/// Headers that a proxy adds to a forwarded request.
const FORWARDED: [&str; 5] = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// Returns all metrics.
pub async fn scrape(
    State(metrics): State<Arc<Metrics>>,
    State(checkout): State<Checkout>,
    State(tasks): State<Supervisor>,
    State(settings): State<Arc<Settings>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let token = settings.metrics_token.as_ref();
    if !is_local(peer, &headers) && !token.is_some_and(|token| has_token(token, &headers)) {
        return Err(denied(token.is_some()));
    }
    let text = metrics.text(&checkout, &tasks).await.map_err(|error| Problem::internal_error(&error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, TEXT_FORMAT)], text).into_response())
}

/// Whether the request comes from this machine, and not through a proxy that runs on it.
fn is_local(peer: SocketAddr, headers: &HeaderMap) -> bool {
    peer.ip().to_canonical().is_loopback() && !FORWARDED.iter().any(|name| headers.contains_key(*name))
}

/// Compares digests in constant time. They have one length, so the comparison reveals nothing about the token.
fn has_token(token: &Secret, headers: &HeaderMap) -> bool {
    let given = auth::bearer(headers).unwrap_or_default();
    Sha256::digest(given).ct_eq(&Sha256::digest(token.expose())).into()
}

fn denied(has_token: bool) -> Problem {
    if !has_token {
        return Problem::new(Kind::NotFound, "There is nothing at this address; check the path.");
    }
    let challenge = HeaderValue::from_static(r#"Bearer realm="holdfast metrics""#);
    Problem::new(Kind::Unauthorized, "Send Authorization: Bearer with the token of HOLDFAST_METRICS_TOKEN.")
        .header(header::WWW_AUTHENTICATE, challenge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_direct_connections_from_this_machine_are_local() {
        for (peer, header, expected) in [
            ("127.0.0.1:9", None, true),
            ("127.8.8.8:9", None, true),
            ("[::1]:9", None, true),
            ("[::ffff:127.0.0.1]:9", None, true),
            ("192.0.2.1:9", None, false),
            ("[2001:db8::1]:9", None, false),
            ("127.0.0.1:9", Some("x-forwarded-for"), false),
            ("127.0.0.1:9", Some("forwarded"), false),
            ("[::1]:9", Some("via"), false),
            ("192.0.2.1:9", Some("x-forwarded-for"), false),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(name) = header {
                headers.insert(name, HeaderValue::from_static("127.0.0.1"));
            }
            assert_eq!(is_local(peer.parse().unwrap(), &headers), expected, "{peer} {header:?}");
        }
    }
}
