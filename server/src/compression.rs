//! Answers made smaller on their way out, where the client takes them so and there is something to gain. The storefront's
//! files are compressed when they are built; this is for pages and lists.

use axum::{
    body::{Body, HttpBody as _},
    response::Response,
};
use http::{HeaderValue, Request, header};
use std::{convert::Infallible, future::ready};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::compression::{CompressionLayer, CompressionLevel};

/// What is smaller fits a packet either way.
const WORTH_IT: u64 = 1024;
/// Of 9 for gzip and 11 for brotli: beyond, time grows faster than answers shrink.
const LEVEL: CompressionLevel = CompressionLevel::Precise(4);

/// The response, compressed in a way that `accepted` names, if it is worth it.
pub async fn compress(accepted: Option<HeaderValue>, response: Response) -> Response {
    let Some(accepted) = accepted.filter(|_| is_worth_it(&response)) else { return response };
    // The layer stands around a service that answers what is put into its hands.
    let mut asked = Request::new(response);
    asked.headers_mut().insert(header::ACCEPT_ENCODING, accepted);
    let answer = service_fn(|asked: Request<Response>| ready(Ok::<_, Infallible>(asked.into_body())));
    match CompressionLayer::new().quality(LEVEL).layer(answer).oneshot(asked).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

/// An answer of unknown length is a page that is being written, or a file; what must not be touched is told by its type.
fn is_worth_it(response: &Response) -> bool {
    let is_plain = !response.headers().contains_key(header::CONTENT_ENCODING);
    is_plain && response.body().size_hint().exact().is_none_or(|bytes| bytes >= WORTH_IT)
}
