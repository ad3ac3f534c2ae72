//! The console at `/admin`: the pages and forms of operators. Each route is declared once, with the access that it needs;
//! `session::check_access` checks it before the handler runs, so that no handler can forget it.

mod account;
mod audit_log;
mod clients;
mod form;
mod health;
pub mod list;
mod live;
mod operation;
mod operators;
mod order;
mod order_contact;
mod order_receipt;
mod order_refund;
mod orders;
mod outbox;
mod password;
mod payment;
mod payments;
mod pictures;
mod products;
mod refund;
mod refunds;
mod response;
mod session;
mod setup;
mod sign_in;
mod webhook;
mod webhooks;

pub use form::Fields;
pub use live::LiveHub;
pub use password::ConfirmedForm;
pub use response::{flash, html, local_path, redirect};
pub use session::MaybeSignedIn;

use crate::state::AppState;
use app::admin::{
    layout::{SCRIPT, STYLESHEET},
    live::{EVENTS_PATH as LIVE_EVENTS_PATH, PATH as LIVE_PATH, SCRIPT as LIVE_SCRIPT},
    preview,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    middleware::from_fn_with_state,
    routing::{MethodRouter, get, on},
};
use checkout::store::operators::Permission;
use http::{HeaderValue, Method, header};
use session::Guard;

/// The operators that may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Anyone,
    /// Every operator who is signed in.
    SignedIn,
    /// Operators whose role has this permission.
    With(Permission),
}

/// A route of the console.
pub struct ConsoleRoute {
    /// The method.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// The operators that may use it.
    pub access: Access,
    /// Whether its form has files. They are read once the operator is known.
    is_upload: bool,
    handler: MethodRouter<AppState>,
}

/// A page.
fn page<H: Handler<T, AppState>, T: 'static>(path: &'static str, access: Access, handler: H) -> ConsoleRoute {
    ConsoleRoute { method: Method::GET, path, access, is_upload: false, handler: get(handler) }
}

/// A form that is sent.
fn form<H: Handler<T, AppState>, T: 'static>(path: &'static str, access: Access, handler: H) -> ConsoleRoute {
    let handler = on(axum::routing::MethodFilter::POST, handler);
    ConsoleRoute { method: Method::POST, path, access, is_upload: false, handler }
}

/// A form with files.
fn upload<H: Handler<T, AppState>, T: 'static>(path: &'static str, access: Access, handler: H) -> ConsoleRoute {
    let route = form(path, access, handler);
    let limit = DefaultBodyLimit::max(crate::pictures::MAX_BODY_BYTES);
    ConsoleRoute { is_upload: true, handler: route.handler.layer(limit), ..route }
}

/// All routes.
pub fn all_routes() -> Vec<ConsoleRoute> {
    use Access::{Anyone, SignedIn, With};
    let (see, operators) = (With(Permission::See), With(Permission::Operators));
    let own = vec![
        page("/admin", SignedIn, account::home),
        page("/admin/sign-in", Anyone, sign_in::page),
        form("/admin/sign-in", Anyone, sign_in::submit),
        page(sign_in::CODE_PATH, Anyone, sign_in::code_page),
        form(sign_in::CODE_PATH, Anyone, sign_in::submit_code),
        form("/admin/sign-out", Anyone, sign_in::sign_out),
        page("/admin/setup/{token}", Anyone, setup::page),
        form("/admin/setup/{token}", Anyone, setup::submit),
        page("/admin/account", SignedIn, account::page),
        form("/admin/account/password", SignedIn, account::change_password),
        page("/admin/account/second-factor", SignedIn, account::second_factor_page),
        form("/admin/account/second-factor", SignedIn, account::set_second_factor),
        form("/admin/account/second-factor/remove", SignedIn, account::remove_second_factor),
        form("/admin/account/recovery-codes", SignedIn, account::replace_recovery_codes),
        form("/admin/account/sessions/end", SignedIn, account::end_session),
        form("/admin/account/sessions/end-others", SignedIn, account::end_other_sessions),
        page("/admin/operators", operators, operators::page),
        form("/admin/operators", operators, operators::invite),
        form("/admin/operators/{id}/role", operators, operators::set_role),
        form("/admin/operators/{id}/disable", operators, operators::disable),
        form("/admin/operators/{id}/enable", operators, operators::enable),
        form("/admin/operators/{id}/reset", operators, operators::reset),
        form("/admin/operators/{id}/end-sessions", operators, operators::end_sessions),
        page(LIVE_PATH, see, live::page),
        page(LIVE_EVENTS_PATH, see, live::events),
        page("/admin/audit-log", see, audit_log::page),
        page("/admin/audit-log.csv", see, audit_log::csv),
        page("/admin/audit-log.jsonl", see, audit_log::json_lines),
    ];
    own.into_iter()
        .chain(products::routes())
        .chain(pictures::routes())
        .chain(sale_routes())
        .chain(webhook_routes())
        .chain(health::routes())
        .collect()
}

