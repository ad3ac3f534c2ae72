//! `/sandbox/mail`: the mails of a development server, which nobody receives.

use crate::{
    problem::{Kind, Problem},
    state::AppState,
};
use axum::{
    Json,
    extract::{FromRequestParts, Path},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts, uri::Authority};
use integrations::mail::Mailbox;
use url::{Host, Url};

/// Content security policy of the pages: styles alone. The frame of a mail has no rights of its own, and inherits this policy.
const CSP: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The mailbox. It is there for requests to the shop's own address alone: the page of another site, whose name leads to this
/// machine (DNS rebinding), must not read mails in a developer's browser.
pub(super) struct OwnMailbox(Mailbox);

impl FromRequestParts<AppState> for OwnMailbox {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let mailbox = state.mail.mailbox().filter(|_| is_own(&parts.uri, &parts.headers, state.shop_url.as_str()));
        mailbox.cloned().map(Self).ok_or_else(unknown)
    }
}

/// Whether a request is to an IP address, to `localhost` or to the shop's public host.
fn is_own(uri: &Uri, headers: &HeaderMap, shop_url: &str) -> bool {
    let of_header = || headers.get(header::HOST)?.to_str().ok()?.parse::<Authority>().ok();
    let authority = uri.authority().cloned().or_else(of_header);
    match authority.and_then(|authority| Host::parse(authority.host()).ok()) {
        None => false,
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        Some(Host::Domain(name)) => {
            let own = Url::parse(shop_url).ok();
            name == "localhost" || own.as_ref().and_then(Url::host_str) == Some(&*name)
        }
    }
}

/// `GET /sandbox/mail`
pub(super) async fn list(OwnMailbox(mailbox): OwnMailbox) -> Response {
    page(mailbox.page())
}

/// `GET /sandbox/mail/{id}`
pub(super) async fn show(OwnMailbox(mailbox): OwnMailbox, Path(id): Path<String>) -> Result<Response, Problem> {
    id.parse().ok().and_then(|id| mailbox.mail_page(id)).map(page).ok_or_else(unknown)
}

/// `GET /sandbox/mail.json`
pub(super) async fn json(OwnMailbox(mailbox): OwnMailbox) -> Response {
    let mails: Vec<_> = mailbox.all().iter().map(|mail| (**mail).clone()).collect();
    Json(mails).into_response()
}

fn unknown() -> Problem {
    Problem::new(Kind::NotFound, "There is no such mail.")
}

fn page(html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP)),
    ];
    (StatusCode::OK, headers, html).into_response()
}
