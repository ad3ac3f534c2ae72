//! `POST /api/token`: issues an access token for client credentials (RFC 6749 §4.4). Errors have OAuth's format, which
//! OAuth clients read, not that of problem details.

use crate::{
    auth::{Credentials, SCOPE, SecretVerifier, TOKEN_TTL_S, Tokens, VerificationError},
    problem::ErrorCode,
};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use checkout::{Checkout, model::ScopeSet};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde_json::json;
use std::{collections::HashMap, sync::Arc};
use utoipa::ToSchema;

/// An access token.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names are OAuth's")]
pub struct AccessToken {
    /// Send it as `Authorization: Bearer`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// Lifetime in seconds.
    #[schema(minimum = 1)]
    expires_in: u64,
    /// Scopes of the token, with spaces between them.
    scope: String,
}

/// A request for an access token.
#[derive(ToSchema)]
#[expect(dead_code, reason = "forms are read field by field; this is the schema")]
struct TokenRequest {
    /// Always `client_credentials`.
    #[schema(pattern = "^client_credentials$")]
    grant_type: String,
    /// Your client's id, unless it is in the header.
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// Your client's secret, unless it is in the header.
    #[schema(nullable = false)]
    client_secret: Option<String>,
    /// Scopes of the token, with spaces between them. Without it, the token has all scopes of your client.
    #[schema(
        nullable = false,
        pattern = "^ *((checkout|((catalog|orders|payments|clients):(read|write))|refunds:write|audit:read)( +|$))*$"
    )]
    scope: Option<String>,
}

/// An OAuth error (RFC 6749 §5.2).
#[derive(ToSchema)]
#[schema(as = OAuthError)]
#[expect(dead_code, reason = "errors are serialised field by field; this is the schema")]
struct OAuthErrorBody {
    /// Code, for programs.
    error: OAuthErrorCode,
    /// Description, for people.
    error_description: String,
}

/// Code of an OAuth error.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "codes are texts in the code; this is the schema")]
enum OAuthErrorCode {
    InvalidRequest,
    InvalidClient,
    InvalidScope,
    UnsupportedGrantType,
    TemporarilyUnavailable,
}

/// An error response (RFC 6749 §5.2).
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
        description: "no client has this id and secret; create one with: holdfast client add --name NAME",
    };

    fn bad(code: &'static str, description: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, description }
    }

    fn unavailable(why: &str) -> Self {
        tracing::warn!(why, "could not issue a token");
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
        response.extensions_mut().insert(ErrorCode(self.code));
        response
    }
}

