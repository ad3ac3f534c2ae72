//! Browser security: response headers, caching, and protection against requests from other sites.

use super::RouteKind;
use crate::{
    config::Environment,
    problem::{Kind, Problem},
};
use axum::{extract::Request, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version, header};

/// Content security policy of everything that is not a page: it loads nothing.
const NO_PAGE_CSP: &str = "default-src 'none'; frame-ancestors 'none'";
/// Content security policy of static pages (problem pages, error pages): a stylesheet, fonts and pictures from here, no scripts.
pub const STATIC_PAGE_CSP: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; \
                                   base-uri 'none'; frame-ancestors 'none'; form-action 'none'";

/// Content security policy of the console: everything from here, no inline scripts and styles.
const CONSOLE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; \
                           connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every response.
const COMMON_HEADERS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Further headers of pages.
const PAGE_HEADERS: [(HeaderName, &str); 3] = [
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Initial capacity of a response's headers: enough for these and the handler's own.
const HEADER_CAPACITY: usize = 16;

/// Returns the content security policy of a storefront page. `form_targets` are origins besides the shop's own to which its forms
/// lead, `reload_port` is the port of `cargo leptos watch`.
pub fn page_csp(nonce: &str, form_targets: &[String], reload_port: Option<u32>) -> String {
    let targets: String = form_targets.iter().flat_map(|origin| [" ", origin.as_str()]).collect();
    let watch = reload_port.map(|port| format!(" ws://127.0.0.1:{port} ws://localhost:{port}")).unwrap_or_default();
    format!(
        "default-src 'self'; script-src 'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self'{watch}; object-src 'none'; \
         base-uri 'none'; frame-ancestors 'none'; form-action 'self'{targets}"
    )
}

/// Returns the content security policy of a page of the console with one style sheet in it, which has the nonce.
pub fn console_csp_with_style(nonce: &str) -> String {
    CONSOLE_CSP.replace("style-src 'self'", &format!("style-src 'self' 'nonce-{nonce}'"))
}

/// Adds the security and caching headers that a handler did not set.
#[derive(Clone, Copy)]
pub struct ResponseHeaders {
    kind: RouteKind,
    is_production: bool,
    has_hashed_files: bool,
}

impl ResponseHeaders {
    /// Headers for the routes of one kind. `has_hashed_files`: file names below `/pkg` change with their content.
    pub fn new(kind: RouteKind, env: Environment, has_hashed_files: bool) -> Self {
        Self { kind, is_production: env == Environment::Production, has_hashed_files }
    }

    /// Adds the headers to a response.
    pub fn apply(self, response: &mut Response) {
        let status = response.status();
        let headers = response.headers_mut();
        headers.reserve(HEADER_CAPACITY.saturating_sub(headers.len()));
        for (name, value) in &COMMON_HEADERS {
            set_default(headers, name.clone(), value);
        }
        let page_headers = if is_page(headers) { &PAGE_HEADERS[..] } else { &[] };
        for (name, value) in page_headers {
            set_default(headers, name.clone(), value);
        }
        let csp = if self.kind.is_console() { CONSOLE_CSP } else { NO_PAGE_CSP };
        set_default(headers, header::CONTENT_SECURITY_POLICY, csp);
        if self.is_production {
            set_default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=63072000");
        }
        set_default(headers, header::CACHE_CONTROL, self.cache_control(status, headers));
    }

    /// Files whose name changes with their content are immutable; other files are revalidated; pages and API responses are not
    /// cached. A 304 has no `Last-Modified`, and must not make the browser drop the file that it confirms.
    fn cache_control(self, status: StatusCode, headers: &HeaderMap) -> &'static str {
        let is_found = status.is_success() || status == StatusCode::NOT_MODIFIED;
        match self.kind {
            RouteKind::VersionedFile if is_found => "public, max-age=31536000, immutable",
            RouteKind::HashedFile if is_found && self.has_hashed_files => "public, max-age=31536000, immutable",
            _ if headers.contains_key(header::LAST_MODIFIED) || status == StatusCode::NOT_MODIFIED => "no-cache",
            _ => "private, no-store",
        }
    }
}

/// Whether a response is a page.
pub fn is_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// Rejects a request without exactly one `Host` (RFC 9112 §3.2), which a proxy may have read otherwise, and a
/// request without a path.
pub fn require_host(request: &Request) -> Result<(), Problem> {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let has_host = hosts == 1 || (hosts == 0 && request.version() != Version::HTTP_11);
    if !has_host || request.uri().path_and_query().is_none() {
        return Err(Problem::new(Kind::BadTarget, "Send one Host header, and a path that begins with a slash."));
    }
    Ok(())
}

/// Rejects forms that another site makes a shopper's browser send. The API needs no such protection, since it
/// has no cookies.
pub fn reject_cross_site(request: &Request) -> Result<(), Problem> {
    if !is_safe(request.method()) && !is_same_site(request.headers(), request.uri()) {
        let detail = "This request came from another site; use the shop's own pages.";
        return Err(Problem::new(Kind::CrossSite, detail));
    }
    Ok(())
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether one of our own pages sent the request, or the user directly. Browsers say so in `Sec-Fetch-Site`, old ones in
/// `Origin`. A client that sends neither is not a browser, so another site cannot make it send a
/// shopper's cookie.
fn is_same_site(headers: &HeaderMap, uri: &Uri) -> bool {
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
    fn forms_may_lead_to_the_payment_provider_and_nowhere_else() {
        assert!(page_csp("n", &[], None).ends_with("form-action 'self'"));
        let stripe = ["https://checkout.stripe.com".to_owned()];
        assert!(page_csp("n", &stripe, None).ends_with("form-action 'self' https://checkout.stripe.com"));
    }

    #[test]
    fn a_preview_may_have_the_style_of_its_nonce() {
        let csp = console_csp_with_style("n-1");
        assert!(csp.contains("; style-src 'self' 'nonce-n-1'; font-src 'self';"), "{csp}");
        assert!(csp.contains("script-src 'self';"), "{csp}");
    }

    #[test]
    fn fonts_may_be_kept_for_ever_and_their_absence_not() {
        let headers = ResponseHeaders::new(RouteKind::VersionedFile, Environment::Development, false);
        for (status, expected) in [
            (StatusCode::OK, "public, max-age=31536000, immutable"),
            (StatusCode::NOT_MODIFIED, "public, max-age=31536000, immutable"),
            (StatusCode::NOT_FOUND, "private, no-store"),
        ] {
            let mut response = Response::default();
            *response.status_mut() = status;
            headers.apply(&mut response);
            assert_eq!(response.headers()[header::CACHE_CONTROL], expected, "{status}");
        }
    }

    #[test]
    fn only_our_own_pages_may_post() {
        for (given, expected) in [
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
            assert_eq!(is_same_site(&headers, &Uri::from_static("/actions/reserve")), expected, "{given:?}");
        }
    }
}
