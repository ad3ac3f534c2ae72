//! What a browser gets that asked for a page and for which there is none: the shop's own words, in place of a program's
//! problem or of nothing at all. What stands before the pages (limits, time, the door against other sites) knows no pages.

use crate::{docs, problem::ProblemKind, security, state::AppState};
use app::words::{self, Notice};
use axum::{body::Body, extract::Request, response::Response};
use http::{HeaderValue, Method, StatusCode, header};

/// Does a person ask, with a browser? Programs are told problems.
pub fn is_wanted(request: &Request) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    matches!(*request.method(), Method::GET | Method::HEAD | Method::POST)
        && !security::is_api(request.uri().path())
        && accepted.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("text/html"))
}

/// The same answer, in words, where it is neither good news nor a page.
pub fn instead_of(response: Response, state: &AppState) -> Response {
    let status = response.status();
    let is_bad = status.is_client_error() || status.is_server_error();
    if !is_bad || security::is_page(response.headers()) {
        return response;
    }
    let notice = notice(status, response.extensions().get::<ProblemKind>().map(|kind| kind.0));
    let page = app::apology(&state.leptos, status.as_str(), notice);
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(docs::POLICY));
    Response::from_parts(parts, Body::from(page))
}

fn notice(status: StatusCode, kind: Option<&str>) -> Notice {
    match (status, kind) {
        (_, Some("outcome-unknown")) => words::unknown(),
        (_, Some("cross-site")) => words::from_elsewhere(),
        (StatusCode::SERVICE_UNAVAILABLE, _) => words::busy(),
        (StatusCode::TOO_MANY_REQUESTS, _) => words::too_fast(),
        (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, _) => words::nothing_here(),
        (status, _) if status.is_client_error() => words::bad_form(),
        _ => words::fault(),
    }
}
