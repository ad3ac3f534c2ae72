//! The API's documentation: the OpenAPI document, the reference drawn from it, and the problem pages. Each text is rendered
//! once at startup.

mod document;
mod problem_pages;
mod tags;
#[cfg(test)]
mod tests;

pub use document::Document;

use crate::{
    http::{conditional::with_etag, security::STATIC_PAGE_CSP},
    problem::{Kind, Problem},
    state::AppState,
};
use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, get},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use leptos::config::LeptosOptions;
use sha2::{Digest as _, Sha256};
use std::path::Path;
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

/// Stylesheet of the problem pages: the shop's design tokens, and the pages' own rules.
const STYLESHEET: &str = concat!(include_str!("../../../style/tokens.css"), include_str!("style.css"));
/// The page of the API reference. Without JavaScript it lists where the documentation is.
const REFERENCE: &str = include_str!("reference.html");
/// Starts Scalar on that page. A file, so that the policy can forbid inline scripts.
const REFERENCE_SCRIPT: &str = include_str!("reference.js");
/// Scalar's bundle, below the folder of the site's files. `tools/setup.sh build` fetches it.
const SCALAR: &str = "docs/scalar.js";

/// Content security policy of the reference. Scripts, data and pictures come from this server only. Scalar adds style
/// elements without a nonce and style attributes, so inline styles must be allowed here.
const REFERENCE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                             img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
                             form-action 'none'";

/// Routes of the documentation.
pub fn routes(document: &Document) -> Router<AppState> {
    let page = |html: String| cacheable("text/html; charset=utf-8", STATIC_PAGE_CSP, html);
    let script = "text/javascript; charset=utf-8";
    let routes = Router::new()
        .route("/api/openapi.json", cacheable("application/json", STATIC_PAGE_CSP, document.json()))
        .route("/api/docs", cacheable("text/html; charset=utf-8", REFERENCE_CSP, REFERENCE))
        .route("/api/docs/reference.js", cacheable(script, STATIC_PAGE_CSP, REFERENCE_SCRIPT))
        .route("/api/docs/scalar.js", get(scalar))
        .route("/api/docs/style.css", cacheable("text/css; charset=utf-8", STATIC_PAGE_CSP, STYLESHEET))
        .route("/problems", page(problem_pages::index()))
        .route("/problems/{*unknown}", get(unknown_problem));
    let render = |kind| page(problem_pages::render(kind, document));
    Kind::ALL.iter().fold(routes, |routes, kind| routes.route(&kind.uri(), render(*kind)))
}

async fn unknown_problem() -> Problem {
    Problem::new(Kind::NotFound, "There is no problem of this name; /problems lists all of them.")
}

/// Serves Scalar's bundle, precompressed where the client accepts it.
async fn scalar(State(options): State<LeptosOptions>, request: Request) -> Response {
    let file = ServeFile::new(Path::new(&*options.site_root).join(SCALAR)).precompressed_br().precompressed_gzip();
    let mut response = file.oneshot(request).await.into_response();
    if response.status() == StatusCode::NOT_FOUND {
        return Problem::new(Kind::NotFound, "The script of the API reference is not installed.").into_response();
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// Serves a constant text with an `ETag`.
fn cacheable(media_type: &'static str, csp: &'static str, text: impl Into<Bytes>) -> MethodRouter<AppState> {
    let text = text.into();
    let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&text)[..12]));
    get(async move |headers: HeaderMap| {
        let content_type = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type))];
        let mut response = with_etag(&headers, &etag, || (content_type, text).into_response());
        // A 304 needs it too: its headers replace those of the stored response.
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(csp));
        response
    })
}
