//! The storefront in the server: its pages, its server functions, its files, and what they may reach.

use crate::{
    api::Answer,
    extract, live,
    problem::{Kind, Problem},
    security, sessions, site,
    state::AppState,
};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, StatusCode, header};
use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*, server_fn::axum::server_fn_paths};
use leptos_axum::{ErrorHandler, LeptosRoutes as _, ResponseOptions, generate_route_list};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

/// Marks the errors of server functions.
const SERVER_FN_ERROR: &str = "serverfnerror";
/// How those begin that speak of the request.
const UNREADABLE: [&[u8]; 3] = [b"Args|", b"MissingArg|", b"Deserialization|"];

/// No file has a longer name; to ask for one is an error of the file system, not an absence.
const LONGEST_NAME: usize = 200;
/// The same for a whole path.
const LONGEST_PATH: usize = 1000;

/// Every address that is not the API's.
pub fn routes(state: &AppState) -> Router<AppState> {
    let shell = {
        let options = state.leptos.clone();
        move || app::shell(options.clone())
    };
    let store = sessions::SharedStore::new(state.store.clone(), state.checkout.clone());
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(app::App), context(state.clone()), shell)
        .route("/live/orders/{order}", get(live::order))
        .fallback(file_or_lost)
        .layer(sessions::layer(store, state.settings.common.env))
        .layer(middleware::from_fn(forms))
}

/// Where the storefront is, but for its files.
pub fn paths() -> Vec<String> {
    let pages = generate_route_list(app::App).into_iter().map(|page| page.path().to_owned());
    let actions = server_fn_paths().map(|(path, _)| path.to_owned());
    pages.chain(actions).chain(["/live/orders/{order}".to_owned()]).collect()
}

/// What a server function cannot read is the sender's mistake, and not a fault of ours as it has it.
async fn forms(request: Request, next: Next) -> Answer<Response> {
    let response = next.run(request).await;
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR || !response.headers().contains_key(SERVER_FN_ERROR) {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let said = extract::body(body).await?;
    if UNREADABLE.iter().any(|kind| said.starts_with(kind)) {
        let detail = "Send each field of the form once, as the shop's own page does.";
        return Err(Problem::new(Kind::UnreadableForm, detail));
    }
    Ok(Response::from_parts(parts, said.into()))
}

/// What pages and server functions find in their context. Runs for each of them, so it also says the page's policy.
fn context(state: AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        provide_context(state.checkout.clone());
        provide_context(state.leptos.clone());
        if let Some(sandbox) = &state.sandbox {
            provide_context(sandbox.clone());
        }
        let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
        let policy = security::page_policy(&nonce, site::reload_port(&state.leptos));
        if let Ok(policy) = HeaderValue::from_str(&policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// A file of the site, compressed where the browser takes it so; or else the page that says there is nothing here.
async fn file_or_lost(State(state): State<AppState>, request: Request) -> Response {
    let options = state.leptos.clone();
    let path = request.uri().path();
    let nameable = path.len() <= LONGEST_PATH && path.split('/').all(|name| name.len() <= LONGEST_NAME);
    let lost = ErrorHandler::new_with_context(context(state), shell, options.clone());
    let files = ServeDir::new(&*options.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(lost.clone());
    let answer = if nameable {
        files.oneshot(request).await.map(IntoResponse::into_response)
    } else {
        lost.oneshot(request).await
    };
    let mut response = answer.unwrap_or_else(|never| match never {});
    if response.headers().contains_key(header::LAST_MODIFIED) {
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}

fn shell(options: LeptosOptions) -> impl IntoView {
    app::shell(options)
}