/// Issues an access token.
///
/// OAuth 2.0 client credentials (RFC 6749 §4.4). Send your client's id and secret either in the form or in an
/// `Authorization: Basic` header. The shop's operator issues them. Use one token for all requests until it expires: this call
/// is slow, because verifying a secret is.
#[utoipa::path(
    post,
    path = "/api/token",
    operation_id = "issueToken",
    tag = "Access",
    summary = "Get a token",
    request_body(
        content = TokenRequest,
        content_type = "application/x-www-form-urlencoded",
        examples(
            ("form" = (
                summary = "Id and secret in the form",
                value = json!({
                    "grant_type": "client_credentials",
                    "client_id": "01a21b00-0000-7a11-b0c4-51d7e90f6a3b",
                    "client_secret": "hfs_this-is-an-example",
                })
            )),
            ("header" = (
                summary = "Id and secret in the header",
                value = json!({ "grant_type": "client_credentials", "scope": "checkout" })
            )),
        ),
    ),
    responses(
        (status = OK, description = "A token.", body = AccessToken, example = json!({
            "access_token": "eyJhbGciOiJIUzI1NiIsImtpZCI6ImtleS0xIn0.eyJzdWIiOiIwMWEyMWIwMCJ9.c2lnbmF0dXJl",
            "token_type": "Bearer",
            "expires_in": TOKEN_TTL_S,
            "scope": SCOPE,
        })),
        (status = BAD_REQUEST, description = "The request is invalid.", body = OAuthErrorBody, example = json!({
            "error": "unsupported_grant_type",
            "error_description": "use grant_type=client_credentials",
        })),
        (
            status = UNAUTHORIZED,
            description = "No client has this id and secret.",
            body = OAuthErrorBody,
            headers(("WWW-Authenticate")),
            example = json!({
                "error": OAuthError::INVALID_CLIENT.code,
                "error_description": OAuthError::INVALID_CLIENT.description,
            }),
        ),
        (
            status = SERVICE_UNAVAILABLE,
            description = "The server could not issue a token now. Nothing was done.",
            body = OAuthErrorBody,
            headers(("Retry-After")),
            example = json!({ "error": "temporarily_unavailable", "error_description": "try again in a moment" }),
        ),
    ),
    security(("clientSecret" = []), ()),
)]
pub async fn issue(
    State(checkout): State<Checkout>,
    State(tokens): State<Arc<Tokens>>,
    State(verifier): State<Arc<SecretVerifier>>,
    headers: HeaderMap,
    raw: Bytes,
) -> Response {
    match grant(&checkout, &tokens, &verifier, &headers, &raw).await {
        Ok(token) => ([(header::CACHE_CONTROL, "no-store")], Json(token)).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn grant(
    checkout: &Checkout,
    tokens: &Tokens,
    verifier: &SecretVerifier,
    headers: &HeaderMap,
    raw: &[u8],
) -> Result<AccessToken, OAuthError> {
    let (credentials, requested) = parse(headers, raw)?;
    let client = verifier.verify(credentials).await?;
    let scopes = if requested.is_empty() { client.scopes } else { requested };
    if !scopes.without(client.scopes).is_empty() {
        return Err(OAuthError::bad("invalid_scope", "the client does not have all of these scopes"));
    }
    tracing::info!(client = %client.id, scope = %scopes, "issued a token");
    let access_token = tokens.issue(client.id, scopes, checkout.now());
    let access_token = access_token.map_err(|error| OAuthError::unavailable(&error.to_string()))?;
    Ok(AccessToken { access_token, token_type: "Bearer", expires_in: TOKEN_TTL_S, scope: scopes.to_string() })
}

impl From<VerificationError> for OAuthError {
    fn from(error: VerificationError) -> Self {
        match error {
            VerificationError::Invalid => Self::INVALID_CLIENT,
            VerificationError::Busy | VerificationError::Store(_) => Self::unavailable(&error.to_string()),
        }
    }
}

/// Parses the request. Returns the client's credentials and the requested scopes, which are empty for all.
fn parse(headers: &HeaderMap, raw: &[u8]) -> Result<(Credentials, ScopeSet), OAuthError> {
    let mut form = form(headers, raw)?;
    match form.remove("grant_type").as_deref() {
        Some("client_credentials") => {}
        Some(_) => return Err(OAuthError::bad("unsupported_grant_type", "use grant_type=client_credentials")),
        None => return Err(OAuthError::bad("invalid_request", "grant_type=client_credentials is missing")),
    }
    let scopes: Result<ScopeSet, _> = form.remove("scope").unwrap_or_default().parse();
    let scopes = scopes.map_err(|_| OAuthError::bad("invalid_scope", "there is no such scope"))?;
    Ok((credentials(headers, form)?, scopes))
}

/// Returns the form's fields. A repeated field is an error.
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

/// Returns the credentials from the `Authorization: Basic` header or from the form. Both is an error.
fn credentials(headers: &HeaderMap, mut form: HashMap<String, String>) -> Result<Credentials, OAuthError> {
    let (id, secret) = (form.remove("client_id"), form.remove("client_secret"));
    match (headers.get(header::AUTHORIZATION), id, secret) {
        (Some(_), _, Some(_)) => {
            Err(OAuthError::bad("invalid_request", "send the secret in the header or in the form, not in both"))
        }
        (Some(basic), _, None) => basic.to_str().ok().and_then(basic_credentials).ok_or(OAuthError::INVALID_CLIENT),
        (None, Some(id), Some(secret)) => Ok(Credentials { id, secret }),
        (None, _, _) => Err(OAuthError::INVALID_CLIENT),
    }
}

fn basic_credentials(value: &str) -> Option<Credentials> {
    let (scheme, encoded) = value.split_once(' ')?;
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some(Credentials { id: id.to_owned(), secret: secret.to_owned() })
}
