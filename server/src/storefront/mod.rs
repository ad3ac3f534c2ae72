//! The storefront: its pages, server functions and files.

mod calendar;
mod discovery;
mod icons;
mod language;
mod mailbox;
mod order_code;
mod order_events;
mod order_form;
mod order_link;
mod pay;
mod product_events;
pub mod sandbox;
mod sessions;

pub use sessions::SessionStorage;

use crate::{
    cards,
    http::{assets, body::MAX_BODY_SIZE, security},
    payments::StorefrontPayments,
    problem::{Kind, Problem},
    state::AppState,
};
use app::{
    i18n::PageLanguage,
    shop::{DataPractice, ShopInfo, payment::Payments, session::GrantSecrets},
};
use axum::{
    Extension, Router,
    body::to_bytes,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use checkout::PAYLOAD_RETENTION;
use http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::{ErrorHandler, LeptosRoutes as _, ResponseOptions, generate_route_list};
use std::{convert::Infallible, sync::Arc};
use tower::{Service, ServiceExt as _};
use tower_http::services::ServeDir;

/// Header that marks errors of server functions.
const SERVER_FN_ERROR: &str = "serverfnerror";
/// Prefixes of server function errors that the request caused.
const REQUEST_ERRORS: [&[u8]; 3] = [b"Args|", b"MissingArg|", b"Deserialization|"];

/// A path without a page.
const UNKNOWN_PATH: &str = "/not-found";
/// Longest file name that is looked up, in bytes. Longer ones are an error of the file system.
const MAX_FILE_NAME_LENGTH: usize = 200;
/// Longest path that is looked up, in bytes.
const MAX_PATH_LENGTH: usize = 1000;

/// Pages and forms. Every path without a route is a page that says so.
pub fn pages(state: &AppState) -> Router<AppState> {
    let shell = {
        let options = state.leptos.clone();
        move || app::shell(options.clone())
    };
    let sessions = SessionStorage::new(state.store.clone(), state.checkout.clone());
    let grant_secrets = GrantSecrets(state.mail.settings().links.names().into());
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(app::App), provide_contexts(state.clone()), shell)
        .route("/live/orders/{order}", get(order_events::watch))
        .route("/live/products/{product}", get(product_events::watch))
        .route("/products/{slug}/calendar.ics", get(calendar::serve))
        .route(app::paths::ORDER, post(order_form::place))
        .route(app::paths::EXTEND, post(order_form::extend))
        .route("/orders/{order}/open", get(order_link::open))
        .route("/orders/{order}/ticket.png", get(cards::ticket))
        .route(app::paths::SANDBOX_MAIL, get(mailbox::list))
        .route("/sandbox/mail.json", get(mailbox::json))
        .route("/sandbox/mail/{id}", get(mailbox::show))
        .route(app::paths::PAY, post(pay::pay))
        .route(app::paths::LANGUAGE, post(language::choose))
        .route("/sitemap.xml", get(discovery::sitemap))
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(state.clone(), check_path))
        .layer(Extension(grant_secrets))
        .layer(sessions::layer(sessions, state.settings.common.env))
        .layer(middleware::from_fn(map_form_errors))
}

/// Static files.
pub fn files() -> Router<AppState> {
    ["/favicon.svg", "/img/{*path}"]
        .into_iter()
        .fold(Router::new(), |files, path| files.route(path, get(serve_file)))
        .route("/robots.txt", get(discovery::robots))
        .route("/site.webmanifest", get(discovery::manifest))
        .merge(icons::files())
}

/// The files of the WebAssembly build, whose names contain a hash in a release build.
pub fn hashed_files() -> Router<AppState> {
    Router::new().route("/pkg/{*path}", get(serve_file))
}

/// The fonts. `tools/fonts.sh` puts a hash of each file into its name.
pub fn versioned_files() -> Router<AppState> {
    Router::new().route("/fonts/{*path}", get(serve_file))
}

/// Middleware: redirects a path that ends with a slash to the path without it, and returns 404 for dot segments. axum and
/// Leptos would read such paths differently: a page would be rendered with the wrong status.
async fn check_path(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let uri = request.uri();
    if uri.path().split('/').any(is_dot_segment) {
        return not_found(State(state), request).await;
    }
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    match without_trailing_slash(uri).filter(|_| is_read) {
        Some(location) => Redirect::permanent(&location).into_response(),
        None => next.run(request).await,
    }
}

/// Whether a segment of a path means this folder or its parent, also when its dots are percent-encoded.
fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.replace("%2e", ".").replace("%2E", ".").as_str(), "." | "..")
}

