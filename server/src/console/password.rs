//! Changes of money, keys and operators need a password that was given in the last ten minutes.

use super::{
    Fields, html,
    response::{fail, wait},
};
use crate::{
    operators::{OperatorError, OperatorService, SignedIn, Visitor},
    problem::Problem,
    state::AppState,
};
use app::admin::sign_in::{SignInError, confirm_password};
use axum::{
    extract::{FromRequest, FromRequestParts as _, Request},
    response::{IntoResponse as _, Response},
};
use http::StatusCode;

/// The field with the password, on the page that asks for it.
const FIELD: &str = "confirm_password";

/// A form of an operator who gave their password in the last ten minutes, or gives it with the form. Otherwise the browser
/// gets a page that asks for it, and then sends the form again as it was.
pub struct ConfirmedForm {
    /// The operator.
    pub signed_in: SignedIn,
    /// The form's fields without the password.
    pub fields: Fields,
}

impl FromRequest<AppState> for ConfirmedForm {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let signed_in = SignedIn::from_request_parts(&mut parts, state).await.map_err(Problem::into_response)?;
        let visitor = Visitor::from_request_parts(&mut parts, state).await.map_err(Problem::into_response)?;
        let path = parts.uri.path().to_owned();
        let fields = Fields::from_request(Request::from_parts(parts, body), state).await;
        let mut fields = fields.map_err(Problem::into_response)?;
        match ask_for_password(&state.operators, &signed_in, &visitor, &path, &fields).await {
            Ok(None) => {
                // The fingerprint of a form's fields is stored with its key. A password must not be part of it.
                fields.remove(FIELD);
                Ok(Self { signed_in, fields })
            }
            Ok(Some(page)) => Err(page),
            Err(problem) => Err(problem.into_response()),
        }
    }
}

/// Returns the page that asks for the password, unless it was given.
async fn ask_for_password(
    service: &OperatorService,
    signed_in: &SignedIn,
    visitor: &Visitor,
    path: &str,
    fields: &Fields,
) -> Result<Option<Response>, Problem> {
    if signed_in.has_fresh_password(service.now()) {
        return Ok(None);
    }
    let operator = signed_in.page_operator().await;
    let page = |error: Option<&SignInError>| confirm_password(operator, path, fields.without(FIELD), error);
    let password = fields.get(FIELD);
    if password.is_empty() {
        return Ok(Some(html(StatusCode::OK, page(None))));
    }
    match service.confirm_password(signed_in, password.to_owned(), visitor).await {
        Ok(()) => Ok(None),
        Err(OperatorError::WrongCredentials) => {
            Ok(Some(html(StatusCode::UNPROCESSABLE_ENTITY, page(Some(&SignInError::Wrong)))))
        }
        Err(OperatorError::Wait(time)) => Ok(Some(wait(time, |error| page(Some(error))))),
        Err(error) => Err(fail(error)),
    }
}
