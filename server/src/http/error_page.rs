//! Renders HTML error pages for browsers, in place of problem details, where the storefront has no page of its own.

use super::{
    RouteKind,
    security::{self, STATIC_PAGE_CSP},
};
use crate::problem::ErrorCode;
use app::{
    PUBLIC_PAGE_HEADERS,
    i18n::PageLanguage,
    messages::{self, Notice},
    shop::ShopInfo,
};
use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, Method, StatusCode, header};
use leptos::config::LeptosOptions;
use std::sync::Arc;

/// Middleware: replaces an error response that is not a page, where the client is a browser.
pub async fn render(
    State((options, shop, kind)): State<(LeptosOptions, Arc<ShopInfo>, RouteKind)>,
    request: Request,
    next: Next,
) -> Response {
    let wants_page = accepts_html(&request);
    let language = wants_page.then(|| PageLanguage::of(request.headers(), &shop.language));
    let is_form = *request.method() == Method::POST;
    let response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let Some(language) = language.filter(|_| is_error && !security::is_page(response.headers())) else {
        return response;
    };
    let code = response.extensions().get::<ErrorCode>().map(|code| code.0);
    let page = if kind.is_console() {
        let (title, text) = console_notice(status, code, is_form);
        app::admin::error::error(title.to_owned(), text.to_owned())
    } else {
        app::error_document(&options, &shop, language, status.as_str(), || notice(status, code, is_form))
    };
    let (mut parts, _) = response.into_parts();
    if !kind.is_console() {
        for (name, value) in PUBLIC_PAGE_HEADERS {
            parts.headers.insert(name, HeaderValue::from_static(value));
        }
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(STATIC_PAGE_CSP));
    Response::from_parts(parts, Body::from(page))
}

/// Whether the client is a browser that asks for a page.
fn accepts_html(request: &Request) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    matches!(*request.method(), Method::GET | Method::HEAD | Method::POST)
        && accepted.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("text/html"))
}

fn notice(status: StatusCode, code: Option<&str>, is_form: bool) -> Notice {
    match (status, code) {
        // Only a form has an outcome, and a button to press again.
        (_, Some("outcome-unknown")) if is_form => messages::outcome_unknown(),
        (_, Some("cross-site")) => messages::cross_site(),
        (StatusCode::SERVICE_UNAVAILABLE, _) => messages::busy(),
        (StatusCode::TOO_MANY_REQUESTS, _) => messages::rate_limited(),
        (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, _) => messages::not_found(),
        (status, _) if status.is_client_error() => messages::invalid_form(),
        _ => messages::internal_error(),
    }
}

/// Title and text for operators.
fn console_notice(status: StatusCode, code: Option<&str>, is_form: bool) -> (&'static str, &'static str) {
    match (status, code) {
        (_, Some("outcome-unknown")) if is_form => {
            ("The outcome is not known", "The change may have been made. Look before you try again.")
        }
        (_, Some("cross-site")) => ("This came from another site", "Nothing was changed. Use the console’s own pages."),
        (StatusCode::SERVICE_UNAVAILABLE, _) => ("Too busy", "Nothing was changed. Try again in a moment."),
        (StatusCode::TOO_MANY_REQUESTS, _) => {
            ("Too many attempts", "Too many requests came from your network. Try again in a minute.")
        }
        (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, _) => {
            ("Not found", "There is nothing at this address.")
        }
        (status, _) if status.is_client_error() => {
            ("This form cannot be read", "Nothing was changed. Open the page again.")
        }
        _ => ("Something went wrong", "The server’s log says why. Try again in a moment."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_form_has_an_unknown_outcome() {
        let notice = |is_form| notice(StatusCode::SERVICE_UNAVAILABLE, Some("outcome-unknown"), is_form);
        assert_eq!(notice(true), messages::outcome_unknown());
        assert_eq!(notice(false), messages::busy());
    }
}