/// Returns the address without the slash at the end of its path; `None` if there is none to remove. An address that
/// browsers would read as another host is left alone.
fn without_trailing_slash(uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/').filter(|path| path.len() <= MAX_PATH_LENGTH)?;
    let is_local = path.starts_with('/') && !path[1..].starts_with(['/', '\\']);
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    is_local.then(|| format!("{path}{query}"))
}

/// Middleware: returns 400 instead of Leptos' 500 for a form that cannot be parsed.
async fn map_form_errors(request: Request, next: Next) -> Result<Response, Problem> {
    let response = next.run(request).await;
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR || !response.headers().contains_key(SERVER_FN_ERROR) {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let message = to_bytes(body, MAX_BODY_SIZE).await.map_err(|error| Problem::internal_error(&error.to_string()))?;
    if REQUEST_ERRORS.iter().any(|prefix| message.starts_with(prefix)) {
        let detail = "Send each field of the form once, as the shop's own page does.";
        return Err(Problem::new(Kind::UnreadableForm, detail));
    }
    Ok(Response::from_parts(parts, message.into()))
}

/// Provides the contexts of pages and server functions. It runs once for each request, so it sets the page's policy too.
pub fn provide_contexts(state: AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        let shop = shop_info(&state);
        // Not `PageLanguage::current`: an owner of another page on this thread must not pass its language on.
        let parts = use_context::<Parts>();
        provide_context(
            parts.map_or_else(PageLanguage::default, |parts| PageLanguage::of(&parts.headers, &shop.language)),
        );
        provide_context(shop);
        provide_context(state.checkout.clone());
        provide_context(state.leptos.clone());
        provide_context(order_code::codes(&state));
        if let Some(sandbox) = &state.sandbox {
            provide_context(sandbox.clone());
        }
        provide_context(Payments(Arc::new(StorefrontPayments(state.store.clone(), state.payments.clone()))));
        let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
        let targets = state.settings.payments.page_origins();
        let csp = security::page_csp(&nonce, &targets, assets::reload_port(&state.leptos));
        if let Ok(csp) = HeaderValue::from_str(&csp) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, csp);
        }
    }
}

/// Facts of the shop for its pages.
pub fn shop_info(state: &AppState) -> ShopInfo {
    let settings = &state.settings;
    let contact = settings.mail.contact.as_ref();
    ShopInfo {
        name: settings.mail.shop_name.clone(),
        url: state.shop_url.as_str().to_owned(),
        language: shop_language(state),
        terms_url: settings.mail.terms_url.clone(),
        privacy_url: settings.mail.privacy_url.clone(),
        data: DataPractice {
            payment_provider: settings.payments.provider_name(),
            contact_retention: settings.contact_retention,
            payload_retention: PAYLOAD_RETENTION,
            cookie: sessions::cookie_name(settings.common.env),
            session_lifetime: sessions::LIFETIME.unsigned_abs(),
        },
        contact: contact.map(|contact| (contact.as_str().to_owned(), contact.url())),
        sends_mail: state.mail.is_on(),
        has_mailbox: state.mail.mailbox().is_some(),
    }
}

/// The language of readers whose own has no catalogue.
fn shop_language(state: &AppState) -> PageLanguage {
    PageLanguage::of_shop(&state.settings.mail.language)
}

/// Serves a file, precompressed where the client accepts it, or the "not found" page.
async fn serve_file(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    let is_valid = path.len() <= MAX_PATH_LENGTH && path.split('/').all(|name| name.len() <= MAX_FILE_NAME_LENGTH);
    if !is_valid {
        return not_found(State(state), request).await;
    }
    let not_found = not_found_service(&state);
    let files = ServeDir::new(&*state.leptos.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(not_found);
    let mut response = files.oneshot(request).await.map_or_else(|error| match error {}, IntoResponse::into_response);
    // A 304 has no `Last-Modified`.
    if response.headers().contains_key(header::LAST_MODIFIED) || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}

async fn not_found(State(state): State<AppState>, mut request: Request) -> Response {
    // Leptos resolves dot segments, and would find a page for some paths that axum has no route for.
    *request.uri_mut() = Uri::from_static(UNKNOWN_PATH);
    not_found_service(&state).oneshot(request).await.unwrap_or_else(|error| match error {})
}

fn not_found_service(
    state: &AppState,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + use<> {
    ErrorHandler::new_with_context(provide_contexts(state.clone()), app::shell, state.leptos.clone())
}
