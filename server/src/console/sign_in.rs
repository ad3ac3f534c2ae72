//! Signing in and out.

use super::{
    Fields, MaybeSignedIn, html, local_path, redirect,
    response::{fail, wait},
    session::{remove_cookie, set_cookie},
};
use crate::{
    config::Settings,
    operators::{OperatorError, OperatorService, Visitor},
    problem::Problem,
};
use app::admin::sign_in::{self as view, SignInError};
use axum::{extract::State, response::Response};
use http::{StatusCode, Uri};
use std::sync::Arc;

/// The path of the page that asks for the second factor.
pub(super) const CODE_PATH: &str = "/admin/sign-in/code";

/// Returns the path of the sign-in page, which leads to `next`.
pub(super) fn sign_in_path(next: &str) -> String {
    with_next("/admin/sign-in", next)
}

/// Returns the path of the page that asks for the second factor, which leads to `next`.
pub(super) fn code_path(next: &str) -> String {
    with_next(CODE_PATH, next)
}

fn with_next(path: &str, next: &str) -> String {
    let next: String = form_urlencoded::byte_serialize(local_path(next).as_bytes()).collect();
    format!("{path}?next={next}")
}

fn query(uri: &Uri) -> Fields {
    Fields::parse(uri.query().unwrap_or_default().as_bytes())
}

/// `GET /admin/sign-in`
pub async fn page(MaybeSignedIn(signed_in): MaybeSignedIn, uri: Uri) -> Response {
    let query = query(&uri);
    let next = local_path(query.get("next"));
    match signed_in {
        Some(signed_in) if signed_in.session.complete => redirect(next),
        _ => html(StatusCode::OK, view::sign_in("", next, None)),
    }
}

/// `POST /admin/sign-in`
pub async fn submit(
    State(service): State<OperatorService>,
    State(settings): State<Arc<Settings>>,
    MaybeSignedIn(previous): MaybeSignedIn,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Problem> {
    let (email, next) = (fields.get("email"), local_path(fields.get("next")));
    let page = |error: &SignInError| view::sign_in(email, next, Some(error));
    match service.sign_in(email, fields.get("password").to_owned(), &visitor, previous.as_ref()).await {
        Ok(session) => {
            let to = if session.needs_second_factor { code_path(next) } else { next.to_owned() };
            Ok(set_cookie(redirect(&to), settings.common.env, &session.token))
        }
        Err(OperatorError::WrongCredentials) => Ok(html(StatusCode::UNPROCESSABLE_ENTITY, page(&SignInError::Wrong))),
        Err(OperatorError::Wait(time)) => Ok(wait(time, page)),
        Err(error) => Err(fail(error)),
    }
}

/// `GET /admin/sign-in/code`
pub async fn code_page(MaybeSignedIn(signed_in): MaybeSignedIn, uri: Uri) -> Response {
    let query = query(&uri);
    let next = local_path(query.get("next"));
    match signed_in {
        None => redirect(&sign_in_path(next)),
        Some(signed_in) if signed_in.session.complete => redirect(next),
        Some(_) => html(StatusCode::OK, view::second_factor(next, None)),
    }
}

/// `POST /admin/sign-in/code`
pub async fn submit_code(
    State(service): State<OperatorService>,
    State(settings): State<Arc<Settings>>,
    MaybeSignedIn(signed_in): MaybeSignedIn,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Problem> {
    let next = local_path(fields.get("next"));
    let signed_in = match signed_in {
        None => return Ok(redirect(&sign_in_path(next))),
        Some(signed_in) if signed_in.session.complete => return Ok(redirect(next)),
        Some(signed_in) => signed_in,
    };
    let page = |error: &SignInError| view::second_factor(next, Some(error));
    match service.give_second_factor(&signed_in, fields.get("code"), &visitor).await {
        Ok(session) => Ok(set_cookie(redirect(next), settings.common.env, &session.token)),
        Err(OperatorError::WrongCode) => Ok(html(StatusCode::UNPROCESSABLE_ENTITY, page(&SignInError::Wrong))),
        Err(OperatorError::Wait(time)) => Ok(wait(time, page)),
        Err(error) => Err(fail(error)),
    }
}

/// `POST /admin/sign-out`
pub async fn sign_out(
    State(service): State<OperatorService>,
    State(settings): State<Arc<Settings>>,
    MaybeSignedIn(signed_in): MaybeSignedIn,
) -> Result<Response, Problem> {
    if let Some(signed_in) = signed_in {
        service.sign_out(&signed_in).await.map_err(fail)?;
    }
    Ok(remove_cookie(redirect("/admin/sign-in"), settings.common.env))
}
