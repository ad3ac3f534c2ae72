//! Changes of money, keys and operators need a password that was given in the last ten minutes.

use super::{
    Fields, html,
    response::{fail, wait},
};
use crate::{
    operators::{OperatorError, OperatorService, SignedIn, Visitor},
    problem::Problem,
};
use app::admin::sign_in::{SignInError, confirm_password};
use axum::response::Response;
use http::{StatusCode, Uri};

/// The field with the password, on the page that asks for it.
const FIELD: &str = "confirm_password";

/// Returns `None` if the operator gave their password in the last ten minutes, or gives it with this form. Otherwise returns
/// a page that asks for it, and then sends the form again as it was. A handler calls this before it changes anything:
///
/// ```ignore
/// if let Some(page) = require_fresh_password(&service, &signed_in, &visitor, &uri, &fields).await? {
///     return Ok(page);
/// }
/// ```
pub async fn require_fresh_password(
    service: &OperatorService,
    signed_in: &SignedIn,
    visitor: &Visitor,
    uri: &Uri,
    fields: &Fields,
) -> Result<Option<Response>, Problem> {
    if signed_in.has_fresh_password(service.now()) {
        return Ok(None);
    }
    let page =
        |error: Option<&SignInError>| confirm_password(&signed_in.operator, uri.path(), fields.without(FIELD), error);
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
