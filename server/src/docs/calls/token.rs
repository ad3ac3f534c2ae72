//! Tokens. Refusals are OAuth's, not problem details: that is what OAuth clients read.

use super::ACCESS;
use crate::{
    api::token::AccessToken,
    auth::{SCOPE, TOKEN_TTL_S},
    docs::{
        call::{Call, Sample, sample},
        common::{Header, Security},
    },
};
use http::StatusCode;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A form that asks for a token.
#[derive(ToSchema)]
#[expect(dead_code, reason = "forms are read field by field; this is the schema")]
pub struct TokenRequest {
    /// `client_credentials`.
    #[schema(pattern = "^client_credentials$")]
    grant_type: String,
    /// Your client's id, unless it is in the header.
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// Your client's secret, unless it is in the header.
    #[schema(nullable = false)]
    client_secret: Option<String>,
    /// What the token is for: `checkout`, which is also meant if you say nothing.
    #[schema(nullable = false, pattern = "^ *(checkout( +|$))*$")]
    scope: Option<String>,
}

/// Why there is no token (RFC 6749 §5.2).
#[derive(ToSchema)]
#[expect(dead_code, reason = "the answer is written field by field; this is the schema")]
pub struct OAuthError {
    /// For programs.
    error: OAuthErrorCode,
    /// For people.
    error_description: String,
}

/// What is wrong with the request for a token.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "codes are texts where they are answered; this is the schema")]
enum OAuthErrorCode {
    InvalidRequest,
    InvalidClient,
    InvalidScope,
    UnsupportedGrantType,
    TemporarilyUnavailable,
}

fn token() -> Value {
    json!({
        "access_token": "eyJhbGciOiJIUzI1NiIsImtpZCI6ImtleS0xIn0.eyJzdWIiOiIwMWEyMWIwMCJ9.c2lnbmF0dXJl",
        "token_type": "Bearer",
        "expires_in": TOKEN_TTL_S,
        "scope": SCOPE,
    })
}

pub fn issue() -> Call {
    let secret = "hfs_this-is-an-example";
    let id = "01a21b00-0000-7a11-b0c4-51d7e90f6a3b";
    let refusal = |error: &str, description: &str| json!({ "error": error, "error_description": description });
    Call::new(
        "issueToken",
        ACCESS,
        "Get a token",
        "OAuth 2.0 client credentials (RFC 6749 §4.4). Your client's id and secret come from the shop's operator, and go into \
         the form or into an `Authorization: Basic` header, not both. Get a token once, and use it for all calls until it \
         ends: checking a secret is slow on purpose.",
    )
    .secured(&[Security::ClientSecret])
    .or_unsecured()
    .body::<TokenRequest>(
        "application/x-www-form-urlencoded",
        vec![
            Sample {
                name: "form",
                says: "Id and secret in the form",
                value: json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret }),
            },
            Sample {
                name: "header",
                says: "Id and secret in the header",
                value: json!({ "grant_type": "client_credentials", "scope": "checkout" }),
            },
        ],
    )
    .answers::<AccessToken>(StatusCode::OK, "A token.", sample(token()))
    .answers::<OAuthError>(
        StatusCode::BAD_REQUEST,
        "The request is not one for a token that there is.",
        sample(refusal("unsupported_grant_type", "use grant_type=client_credentials")),
    )
    .answers::<OAuthError>(
        StatusCode::UNAUTHORIZED,
        "No client has this id and secret.",
        sample(refusal("invalid_client", "no client has this id and secret")),
    )
    .with(StatusCode::UNAUTHORIZED, &[Header::Challenge])
    .answers::<OAuthError>(
        StatusCode::SERVICE_UNAVAILABLE,
        "Not now; nothing was done.",
        sample(refusal("temporarily_unavailable", "try again in a moment")),
    )
    .with(StatusCode::SERVICE_UNAVAILABLE, &[Header::RetryAfter])
}
