//! Conditional requests: `ETag` and `If-None-Match`.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// Whether the client has the response with this tag.
pub fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    let same = |tag: &str| tag == "*" || tag.trim_start_matches("W/") == etag;
    known.flat_map(|v| v.split(',')).any(|tag| same(tag.trim()))
}

/// Returns the response, or 304 if the client already has it. The tag is weak: compression does not change it.
pub fn with_etag(headers: &HeaderMap, etag: &str, response: impl FnOnce() -> Response) -> Response {
    let mut response = if is_known(headers, etag) { StatusCode::NOT_MODIFIED.into_response() } else { response() };
    // Quoted hexadecimal is always a valid header value.
    if let Ok(etag) = HeaderValue::from_str(&format!("W/{etag}")) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
