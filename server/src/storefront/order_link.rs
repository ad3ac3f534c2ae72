//! `GET /orders/{order}/open`: opens an order for the visitor who has the signed link of a mail, and leads to its page. The address
//! with the signature stays out of the log, which shows no queries, out of caches, and out of the next page's referrer.

use super::provide_contexts;
use crate::{problem::Problem, state::AppState};
use app::{
    paths,
    shop::session::{self, OrderGrant, OwnerError},
};
use axum::{
    body::Body,
    extract::{Path, Query, Request, State, rejection::QueryRejection},
    response::{IntoResponse as _, Redirect, Response},
};
use checkout::model::OrderId;
use http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use integrations::mail::LinkError;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use serde::Deserialize;
use tower_sessions::Session;

/// The parameters of a link.
#[derive(Deserialize)]
pub(super) struct LinkQuery {
    expires: i64,
    signature: String,
}

/// Opens the order, or says how to get another link.
pub(super) async fn open(
    State(state): State<AppState>,
    session: Session,
    Path(order): Path<String>,
    query: Result<Query<LinkQuery>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let (Ok(order), Ok(Query(query))) = (order.parse::<OrderId>(), query) else {
        return Ok(refuse(&state, request, LinkError::Forged).await);
    };
    let links = &state.mail.settings().links;
    let (secret, ends_at) = match links.verify(order, query.expires, &query.signature, state.checkout.now()) {
        Ok(opened) => opened,
        Err(error) => return Ok(refuse(&state, request, error).await),
    };
    session::grant(&session, OrderGrant { order, ends_at, secret }).await.map_err(OwnerError::Session)?;
    Ok(kept_secret(Redirect::to(&paths::order(&order.to_string())).into_response()))
}

/// Renders the page of a link that does not work.
async fn refuse(state: &AppState, request: Request, error: LinkError) -> Response {
    let (mut parts, _) = request.into_parts();
    parts.method = Method::GET;
    parts.uri = Uri::from_static(paths::LINK_EXPIRED);
    let status = match error {
        LinkError::Expired => StatusCode::GONE,
        LinkError::Forged => StatusCode::FORBIDDEN,
    };
    let (contexts, options) = (provide_contexts(state.clone()), state.leptos.clone());
    let context = move || {
        contexts();
        if let Some(response) = use_context::<ResponseOptions>() {
            response.set_status(status);
        }
    };
    let render = leptos_axum::render_app_async_with_context(context, move || app::shell(options.clone()));
    kept_secret(render(Request::from_parts(parts, Body::empty())).await)
}

/// Keeps the address of the request out of referrers, caches and search engines.
fn kept_secret(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    response
}
