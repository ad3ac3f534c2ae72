//! `GET /metrics`: for whoever asks from this machine, and for whoever brings the token. To all others there is nothing here,
//! or, where a token is set, nothing without it.

use crate::{
    api::Answer,
    auth,
    limits::Peer,
    problem::{Kind, Problem},
    secret::Secret,
    state::AppState,
};
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, header};
use prometheus::TEXT_FORMAT;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// What a proxy adds to a request of somebody else's.
const FORWARDED: [&str; 5] = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/// All numbers.
pub async fn read(
    State(state): State<AppState>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Answer<Response> {
    let token = state.settings.metrics_token.as_ref();
    if !is_from_here(peer, &headers) && !token.is_some_and(|token| brings(token, &headers)) {
        return Err(stranger(token.is_some()));
    }
    let text = state.metrics.text(&state.checkout).await.map_err(|error| Problem::fault(&error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, TEXT_FORMAT)], text).into_response())
}

/// Does the request come from this machine, and not through a proxy that runs here?
fn is_from_here(Peer(peer): Peer, headers: &HeaderMap) -> bool {
    peer.ip().to_canonical().is_loopback() && !FORWARDED.iter().any(|name| headers.contains_key(*name))
}

/// Digests have one length, and differ anywhere or nowhere: how long it takes to compare them tells nothing of the token.
fn brings(token: &Secret, headers: &HeaderMap) -> bool {
    let given = auth::bearer(headers).unwrap_or_default();
    Sha256::digest(given).ct_eq(&Sha256::digest(token.expose())).into()
}

fn stranger(may_prove_it: bool) -> Problem {
    if !may_prove_it {
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
    fn only_this_machine_itself_is_from_here() {
        for (peer, header, verdict) in [
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
            assert_eq!(is_from_here(Peer(peer.parse().unwrap()), &headers), verdict, "{peer} {header:?}");
        }
    }
}
