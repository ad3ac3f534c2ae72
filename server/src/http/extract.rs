//! Extractors: strict JSON bodies, ids, and idempotency keys. A rejection names the field and the error.

use super::strict_object::StrictObject;
use crate::problem::{Kind, Problem};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use bytes::Bytes;
use checkout::{
    Idempotency, IdempotencyKey,
    model::{HoldId, JobId, OrderId, RefundId, Refusal, WebhookId},
};
use http::{HeaderMap, header, request::Parts};
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// Longest part of a JSON error that is repeated to the client, in characters.
const MAX_ERROR_LENGTH: usize = 300;

/// A JSON body, and the idempotency key under which the request may be repeated.
pub struct IdempotentJson<T> {
    /// The body.
    pub body: T,
    /// The key, if the client sent one.
    pub idempotency: Option<Idempotency>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for IdempotentJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let key = idempotency_key(&parts.headers)?;
        require_json(&parts.headers)?;
        let raw = bytes(Request::new(body), state).await?;
        Ok(Self { body: json(&raw)?, idempotency: key.map(|key| idempotency(&parts, &raw, key)) })
    }
}

/// A request that its path describes in full. Its body is empty or `{}`.
pub struct IdempotentEmpty {
    /// The key, if the client sent one.
    pub idempotency: Option<Idempotency>,
}

impl<S: Send + Sync> FromRequest<S> for IdempotentEmpty {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        #[derive(Default, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Empty {}

        let IdempotentOptional { body: Empty {}, idempotency } =
            IdempotentOptional::from_request(request, state).await?;
        Ok(Self { idempotency })
    }
}

/// A JSON body that may be empty or null, and the idempotency key under which the request may be repeated.
pub struct IdempotentOptional<T> {
    /// The body, or its default.
    pub body: T,
    /// The key, if the client sent one.
    pub idempotency: Option<Idempotency>,
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for IdempotentOptional<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let key = idempotency_key(&parts.headers)?;
        let raw = bytes(Request::new(body), state).await?;
        let body = if raw.is_empty() {
            T::default()
        } else {
            require_json(&parts.headers)?;
            if raw.trim_ascii() == b"null" { T::default() } else { json(&raw)? }
        };
        Ok(Self { body, idempotency: key.map(|key| idempotency(&parts, &raw, key)) })
    }
}

/// Returns the body, which the middleware has buffered.
async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let body = Bytes::from_request(request, state).await;
    body.map_err(|_| Problem::new(Kind::BrokenBody, "Send the request again."))
}

/// Parses a JSON object. Malformed JSON is 400; JSON of another shape is 422.
pub fn json<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Problem> {
    // Locating a mistake takes a second pass, which only mistakes pay for.
    if let Ok(StrictObject(value)) = serde_json::from_slice(raw) {
        return Ok(value);
    }
    let mut reader = serde_json::Deserializer::from_slice(raw);
    let StrictObject(value) = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        if error.is_data() { Problem::new(Kind::InvalidBody, explain(&path, &error)) } else { malformed(&error) }
    })?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(Kind::MalformedJson, format!("The body is not JSON: {error}."))
}

/// Returns `qty: a quantity is …`, without the parser's position, which says less than the field's name.
fn explain(path: &str, error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let message: String = message.chars().take(MAX_ERROR_LENGTH).collect();
    if path == "." { format!("{message}.") } else { format!("{path}: {message}.") }
}

fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(Kind::NotJson, "Send JSON, with Content-Type: application/json."))
}

/// Returns the `Idempotency-Key`, if there is one. Two are an error.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(first) = values.next() else { return Ok(None) };
    let key = first.to_str().ok().and_then(IdempotencyKey::parse).filter(|_| values.next().is_none());
    key.map(Some).ok_or_else(|| {
        let detail = "Send one Idempotency-Key of 1 to 255 visible ASCII characters, quoted or bare.";
        Problem::new(Kind::BadIdempotencyKey, detail)
    })
}

/// Binds the key to the request.
fn idempotency(parts: &Parts, raw: &[u8], key: IdempotencyKey) -> Idempotency {
    Idempotency::new(key, parts.method.as_str(), parts.uri.path(), raw)
}

/// An id in the path. Text that is not an id gets the response for an unknown id.
pub struct Id<T>(pub T);

/// An id that can stand in a path.
pub trait PathId: FromStr + Send {
    /// The refusal for an unknown id.
    const UNKNOWN: Refusal;
}

impl PathId for HoldId {
    const UNKNOWN: Refusal = Refusal::UnknownHold;
}

impl PathId for OrderId {
    const UNKNOWN: Refusal = Refusal::UnknownOrder;
}

impl PathId for RefundId {
    const UNKNOWN: Refusal = Refusal::UnknownRefund;
}

impl PathId for JobId {
    const UNKNOWN: Refusal = Refusal::UnknownJob;
}

impl PathId for WebhookId {
    const UNKNOWN: Refusal = Refusal::UnknownPayment;
}

impl<S: Send + Sync, T: PathId> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let id = text.ok().and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| T::UNKNOWN.into())
    }
}
