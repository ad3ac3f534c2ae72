//! Where the documentation is: the document itself, its page, the problems' pages and the sheet they share. Each is made
//! once and then sent as it is; an `ETag` saves the sending.

use super::{document, problem_pages, reference};
use crate::{
    api::products::cached,
    http::security::STATIC_PAGE_CSP,
    problem::{Kind, Problem},
    state::AppState,
};
use axum::{
    Router,
    response::IntoResponse as _,
    routing::{MethodRouter, get},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use sha2::{Digest as _, Sha256};

/// The shop's colours and faces, and what the documentation makes of them.
const SHEET: &str = concat!(include_str!("../../../style/tokens.css"), include_str!("style.css"));

/// The documentation's own addresses.
pub fn routes() -> Router<AppState> {
    let document = document();
    // A value of texts and numbers always has its JSON.
    let value = serde_json::to_value(document.finish()).unwrap_or_default();
    let pages = Router::new()
        .route("/api/openapi.json", sent("application/json", value.to_string()))
        .route("/api/docs", page(reference::page_of(&value)))
        .route("/api/docs/style.css", sent("text/css; charset=utf-8", SHEET))
        .route("/problems", page(problem_pages::index()));
    let problems =
        Kind::ALL.iter().fold(pages, |pages, kind| pages.route(&kind.uri(), page(problem_pages::of(*kind, &document))));
    problems.route("/problems/{*unknown}", get(unknown))
}

/// A page of ours under a `type` that is none.
async fn unknown() -> Problem {
    Problem::new(Kind::NotFound, "There is no problem of that name; /problems lists them.")
}

fn page(html: String) -> MethodRouter<AppState> {
    sent("text/html; charset=utf-8", html)
}

/// A text that is the same until the next release.
fn sent(media_type: &'static str, text: impl Into<Bytes>) -> MethodRouter<AppState> {
    let text = text.into();
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&text)[..12]));
    get(async move |asked: HeaderMap| {
        let type_of_it = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type))];
        let mut response = cached(&asked, &tag, || (type_of_it, text).into_response());
        // Also with a 304, whose headers take the place of those that were kept.
        let policy = HeaderValue::from_static(STATIC_PAGE_CSP);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        response
    })
}
