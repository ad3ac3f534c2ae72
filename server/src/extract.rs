//! How requests are read: bodies within bounds, JSON that is exactly what was asked for, ids, and idempotency keys.
//! Every refusal says where and what.

use crate::{
    object::Object,
    problem::{Kind, Problem},
};
use axum::{
    body::{Body, HttpBody as _},
    extract::{FromRequest, FromRequestParts, Path, Request},
};
use bytes::{Bytes, BytesMut};
use checkout::{
    Idempotency, IdempotencyKey,
    model::{HoldId, OrderId, ProductId, Refusal},
};
use http::{HeaderMap, header, request::Parts};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::{str::FromStr, time::Duration};

/// The largest body that anything here has use for.
pub const BODY_LIMIT: usize = 64 * 1024;
/// How much of a body that is too large is read and thrown away, so that its sender reads our answer and not a reset.
const DRAIN_LIMIT: usize = 1024 * 1024;
/// How long a client may take to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The whole body, at most [`BODY_LIMIT`].
pub async fn body(body: Body) -> Result<Bytes, Problem> {
    let slow = |_| {
        let detail = format!("The body did not arrive within {} seconds; send it again.", BODY_TIMEOUT.as_secs());
        Problem::new(Kind::Timeout, detail)
    };
    tokio::time::timeout(BODY_TIMEOUT, collect(body)).await.map_err(slow)?
}

async fn collect(mut body: Body) -> Result<Bytes, Problem> {
    let mut kept = BytesMut::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let broken = |_| Problem::new(Kind::BrokenBody, "Send the request again.");
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        seen += data.len();
        // Most come in one piece, and are handed on as they are.
        if seen == data.len() && seen <= BODY_LIMIT && body.is_end_stream() {
            return Ok(data);
        }
        if seen <= BODY_LIMIT {
            kept.extend_from_slice(&data);
        } else if seen > DRAIN_LIMIT {
            break;
        }
    }
    if seen > BODY_LIMIT {
        let detail = format!("A body is at most {BODY_LIMIT} bytes.");
        return Err(Problem::new(Kind::TooLarge, detail));
    }
    Ok(kept.freeze())
}

/// A POST with a JSON body, and the key under which it may be repeated.
pub struct Posted<T> {
    /// What the body says.
    pub body: T,
    /// The key, and what it stands for.
    pub idempotency: Option<Idempotency>,
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Posted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (parts, raw) = request.into_parts();
        let key = idempotency_key(&parts.headers)?;
        demand_json(&parts.headers)?;
        let raw = body(raw).await?;
        Ok(Self { body: json(&raw)?, idempotency: key.map(|key| idempotency(&parts, &raw, key)) })
    }
}

/// A request whose address says all there is to say. A body, if there is one, is `{}`.
pub struct PostedNothing {
    /// The key, and what it stands for.
    pub idempotency: Option<Idempotency>,
}

impl<S: Sync> FromRequest<S> for PostedNothing {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}

        let (parts, raw) = request.into_parts();
        let key = idempotency_key(&parts.headers)?;
        let raw = body(raw).await?;
        if !raw.is_empty() {
            demand_json(&parts.headers)?;
            let Nothing {} = json(&raw)?;
        }
        Ok(Self { idempotency: key.map(|key| idempotency(&parts, &raw, key)) })
    }
}

/// Reads a JSON object. What is no JSON at all is 400; what is JSON of another shape is 422.
pub fn json<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Problem> {
    // To know where a mistake is takes a second reading, which only mistakes are worth.
    if let Ok(Object(value)) = serde_json::from_slice(raw) {
        return Ok(value);
    }
    let mut reader = serde_json::Deserializer::from_slice(raw);
    let Object(value) = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let place = error.path().to_string();
        let error = error.into_inner();
        if error.is_data() { Problem::new(Kind::InvalidBody, explain(&place, &error)) } else { malformed(&error) }
    })?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

fn malformed(error: &serde_json::Error) -> Problem {
    let detail = format!("The body is not JSON: {error}.");
    Problem::new(Kind::MalformedJson, detail)
}

/// `qty: a quantity is …`, without the reader's position, which says less than the field's name.
fn explain(place: &str, error: &serde_json::Error) -> String {
    const LONGEST: usize = 300;
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    let said: String = said.chars().take(LONGEST).collect();
    if place == "." { format!("{said}.") } else { format!("{place}: {said}.") }
}

fn demand_json(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(Kind::NotJson, "Send JSON, with Content-Type: application/json."))
}

/// The one `Idempotency-Key`, if there is one.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let mut given = headers.get_all("idempotency-key").iter();
    let Some(first) = given.next() else { return Ok(None) };
    let key = first.to_str().ok().and_then(IdempotencyKey::parse).filter(|_| given.next().is_none());
    key.map(Some).ok_or_else(|| {
        let detail = "Send one Idempotency-Key of 1 to 255 visible ASCII characters, quoted or bare.";
        Problem::new(Kind::BadIdempotencyKey, detail)
    })
}

/// What a key stands for: SHA-256 of method, path and payload.
fn idempotency(parts: &Parts, raw: &[u8], key: IdempotencyKey) -> Idempotency {
    let mut hash = Sha256::new();
    for part in [parts.method.as_str().as_bytes(), b"\n", parts.uri.path().as_bytes(), b"\n", raw] {
        hash.update(part);
    }
    Idempotency { key, fingerprint: hash.finalize().into() }
}

/// The id in the address. What cannot be an id is the id of nothing: 404.
pub struct Id<T>(pub T);

/// An id, and the answer when it is nobody's.
pub trait Addressable: FromStr + Send {
    /// The answer.
    const UNKNOWN: Refusal;
}

impl Addressable for ProductId {
    const UNKNOWN: Refusal = Refusal::UnknownProduct;
}

impl Addressable for HoldId {
    const UNKNOWN: Refusal = Refusal::UnknownHold;
}

impl Addressable for OrderId {
    const UNKNOWN: Refusal = Refusal::UnknownOrder;
}

impl<S: Send + Sync, T: Addressable> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let id = text.ok().and_then(|Path(text)| text.parse().ok());
        id.map(Self).ok_or_else(|| T::UNKNOWN.into())
    }
}
