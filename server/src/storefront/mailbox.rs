//! `/sandbox/mail`: the mails of a development server, which nobody receives.

use crate::{
    problem::{Kind, Problem},
    state::AppState,
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode, header};
use integrations::mail::Mailbox;

/// Content security policy of the pages: styles alone. The frame of a mail has no rights of its own, and inherits this policy.
const CSP: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /sandbox/mail`
pub(super) async fn list(State(state): State<AppState>) -> Result<Response, Problem> {
    Ok(page(mailbox(&state)?.page()))
}

/// `GET /sandbox/mail/{id}`
pub(super) async fn show(State(state): State<AppState>, Path(id): Path<String>) -> Result<Response, Problem> {
    let mailbox = mailbox(&state)?;
    id.parse().ok().and_then(|id| mailbox.mail_page(id)).map(page).ok_or_else(unknown)
}

/// `GET /sandbox/mail.json`
pub(super) async fn json(State(state): State<AppState>) -> Result<Response, Problem> {
    let mails: Vec<_> = mailbox(&state)?.all().iter().map(|mail| (**mail).clone()).collect();
    Ok(Json(mails).into_response())
}

fn mailbox(state: &AppState) -> Result<&Mailbox, Problem> {
    state.mail.mailbox().ok_or_else(unknown)
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
