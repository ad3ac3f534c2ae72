//! Where the documentation is: the document itself, its page, the problems' pages and the sheet they share. Each is made
//! once and then sent as it is; an `ETag` saves the sending.

use super::document::Document;
use crate::state::AppState;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest as _, Sha256};

/// The documentation's own addresses.
pub fn routes(document: &Document) -> Router<AppState> {
    // A value of texts and numbers always has its JSON.
    let json = serde_json::to_vec(&document.finish()).unwrap_or_default();
    Router::new().route("/api/openapi.json", text("application/json", json))
}

/// A text that is the same until the next release.
fn text(media_type: &'static str, text: impl Into<Bytes>) -> MethodRouter<AppState> {
    let text = text.into();
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&text)[..12]));
    // Hexadecimal in quotes is always a header's value.
    let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
    get(async move |asked: HeaderMap| -> Response {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
            (header::ETAG, tag.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache")),
        ];
        if asked.get(header::IF_NONE_MATCH) == Some(&tag) {
            (StatusCode::NOT_MODIFIED, headers).into_response()
        } else {
            (headers, text).into_response()
        }
    })
}
