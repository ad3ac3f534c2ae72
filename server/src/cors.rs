//! Other sites' scripts at the API, where the shop's operator lets them: browsers ask first, and are told.

use crate::config::CorsOrigins;
use http::{HeaderName, Method, header};
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser may remember what it was told.
const REMEMBERED: Duration = Duration::from_mins(10);

/// What requests may carry.
const ASKED: [HeaderName; 7] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::IF_NONE_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("x-request-id"),
];

/// What scripts may see of answers, besides what they always may.
const TOLD: [HeaderName; 8] = [
    header::ETAG,
    header::LINK,
    header::LOCATION,
    header::RETRY_AFTER,
    HeaderName::from_static("idempotency-replayed"),
    HeaderName::from_static("ratelimit"),
    HeaderName::from_static("ratelimit-policy"),
    HeaderName::from_static("x-request-id"),
];

/// For these origins; `None` where there are none. Without credentials: the API has no cookies.
pub fn layer(origins: &CorsOrigins) -> Option<CorsLayer> {
    let origin = match origins {
        CorsOrigins::None => return None,
        CorsOrigins::Any => AllowOrigin::any(),
        CorsOrigins::These(these) => AllowOrigin::list(these.clone()),
    };
    let layer = CorsLayer::new().allow_origin(origin).allow_methods([Method::GET, Method::POST, Method::DELETE]);
    Some(layer.allow_headers(ASKED).expose_headers(TOLD).max_age(REMEMBERED))
}
