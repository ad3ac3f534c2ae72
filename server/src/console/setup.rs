//! The page behind a one-time link.

use super::{Fields, html, redirect, response::fail, session::set_cookie};
use crate::{
    config::Settings,
    operators::{OperatorError, OperatorService, SecondFactor, Visitor, totp::Key},
    problem::Problem,
};
use app::admin::{
    layout::{NavigationCounts, PageOperator},
    setup::{self as view, FieldErrors, NewKey},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::store::operators::EmailAddress;
use http::StatusCode;
use std::sync::Arc;

/// `GET /admin/setup/{token}`
pub async fn page(State(service): State<OperatorService>, Path(token): Path<String>) -> Result<Response, Problem> {
    let key = Key::generate().map_err(fail)?;
    render(&service, &token, &key, StatusCode::OK, &FieldErrors::default()).await
}

async fn render(
    service: &OperatorService,
    token: &str,
    key: &Key,
    status: StatusCode,
    errors: &FieldErrors,
) -> Result<Response, Problem> {
    let (link, operator) = match service.link(token).await {
        Ok(found) => found,
        Err(OperatorError::InvalidLink) => return Ok(html(StatusCode::GONE, view::invalid_link())),
        Err(error) => return Err(fail(error)),
    };
    let action = format!("/admin/setup/{token}");
    let key = new_key(key, &operator.email)?;
    let required = service.is_second_factor_required();
    Ok(html(status, view::setup(&operator, link.purpose, link.ends_at, &action, &key, required, errors)))
}

/// Returns a key as the page shows it.
pub(super) fn new_key(key: &Key, email: &EmailAddress) -> Result<NewKey, Problem> {
    Ok(NewKey { base32: key.to_base32(), qr_code: key.qr_code(email).map_err(fail)? })
}

/// Returns the second factor that a form sets; `None` if its code is empty.
fn second_factor(fields: &Fields, key: &Key) -> Option<SecondFactor> {
    let code = fields.get("code").trim();
    (!code.is_empty()).then(|| SecondFactor { key: key.clone(), code: code.to_owned() })
}

/// `POST /admin/setup/{token}`
pub async fn submit(
    State(service): State<OperatorService>,
    State(settings): State<Arc<Settings>>,
    visitor: Visitor,
    Path(token): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    // The page shows the same key again, so that the app need not be set up twice.
    let key = match Key::from_base32(fields.get("secret")) {
        Some(key) => key,
        None => Key::generate().map_err(fail)?,
    };
    let password = fields.get("new_password").to_owned();
    let errors = match service.use_link(&token, password, second_factor(&fields, &key), &visitor).await {
        Ok((session, id, codes)) => {
            let page = if codes.is_empty() {
                redirect("/admin")
            } else {
                let operator = service.operator(id).await.map_err(fail)?;
                html(
                    StatusCode::OK,
                    view::recovery_codes(PageOperator::new(&operator, NavigationCounts::default()), codes),
                )
            };
            return Ok(set_cookie(page, settings.common.env, &session.token));
        }
        Err(OperatorError::Password(error)) => {
            FieldErrors { new_password: Some(error.to_string()), ..FieldErrors::default() }
        }
        Err(error @ (OperatorError::WrongCode | OperatorError::SecondFactorRequired)) => code_error(&error),
        Err(OperatorError::InvalidLink) => FieldErrors::default(),
        Err(error) => return Err(fail(error)),
    };
    render(&service, &token, &key, StatusCode::UNPROCESSABLE_ENTITY, &errors).await
}

/// Returns the message beside the field of the code.
pub(super) fn code_error(error: &OperatorError) -> FieldErrors {
    let text = match error {
        OperatorError::SecondFactorRequired => "Enter the six digits that your authenticator app shows.",
        _ => "This is not the code that the app shows now. Check the phone’s clock, and enter the newest code.",
    };
    FieldErrors { code: Some(text.to_owned()), ..FieldErrors::default() }
}
