//! Responses of the console.

use crate::{
    backoffice::store_failed,
    operators::OperatorError,
    problem::{Problem, whole_seconds},
};
use app::admin::{layout::Flash, sign_in::SignInError};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use std::time::Duration;

/// A page.
pub fn html(status: StatusCode, page: String) -> Response {
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], page).into_response()
}

/// A page that asks to wait.
pub(super) fn wait(wait: Duration, page: impl FnOnce(&SignInError) -> String) -> Response {
    let seconds = whole_seconds(wait);
    let mut response = html(StatusCode::TOO_MANY_REQUESTS, page(&SignInError::Wait(seconds)));
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Leads to another page of the console, which the browser then gets.
pub fn redirect(path: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(path) else {
        return Problem::internal_error("a redirect to an invalid path").into_response();
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Returns a path of the console as it was given, or `/admin`. It keeps a link from leading to another site after the
/// sign-in.
pub fn local_path(next: &str) -> &str {
    let rest = next.strip_prefix("/admin");
    let is_console = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with('?'));
    let is_plain = next.len() <= 2000 && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let has_dots = next.split(['/', '?']).any(|segment| segment == "..");
    let is_sign_in = rest.is_some_and(|rest| rest.starts_with("/sign-") || rest.starts_with("/setup"));
    if is_console && is_plain && !has_dots && !is_sign_in { next } else { "/admin" }
}

/// Returns the message for a change that was made: the last page puts its name into the address.
pub fn flash(done: &str) -> Option<Flash> {
    let text = match done {
        "password" => "Your password is changed. All your other sessions have ended.",
        "second-factor-off" => "The second factor is off.",
        "session" => "The session has ended.",
        "sessions" => "All your other sessions have ended.",
        "pictures-added" => "The pictures are added.",
        "picture-text" => "The alternative text is changed.",
        "picture-moved" => "The order of the pictures is changed.",
        "picture-removed" => "The picture is removed.",
        "role" => "The role is changed.",
        "disabled" => "The operator is disabled. Their sessions have ended.",
        "enabled" => "The operator is enabled.",
        "ended" => "The operator’s sessions have ended.",
        "order-cancelled" => "The order is cancelled. Its units are on sale again.",
        "receipt" => "The receipt is on its way again.",
        "contact-erased" => "The contact of this customer is erased from all their orders.",
        "refund-issued" => "The refund is due. It stands below until it is carried out.",
        "refund-send" => "The refund is marked as sent. Mark it as succeeded or failed once the provider tells.",
        "refund-done" | "refund-succeed" => "The refund is done.",
        "refund-carry-out" => {
            "The refund is being sent to the payment provider. Its state changes here within seconds."
        }
        "refund-under-way" => {
            "The refund is on its way to the payment provider already. A failed attempt is repeated after a pause."
        }
        "refund-fail" => "The refund is marked as failed.",
        "refund-retry" => "The refund is due again.",
        "job-retry" => "The job is due now.",
        "client-scopes" => "The scopes are changed. Tokens lose those that are gone within seconds.",
        "client-revoked" => "The client is revoked. Its tokens stop working within seconds.",
        "endpoint-edited" => "The endpoint is saved.",
        "endpoint-enabled" => "The endpoint is on. Webhooks that wait for it are sent.",
        "endpoint-disabled" => "The endpoint is off. Its webhooks wait.",
        "endpoint-removed" => "The endpoint is removed.",
        "webhook-redelivered" => "The webhook is sent again. Its attempt appears below in a moment.",
        "created" => "The product is created, and listed in the shop.",
        "edited" => "The product is saved.",
        "paused" => "The sale is paused. Existing holds and orders go on.",
        "resumed" => "Shoppers can reserve again, within the time of the sale.",
        "archived" => "The product is archived.",
        "stock" => "The stock is changed.",
        _ => return None,
    };
    Some(Flash::done(text))
}

/// Maps what no form can show beside a field.
pub(super) fn fail(error: OperatorError) -> Problem {
    match error {
        OperatorError::Busy => Problem::overloaded(),
        OperatorError::Store(error) => store_failed(&error).into(),
        OperatorError::UnknownOperator => Problem::new(crate::problem::Kind::NotFound, "There is no such operator."),
        other => Problem::internal_error(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_console_are_followed() {
        for next in ["/admin", "/admin/operators", "/admin/audit-log?actor=ada%40example.com", "/admin?x=1"] {
            assert_eq!(local_path(next), next);
        }
        for next in [
            "",
            "/",
            "https://evil.example/admin",
            "//evil.example/admin",
            "/administrator",
            "/admin.evil.example",
            "/admin\\@evil.example",
            "/admin/../evil",
            "/admin/\r\nSet-Cookie: x",
            "/admin/sign-out",
            "/admin/sign-in",
            "/admin/setup/x",
            "/admin/é",
            "javascript:alert(1)",
        ] {
            assert_eq!(local_path(next), "/admin", "{next:?}");
        }
    }
}