/// The routes of orders, payments, refunds, the outbox and API clients.
fn sale_routes() -> [ConsoleRoute; 21] {
    let [see, orders] = [Permission::See, Permission::Orders].map(Access::With);
    let [payments, refunds] = [Permission::Payments, Permission::Refunds].map(Access::With);
    let [clients, customers] = [Permission::Clients, Permission::Customers].map(Access::With);
    let receipts = Access::With(Permission::Receipts);
    [
        page("/admin/orders", see, orders::page),
        page("/admin/orders.csv", orders, orders::csv),
        page("/admin/orders.jsonl", orders, orders::json_lines),
        page("/admin/orders/{id}", see, order::page),
        form("/admin/orders/{id}/cancel", orders, order::cancel),
        form("/admin/orders/{id}/erase-contact", customers, order_contact::erase),
        form("/admin/orders/{id}/receipt", receipts, order_receipt::resend),
        form("/admin/orders/{id}/refunds", refunds, order_refund::issue),
        page("/admin/payments", see, payments::page),
        page("/admin/payments/{id}", see, payment::page),
        form("/admin/payments/{id}/replay", payments, payment::replay),
        page("/admin/refunds", see, refunds::page),
        page("/admin/refunds/{id}", see, refund::page),
        form("/admin/refunds/{id}/{step}", refunds, refund::step),
        page("/admin/outbox", see, outbox::page),
        form("/admin/outbox/{id}/retry", payments, outbox::retry),
        page("/admin/clients", clients, clients::page),
        form("/admin/clients", clients, clients::add),
        form("/admin/clients/{id}/scopes", clients, clients::set_scopes),
        form("/admin/clients/{id}/rotate", clients, clients::rotate),
        form("/admin/clients/{id}/revoke", clients, clients::revoke),
    ]
}

/// The routes of webhooks' endpoints.
fn webhook_routes() -> [ConsoleRoute; 10] {
    let [see, manage] = [Permission::See, Permission::Webhooks].map(Access::With);
    [
        page("/admin/webhooks", see, webhooks::page),
        form("/admin/webhooks", manage, webhooks::add),
        page("/admin/webhooks/{id}", see, webhook::page),
        form("/admin/webhooks/{id}/edit", manage, webhook::edit),
        form("/admin/webhooks/{id}/enable", manage, webhook::enable),
        form("/admin/webhooks/{id}/disable", manage, webhook::disable),
        form("/admin/webhooks/{id}/rotate", manage, webhook::rotate),
        form("/admin/webhooks/{id}/remove", manage, webhook::remove),
        form("/admin/webhooks/{id}/test", manage, webhook::test),
        form("/admin/webhooks/deliveries/{id}/redeliver", manage, webhook::redeliver),
    ]
}

/// The routes without files, each behind its guard.
pub fn routes(state: &AppState) -> Router<AppState> {
    guarded(state, |route| !route.is_upload)
}

/// The forms with files, each behind its guard.
pub fn upload_routes(state: &AppState) -> Router<AppState> {
    guarded(state, |route| route.is_upload)
}

fn guarded(state: &AppState, which: impl Fn(&ConsoleRoute) -> bool) -> Router<AppState> {
    all_routes().into_iter().filter(which).fold(Router::new(), |router, ConsoleRoute { path, access, handler, .. }| {
        let guard = Guard::new(state, access, path);
        router.route(path, handler.route_layer(from_fn_with_state(guard, session::check_access)))
    })
}

/// The stylesheet and the script. Their addresses change with their content.
pub fn files() -> Router<AppState> {
    Router::new()
        .route("/admin/console.css", file("text/css; charset=utf-8", STYLESHEET))
        .route("/admin/preview.css", file("text/css; charset=utf-8", preview::STYLESHEET))
        .route("/admin/console.js", file("text/javascript; charset=utf-8", SCRIPT))
        .route("/admin/live.js", file("text/javascript; charset=utf-8", LIVE_SCRIPT))
}

/// A file that is part of the program.
fn file(media_type: &'static str, content: &'static str) -> MethodRouter<AppState> {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    get(async move || (headers, content))
}
