//! The operator's own account.

use super::{
    ConfirmedForm, Fields, flash, html, redirect,
    response::fail,
    session::set_cookie,
    setup::{code_error, new_key},
};
use crate::{
    config::Settings,
    operators::{OperatorError, OperatorService, SecondFactor, SignedIn, Visitor, totp::Key},
    problem::{Problem, whole_seconds},
};
use app::admin::{
    account::{self as view, Account},
    layout::{Flash, Screen},
    setup::{FieldErrors, recovery_codes},
};
use axum::{extract::State, response::Response};
use http::{StatusCode, Uri};
use std::sync::Arc;
use uuid::Uuid;

const PATH: &str = "/admin/account";

/// `GET /admin`
pub async fn home(signed_in: SignedIn) -> Response {
    redirect(Screen::first_of(signed_in.operator.role).path())
}

/// `GET /admin/account`
pub async fn page(State(service): State<OperatorService>, signed_in: SignedIn, uri: Uri) -> Result<Response, Problem> {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    render(&service, &signed_in, StatusCode::OK, flash(query.get("done")), &FieldErrors::default()).await
}

async fn render(
    service: &OperatorService,
    signed_in: &SignedIn,
    status: StatusCode,
    flash: Option<Flash>,
    errors: &FieldErrors,
) -> Result<Response, Problem> {
    let operator = signed_in.page_operator().await;
    let account = Account {
        sessions: service.sessions(operator.id).await.map_err(fail)?,
        current: signed_in.session.id,
        recovery_codes: service.recovery_codes_left(operator.id).await.map_err(fail)?,
        is_second_factor_required: service.is_second_factor_required(),
    };
    Ok(html(status, view::account(operator, account, flash, errors)))
}

/// `POST /admin/account/password`
pub async fn change_password(
    State(service): State<OperatorService>,
    State(settings): State<Arc<Settings>>,
    signed_in: SignedIn,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Problem> {
    let (current, new) = (fields.get("current_password").to_owned(), fields.get("new_password").to_owned());
    let (status, errors) = match service.change_password(&signed_in, current, new, &visitor).await {
        Ok(token) => {
            return Ok(set_cookie(redirect(&format!("{PATH}?done=password")), settings.common.env, &token));
        }
        Err(OperatorError::Password(error)) => {
            let errors = FieldErrors { new_password: Some(error.to_string()), ..FieldErrors::default() };
            (StatusCode::UNPROCESSABLE_ENTITY, errors)
        }
        Err(OperatorError::WrongCredentials) => {
            let errors =
                FieldErrors { current_password: Some("The password is wrong.".to_owned()), ..FieldErrors::default() };
            (StatusCode::UNPROCESSABLE_ENTITY, errors)
        }
        Err(OperatorError::Wait(time)) => {
            let text = format!("Too many attempts. Try again in {} seconds.", whole_seconds(time));
            (StatusCode::TOO_MANY_REQUESTS, FieldErrors { current_password: Some(text), ..FieldErrors::default() })
        }
        Err(error) => return Err(fail(error)),
    };
    render(&service, &signed_in, status, None, &errors).await
}

/// `GET /admin/account/second-factor`
pub async fn second_factor_page(signed_in: SignedIn) -> Result<Response, Problem> {
    let key = new_key(&Key::generate().map_err(fail)?, &signed_in.operator.email)?;
    Ok(html(StatusCode::OK, view::new_second_factor(signed_in.page_operator().await, &key, None)))
}

/// `POST /admin/account/second-factor`
pub async fn set_second_factor(
    State(service): State<OperatorService>,
    State(settings): State<Arc<Settings>>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let Some(key) = Key::from_base32(fields.get("secret")) else { return Ok(redirect("/admin/account/second-factor")) };
    let factor = SecondFactor { key: key.clone(), code: fields.get("code").to_owned() };
    match service.set_second_factor(&signed_in, factor).await {
        Ok((codes, token)) => {
            let page = html(StatusCode::OK, recovery_codes(signed_in.page_operator().await, codes));
            Ok(set_cookie(page, settings.common.env, &token))
        }
        Err(error @ OperatorError::WrongCode) => {
            let shown = new_key(&key, &signed_in.operator.email)?;
            let page = view::new_second_factor(signed_in.page_operator().await, &shown, code_error(&error).code);
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(error) => Err(fail(error)),
    }
}

/// `POST /admin/account/second-factor/remove`
pub async fn remove_second_factor(
    State(service): State<OperatorService>,
    ConfirmedForm { signed_in, .. }: ConfirmedForm,
) -> Result<Response, Problem> {
    match service.remove_second_factor(&signed_in).await {
        Ok(()) => Ok(redirect(&format!("{PATH}?done=second-factor-off"))),
        Err(OperatorError::SecondFactorRequired) => {
            let flash = Flash::error("The second factor is required here. You can move it to another app.");
            render(&service, &signed_in, StatusCode::CONFLICT, Some(flash), &FieldErrors::default()).await
        }
        Err(error) => Err(fail(error)),
    }
}

/// `POST /admin/account/recovery-codes`
pub async fn replace_recovery_codes(
    State(service): State<OperatorService>,
    ConfirmedForm { signed_in, .. }: ConfirmedForm,
) -> Result<Response, Problem> {
    if signed_in.operator.totp_secret.is_none() {
        return Ok(redirect(PATH));
    }
    let codes = service.replace_recovery_codes(&signed_in).await.map_err(fail)?;
    Ok(html(StatusCode::OK, recovery_codes(signed_in.page_operator().await, codes)))
}

/// `POST /admin/account/sessions/end`
pub async fn end_session(
    State(service): State<OperatorService>,
    signed_in: SignedIn,
    fields: Fields,
) -> Result<Response, Problem> {
    if let Ok(id) = fields.get("session").parse::<Uuid>() {
        service.end_session(&signed_in, id).await.map_err(fail)?;
    }
    Ok(redirect(&format!("{PATH}?done=session")))
}

/// `POST /admin/account/sessions/end-others`
pub async fn end_other_sessions(
    State(service): State<OperatorService>,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    service.end_other_sessions(&signed_in).await.map_err(fail)?;
    Ok(redirect(&format!("{PATH}?done=sessions")))
}
