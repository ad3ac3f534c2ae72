//! `POST /actions/pay`: leads to the payment page of an order.
//!
//! Browsers apply `form-action` of a page's policy also to redirects of its forms, so the policy names the origins of the
//! provider's pages. A page elsewhere, as under a provider's custom domain, is reached through a page that leads on.

use crate::{
    problem::{Kind, Problem},
    state::AppState,
};
use app::{
    paths,
    shop::{
        payment::PaymentProblem,
        session::{self, GrantSecrets, OwnerError},
    },
};
use axum::{
    Extension, Form,
    extract::{State, rejection::FormRejection},
    response::{IntoResponse as _, Redirect, Response},
};
use checkout::{
    Error,
    model::{Order, OrderId},
};
use http::{HeaderValue, header};
use integrations::payments::OpenError;
use serde::Deserialize;
use tower_sessions::Session;
use url::Url;

/// The fields of the form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PayForm {
    order: String,
}

/// Opens the order's payment page, or finds the one that is open, and leads there. A repeated form leads to the same page. The
/// session owns the order, or has opened it with the link of a mail.
pub(super) async fn pay(
    State(state): State<AppState>,
    session: Session,
    Extension(secrets): Extension<GrantSecrets>,
    form: Result<Form<PayForm>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(form) = form.map_err(|error| unreadable(&error))?;
    let id = form.order.parse::<OrderId>();
    let id = id.map_err(|_| Problem::new(Kind::UnknownOrder, "There is no such order."))?;
    let owner = match session::owner_of(&session, Some(&secrets), &state.checkout, id).await {
        Ok(Some(owner)) => owner,
        // The page says that there is no such order.
        Ok(None) | Err(OwnerError::Checkout(Error::Refused(_))) => return Ok(order_page(id)),
        Err(error) => return Err(error.into()),
    };
    match state.checkout.order(id, owner).await {
        Ok(order) => Ok(lead_to_payment(&state, &order).await),
        Err(Error::Refused(_)) => Ok(order_page(id)),
        Err(error) => Err(error.into()),
    }
}

/// Leads to the payment page of an order, or to the order's own page, which says why there is none.
pub(super) async fn lead_to_payment(state: &AppState, order: &Order) -> Response {
    let problem = match state.payments.open(order).await {
        Ok(page) => return leave(&page.url, &state.settings.payments.page_origins()),
        // The order's page shows its status.
        Err(OpenError::NotPayable(_)) => return order_page(order.id),
        Err(OpenError::NoProvider) => PaymentProblem::NoProvider,
        Err(OpenError::Processing) => PaymentProblem::Processing,
        Err(OpenError::Busy { .. }) => PaymentProblem::Busy,
        Err(OpenError::Refused) => PaymentProblem::Refused,
        Err(OpenError::Failed(error)) => {
            tracing::error!(order = %order.id, %error, "a payment page cannot be opened");
            PaymentProblem::Internal
        }
    };
    Redirect::to(&problem.order_page(order.id)).into_response()
}

fn order_page(order: OrderId) -> Response {
    Redirect::to(&paths::order(&order.to_string())).into_response()
}

/// Leads to a payment page. `origins` are those that the policy of the shop's pages allows.
fn leave(url: &str, origins: &[String]) -> Response {
    let origin = url.parse::<Url>().ok().map(|url| url.origin().ascii_serialization());
    let is_own = url.starts_with('/') && !url.starts_with("//");
    if is_own || origin.as_ref().is_some_and(|origin| origins.contains(origin)) {
        return Redirect::to(url).into_response();
    }
    if origin.is_none() {
        return Problem::internal_error("the provider's payment page has no valid address").into_response();
    }
    let url = escape(url);
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Payment</title>\n\
         <meta http-equiv=\"refresh\" content=\"0; url={url}\">\n\
         <p><a href=\"{url}\" rel=\"noreferrer\">Continue to payment</a></p>\n"
    );
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    ([(header::CONTENT_TYPE, html)], page).into_response()
}

/// Escapes an address for an attribute. A quote would also end the address of a refresh.
fn escape(url: &str) -> String {
    url.replace('&', "&amp;").replace('"', "%22").replace('\'', "%27").replace('<', "%3C").replace('>', "%3E")
}

fn unreadable(error: &FormRejection) -> Problem {
    // The error repeats the names of fields, which the sender chose.
    tracing::debug!(status = error.status().as_u16(), "a form cannot be read");
    if matches!(error, FormRejection::BytesRejection(_)) {
        return Problem::new(Kind::TooLarge, "A body is at most 65536 bytes.");
    }
    Problem::new(Kind::UnreadableForm, "Send each field of the form once, as the shop's own page does.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    async fn page(response: Response) -> String {
        String::from_utf8(to_bytes(response.into_body(), 10_000).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_page_of_another_origin_is_reached_through_a_page() {
        let origins = ["https://checkout.stripe.com".to_owned()];
        for url in ["/sandbox/pay/1", "https://checkout.stripe.com/c/pay/cs_1#x"] {
            let response = leave(url, &origins);
            assert_eq!(
                (response.status().as_u16(), &response.headers()["location"]),
                (303, &HeaderValue::from_str(url).unwrap())
            );
        }
        let custom = leave("https://pay.example/c/\"><script>?a=1&b='2", &origins);
        assert_eq!((custom.status().as_u16(), custom.headers().get("location")), (200, None));
        let text = page(custom).await;
        assert!(text.contains("url=https://pay.example/c/%22%3E%3Cscript%3E?a=1&amp;b=%272\""), "{text}");
        for url in ["checkout", "//evil.example/"] {
            assert_eq!(leave(url, &origins).status().as_u16(), 500, "{url}");
        }
    }
}
