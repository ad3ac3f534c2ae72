//! The checkout form. `POST /actions/order` places its order, and leads to its payment. `POST /actions/extend` extends its hold.

use super::{pay::lead_to_payment, provide_contexts, shop_language};
use crate::{
    problem::{Kind, Problem},
    state::AppState,
};
use app::{
    i18n::PageLanguage,
    paths,
    shop::checkout_form::{self, CheckoutEntry, OrderForm, Submitted},
};
use axum::{
    Form,
    body::Body,
    extract::{FromRequest as _, Request, State, rejection::FormRejection},
    response::{IntoResponse as _, Redirect, Response},
};
use checkout::model::HoldId;
use http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use tower_sessions::Session;

/// Places the order, and leads to the page on which it is paid. A form that cannot be used is answered with its page.
pub(super) async fn place(
    State(state): State<AppState>,
    session: Session,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, form) = read(request).await?;
    let language = PageLanguage::of(&parts.headers, &shop_language(&state));
    let submitted = checkout_form::submit(&state.checkout, &session, form, Some(language.tag().clone())).await?;
    Ok(answer(&state, parts, submitted).await)
}

/// Extends the hold of the form, and answers with its page and what was typed.
pub(super) async fn extend(
    State(state): State<AppState>,
    session: Session,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, form) = read(request).await?;
    let submitted = checkout_form::extend(&state.checkout, &session, form).await?;
    Ok(answer(&state, parts, submitted).await)
}

async fn read(request: Request) -> Result<(Parts, OrderForm), Problem> {
    let (parts, body) = request.into_parts();
    let form = Request::from_parts(parts.clone(), body);
    let Form(form) = Form::<OrderForm>::from_request(form, &()).await.map_err(|error| unreadable(&error))?;
    Ok((parts, form))
}

async fn answer(state: &AppState, parts: Parts, submitted: Submitted) -> Response {
    match submitted {
        Submitted::Placed(order) if state.payments.provider_name().is_some() => lead_to_payment(state, &order).await,
        Submitted::Placed(order) => Redirect::to(&paths::order(&order.id.to_string())).into_response(),
        Submitted::See(page) => Redirect::to(&page).into_response(),
        Submitted::Page { hold, status, entry } => {
            page(state, Request::from_parts(parts, Body::empty()), hold, status, *entry).await
        }
    }
}

fn unreadable(error: &FormRejection) -> Problem {
    // The error repeats the names of fields, which the sender chose.
    tracing::debug!(status = error.status().as_u16(), "a form cannot be read");
    Problem::new(Kind::UnreadableForm, "Send each field of the form once, as the shop's own page does.")
}

/// Renders the page of a hold with what was typed.
async fn page(
    state: &AppState,
    mut request: Request,
    hold: HoldId,
    status: StatusCode,
    entry: CheckoutEntry,
) -> Response {
    let Ok(uri) = paths::hold(&hold.to_string()).parse::<Uri>() else {
        return Problem::internal_error("the address of a hold").into_response();
    };
    *request.method_mut() = Method::GET;
    *request.uri_mut() = uri;
    let (contexts, options) = (provide_contexts(state.clone()), state.leptos.clone());
    let context = move || {
        contexts();
        provide_context(entry.clone());
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(status);
            if status == StatusCode::SERVICE_UNAVAILABLE {
                response.insert_header(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
        }
    };
    leptos_axum::render_app_async_with_context(context, move || app::shell(options.clone()))(request).await
}
