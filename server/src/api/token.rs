//! `POST /api/token`: client credentials (RFC 6749 §4.4) for an access token. Errors are OAuth's, not problem details:
//! that is what OAuth clients read.

use crate::{
    auth::{SCOPE, TOKEN_TTL_S},
    extract,
    problem::ProblemKind,
    state::AppState,
};
use argon2::{Argon2, PasswordHash, PasswordVerifier as _};
use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use checkout::store::{ApiClient, Store};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde_json::json;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use uuid::Uuid;

/// How long a client waits for its turn to have its secret checked.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longer secrets than ours are not worth hashing.
const LONGEST_SECRET: usize = 256;
/// The hash of no secret: an unknown client is checked against it, and takes as long to refuse as a wrong secret.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdCBvZiBub2JvZHk$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Checks clients' secrets. Hashing is slow on purpose, so half of the processors do it at most: a flood of wrong
/// secrets slows other sign-ins, and nothing else.
pub struct ClientCheck(Arc<Semaphore>);

impl Default for ClientCheck {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self(Arc::new(Semaphore::new((processors / 2).max(1))))
    }
}

impl ClientCheck {
    /// The client, if that is its secret.
    async fn check(&self, store: &dyn Store, given: Credentials) -> Result<ApiClient, OAuthError> {
        let found = match Uuid::try_parse(&given.id) {
            Ok(id) => store.clients().find(id).await.map_err(|error| OAuthError::unavailable(&error.to_string()))?,
            Err(_) => None,
        };
        let hash = found.as_ref().map_or_else(|| NOBODY.to_owned(), |client| client.secret_hash.clone());
        let turn = tokio::time::timeout(PATIENCE, self.0.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| OAuthError::unavailable("too many sign-ins wait"))?;
        let verified = tokio::task::spawn_blocking(move || {
            // Hashing goes on also when its client has left, and so does its turn.
            let _turn = turn;
            verify(&given.secret, &hash)
        });
        let verified = verified.await.unwrap_or(false);
        found.filter(|client| verified && client.revoked_at.is_none()).ok_or(OAuthError::INVALID_CLIENT)
    }
}

fn verify(secret: &str, hash: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|hash| Argon2::default().verify_password(secret.as_bytes(), &hash).is_ok())
}

/// A token, and how to use it.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names are OAuth's")]
pub struct AccessToken {
    /// Send it as `Authorization: Bearer`.
    access_token: String,
    /// How to send it: `Bearer`.
    token_type: &'static str,
    /// How long it lasts, in seconds.
    #[schema(minimum = 1)]
    expires_in: u64,
    /// What it is for: `checkout`.
    scope: &'static str,
}

/// What a client says it is.
struct Credentials {
    id: String,
    secret: String,
}

/// What RFC 6749 §5.2 has for a request that gets no token.
#[derive(Debug, PartialEq, Eq)]
struct OAuthError {
    status: StatusCode,
    code: &'static str,
    description: &'static str,
}

impl OAuthError {
    const INVALID_CLIENT: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        code: "invalid_client",
        description: "no client has this id and secret; make one with: holdfast client add --name NAME",
    };

    fn bad(code: &'static str, description: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, description }
    }

    fn unavailable(why: &str) -> Self {
        tracing::warn!(why, "no token could be issued");
        let description = "try again in a moment";
        Self { status: StatusCode::SERVICE_UNAVAILABLE, code: "temporarily_unavailable", description }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.code, "error_description": self.description });
        let mut response = (self.status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = header::HeaderValue::from_static(r#"Basic realm="holdfast", charset="UTF-8""#);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(ProblemKind(self.code));
        response
    }
}

/// `POST /api/token`.
pub async fn issue(State(state): State<AppState>, headers: HeaderMap, body: Body) -> Response {
    let raw = match extract::body(body).await {
        Ok(raw) => raw,
        Err(problem) => return problem.into_response(),
    };
    match token_for(&state, &headers, &raw).await {
        Ok(token) => {
            let body = AccessToken { access_token: token, token_type: "Bearer", expires_in: TOKEN_TTL_S, scope: SCOPE };
            ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
        }
        Err(error) => error.into_response(),
    }
}

async fn token_for(state: &AppState, headers: &HeaderMap, raw: &[u8]) -> Result<String, OAuthError> {
    let mut form = form(headers, raw)?;
    match form.remove("grant_type").as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err(OAuthError::bad("unsupported_grant_type", "use grant_type=client_credentials")),
        None => return Err(OAuthError::bad("invalid_request", "grant_type=client_credentials is missing")),
    }
    if form.remove("scope").is_some_and(|scope| scope.split(' ').any(|s| !s.is_empty() && s != SCOPE)) {
        return Err(OAuthError::bad("invalid_scope", "the only scope is checkout"));
    }
    let client = state.client_check.check(&*state.store, credentials(headers, form)?).await?;
    tracing::info!(client = %client.id, "a token was issued");
    let token = state.tokens.issue(client.id, state.checkout.now());
    token.map_err(|error| OAuthError::unavailable(&error.to_string()))
}

/// The form's fields, each there once.
fn form(headers: &HeaderMap, raw: &[u8]) -> Result<HashMap<String, String>, OAuthError> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(OAuthError::bad("invalid_request", "send a form: application/x-www-form-urlencoded"));
    }
    let mut fields = HashMap::new();
    for (name, value) in form_urlencoded::parse(raw) {
        if fields.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(OAuthError::bad("invalid_request", "send each field once"));
        }
    }
    Ok(fields)
}

/// From the `Authorization: Basic` header, or else from the form; never both.
fn credentials(headers: &HeaderMap, mut form: HashMap<String, String>) -> Result<Credentials, OAuthError> {
    let (id, secret) = (form.remove("client_id"), form.remove("client_secret"));
    let given = match (headers.get(header::AUTHORIZATION), id, secret) {
        (Some(_), _, Some(_)) => {
            return Err(OAuthError::bad(
                "invalid_request",
                "send the secret in the header or in the form, not in both",
            ));
        }
        (Some(basic), _, None) => basic.to_str().ok().and_then(basic_credentials).ok_or(OAuthError::INVALID_CLIENT)?,
        (None, Some(id), Some(secret)) => Credentials { id, secret },
        (None, _, _) => return Err(OAuthError::INVALID_CLIENT),
    };
    if given.secret.len() > LONGEST_SECRET { Err(OAuthError::INVALID_CLIENT) } else { Ok(given) }
}

fn basic_credentials(value: &str) -> Option<Credentials> {
    let (scheme, encoded) = value.split_once(' ')?;
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some(Credentials { id: id.to_owned(), secret: secret.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_a_hash_that_can_be_checked_and_that_nothing_matches() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!verify("", NOBODY));
    }
}
