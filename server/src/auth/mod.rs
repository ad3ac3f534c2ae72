//! Authentication of API clients: access tokens, and the secrets that they are issued for.

pub mod hashing;
mod secrets;
mod tokens;

pub use secrets::{Credentials, SecretVerifier, VerificationError};
pub(crate) use tokens::Access;
pub use tokens::{SCOPE, TOKEN_TTL_S, Tokens};

use crate::{
    problem::{Kind, Problem},
    state::AppState,
};
use axum::extract::{FromRef, FromRequestParts};
use checkout::model::{Owner, Scope, ScopeSet};
use http::{HeaderMap, HeaderValue, header, request::Parts};

/// Extracts the API client that a request's token names. The client's id owns its holds and orders.
#[derive(Debug, Clone, Copy)]
pub struct Client(pub Owner);

impl<S: Send + Sync> FromRequestParts<S> for Client
where
    AppState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let state = AppState::from_ref(state);
        let access = access(&state, &parts.headers)?;
        require(access.scopes, Scope::Checkout)?;
        Ok(Self(access.client))
    }
}

/// Returns the claims of a request's token.
pub(crate) fn access(state: &AppState, headers: &HeaderMap) -> Result<Access, Problem> {
    let token = bearer(headers).ok_or_else(|| {
        unauthorized(r#"Bearer realm="holdfast""#, "Send Authorization: Bearer with a token from POST /api/token.")
    })?;
    state.tokens.verify(token, state.checkout.now()).ok_or_else(invalid_token)
}

/// Builds the response for a token that is not valid, or no longer.
pub(crate) fn invalid_token() -> Problem {
    let challenge = r#"Bearer realm="holdfast", error="invalid_token""#;
    let detail = "The token is expired or was not issued here; get a new one from POST /api/token.";
    unauthorized(challenge, detail)
}

/// Requires a scope.
pub(crate) fn require(scopes: ScopeSet, scope: Scope) -> Result<(), Problem> {
    if scopes.contains(scope) { Ok(()) } else { Err(insufficient_scope(scope.into())) }
}

/// Builds the response for a token that lacks these scopes (RFC 6750 §3.1).
pub(crate) fn insufficient_scope(missing: ScopeSet) -> Problem {
    let challenge = format!(r#"Bearer realm="holdfast", error="insufficient_scope", scope="{missing}""#);
    let detail = format!("The token lacks the scope {missing}; request it at POST /api/token.");
    let problem = Problem::new(Kind::InsufficientScope, detail);
    match HeaderValue::try_from(challenge) {
        Ok(challenge) => problem.header(header::WWW_AUTHENTICATE, challenge),
        // Names of scopes are always valid in a header.
        Err(_) => problem,
    }
}

/// Returns the token of the `Authorization: Bearer` header. Several `Authorization` headers count as none.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (values.next()?, values.next());
    let (scheme, token) = first.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && second.is_none()).then_some(token.trim())
}

fn unauthorized(challenge: &'static str, detail: &'static str) -> Problem {
    Problem::new(Kind::Unauthorized, detail).header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}
