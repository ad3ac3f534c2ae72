//! What browsers are told and not allowed: security headers, caching, and no posts from other people's sites.

use crate::{
    config::Environment,
    problem::{Kind, Problem},
    state::AppState,
};
use axum::{extract::Request, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version, header};

/// For everything that is not a page: it loads nothing.
const CSP_NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";

/// What is said of every answer.
const ALWAYS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What is said of every page besides: it means nothing to anything else.
const OF_PAGES: [(HeaderName, &str); 3] = [
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Room for all of them and for what an answer says itself, made at once.
const HEADERS: usize = 16;

/// The policy of a page: scripts by nonce, everything else from here. `watch` adds the socket of `cargo leptos watch`.
pub fn page_policy(nonce: &str, reload_port: Option<u32>) -> String {
    let watch = reload_port.map(|port| format!(" ws://127.0.0.1:{port} ws://localhost:{port}")).unwrap_or_default();
    format!(
        "default-src 'self'; script-src 'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'{watch}; object-src 'none'; \
         base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
}

/// Adds to each answer what browsers are to be told always, and what else its handler did not say.
pub fn headers(state: &AppState, path: &str, response: &mut Response) {
    let status = response.status();
    let headers = response.headers_mut();
    headers.reserve(HEADERS.saturating_sub(headers.len()));
    let of_pages = if is_page(headers) { &OF_PAGES[..] } else { &[] };
    for (name, value) in ALWAYS.iter().chain(of_pages) {
        headers.insert(name, HeaderValue::from_static(value));
    }
    default(headers, header::CONTENT_SECURITY_POLICY, CSP_NO_PAGE);
    if state.settings.common.env == Environment::Production {
        default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=63072000");
    }
    let found = status.is_success() || status == StatusCode::NOT_MODIFIED;
    default(headers, header::CACHE_CONTROL, caching(path, headers, found, state.leptos.hash_files));
}

/// Is this answer a page?
pub fn is_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|given| given.as_bytes().starts_with(b"text/html"))
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// Files whose names change with their content are kept for ever, other files are asked for again, pages and answers
/// are kept by nobody.
fn caching(path: &str, headers: &HeaderMap, found: bool, hashed: bool) -> &'static str {
    let is_file = headers.contains_key(header::LAST_MODIFIED);
    match path {
        _ if path.starts_with("/pkg/") && found && hashed => "public, max-age=31536000, immutable",
        _ if is_file => "no-cache",
        _ => "private, no-store",
    }
}

/// The answer to a request that says not for which host it is, or says it twice: what stands before us may have read it
/// otherwise than we do (RFC 9112 §3.2). Nor is anything here to be had without a path.
pub fn unclear_target(request: &Request) -> Option<Problem> {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let is_clear = hosts == 1 || (hosts == 0 && request.version() != Version::HTTP_11);
    let has_path = request.uri().path_and_query().is_some();
    (!(is_clear && has_path))
        .then(|| Problem::new(Kind::BadTarget, "Send one Host header, and a path that begins with a slash."))
}

/// The answer to what another site makes a shopper's browser send. The API is exempt: it has no cookies.
pub fn same_site(request: &Request) -> Option<Problem> {
    if safe(request.method()) || is_api(request.uri().path()) || own(request.headers(), request.uri()) {
        return None;
    }
    let detail = "This request came from another site; use the shop's own pages.";
    Some(Problem::new(Kind::CrossSite, detail))
}

/// Is this path the API's?
pub fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

fn safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Did one of our own pages send this, or the shopper by hand? A browser says so in `Sec-Fetch-Site`, an old one in
/// `Origin`; what sends neither is no browser, and nobody's session is in its hands.
fn own(headers: &HeaderMap, uri: &Uri) -> bool {
    let text = |name| headers.get(name).map(|v| v.to_str().unwrap_or_default());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return true };
    let host = uri.authority().map(http::uri::Authority::as_str).or_else(|| text("host"));
    origin.split_once("://").is_some_and(|(_, from)| host.is_some_and(|host| from.eq_ignore_ascii_case(host)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_may_post() {
        for (given, verdict) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")][..], true),
            (&[("sec-fetch-site", "none")][..], true),
            (&[("sec-fetch-site", "cross-site")][..], false),
            (&[("sec-fetch-site", "same-site")][..], false),
            (&[("host", "shop.example"), ("origin", "https://shop.example")][..], true),
            (&[("host", "shop.example"), ("origin", "https://evil.example")][..], false),
            (&[("host", "shop.example"), ("origin", "null")][..], false),
            (&[("origin", "https://shop.example")][..], false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in given {
                headers.insert(*name, value.parse().unwrap());
            }
            assert_eq!(own(&headers, &Uri::from_static("/actions/reserve")), verdict, "{given:?}");
        }
    }
}
