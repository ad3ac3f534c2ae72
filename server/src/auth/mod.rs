//! Authentication of API clients: access tokens, and the secrets that they are issued for.

pub mod hashing;
mod secrets;
mod tokens;

pub use secrets::{Credentials, SecretVerifier, VerificationError};
pub use tokens::{SCOPE, TOKEN_TTL_S, Tokens};

use crate::{
    problem::{Kind, Problem},
    state::AppState,
};
use axum::extract::{FromRef, FromRequestParts};
use checkout::model::Owner;
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
        let token = bearer(&parts.headers).ok_or_else(|| {
            unauthorized(r#"Bearer realm="holdfast""#, "Send Authorization: Bearer with a token from POST /api/token.")
        })?;
        let state = AppState::from_ref(state);
        let access = state.tokens.verify(token, state.checkout.now()).ok_or_else(|| {
            let challenge = r#"Bearer realm="holdfast", error="invalid_token""#;
            let detail = "The token is expired or was not issued here; get a new one from POST /api/token.";
            unauthorized(challenge, detail)
        })?;
        if !access.has_checkout_scope {
            let challenge = r#"Bearer realm="holdfast", error="insufficient_scope", scope="checkout""#;
            let detail = "The token lacks the scope checkout; request it at POST /api/token.";
            return Err(Problem::new(Kind::InsufficientScope, detail)
                .header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge)));
        }
        Ok(Self(access.client))
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
